#include "dfs/datanode/service/client_datanode_service.h"

#include <chrono>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/proto/admin.pb.h"
#include "dfs/proto/client_datanode.pb.h"
#include "dfs/wire/proto_convert.h"
#include "dfs/wire/remote_exception.h"

namespace tusk::dfs::datanode {

namespace {

using rpc::CallContext;

constexpr std::string_view kProtocol = "org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol";

// Methods that administrators may call and that have nothing behind them.
constexpr std::string_view kNotBuilt[] = {
    "deleteBlockPool",        "evictWriters",           "getBalancerBandwidth",
    "submitDiskBalancerPlan", "cancelDiskBalancerPlan", "queryDiskBalancerPlan",
    "getDiskBalancerSetting", "startReconfiguration",   "getReconfigurationStatus"};

}  // namespace

Status CheckPool(const BlockStore& store, const std::string& pool_id) {
  if (!store.attached()) {
    return Status(StatusCode::kUnavailable, "the datanode has not met its namenode yet")
        .WithRemoteClass(remote_class::kRetriable);
  }
  if (store.pool_id() == pool_id) return Status();
  return Status::Error(StatusCode::kInvalidArgument, "block pool {} is not here, {} is", pool_id,
                       store.pool_id())
      .WithRemoteClass(remote_class::kIoException);
}

ClientDatanodeService::ClientDatanodeService(BlockStore& store, const Clock& clock,
                                             ClientDatanodeHooks hooks)
    : store_(store),
      clock_(clock),
      started_(clock.SteadyNow()),
      hooks_(std::move(hooks)),
      rpc_(std::string(kProtocol), 1) {
  AddReads();
  AddAdministration();
  AddUnsupported();
}

Status ClientDatanodeService::CheckSuperuser(const CallContext& call) const {
  if (call.user == hooks_.superuser) return Status();
  return Status::Error(StatusCode::kPermissionDenied,
                       "Access denied for user {}. Superuser privilege is required", call.user);
}

void ClientDatanodeService::AddReads() {
  // Java calls as a user named after the block: nobody looks that name up.
  rpc_.AddSync<proto::GetReplicaVisibleLengthRequestProto,
               proto::GetReplicaVisibleLengthResponseProto>(
      "getReplicaVisibleLength",
      [this](const CallContext&, const proto::GetReplicaVisibleLengthRequestProto& request)
          -> Result<proto::GetReplicaVisibleLengthResponseProto> {
        const ExtendedBlock block = FromProto(request.block());
        RETURN_IF_ERROR(CheckPool(store_, block.pool_id));
        ASSIGN_OR_RETURN(const uint64_t length, store_.GetVisibleLength(block.block));
        proto::GetReplicaVisibleLengthResponseProto response;
        response.set_length(length);
        return response;
      });
  rpc_.AddUnsupported(
      "getBlockLocalPathInfo",
      Status(StatusCode::kPermissionDenied,
             "paths of block files are not handed out; short-circuit readers get descriptors"));
  rpc_.AddSync<proto::GetDatanodeInfoRequestProto, proto::GetDatanodeInfoResponseProto>(
      "getDatanodeInfo",
      [this](const CallContext&, const proto::GetDatanodeInfoRequestProto&)
          -> Result<proto::GetDatanodeInfoResponseProto> {
        proto::GetDatanodeInfoResponseProto response;
        proto::DatanodeLocalInfoProto& info = *response.mutable_localinfo();
        info.set_softwareversion(hooks_.software_version);
        info.set_configversion("core-3.0.0,hdfs-1");
        const auto age = clock_.SteadyNow() - started_;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
        info.set_uptime(static_cast<uint64_t>(seconds));
        return response;
      });
}

void ClientDatanodeService::AddAdministration() {
  rpc_.AddSync<proto::GetVolumeReportRequestProto, proto::GetVolumeReportResponseProto>(
      "getVolumeReport",
      [this](const CallContext& call, const proto::GetVolumeReportRequestProto&)
          -> Result<proto::GetVolumeReportResponseProto> {
        RETURN_IF_ERROR(CheckSuperuser(call));
        proto::GetVolumeReportResponseProto response;
        for (const auto& volume : store_.volumes().volumes()) {
          proto::DatanodeVolumeInfoProto& info = *response.add_volumeinfo();
          info.set_path(volume->path());
          info.set_storagetype(ToProto(volume->type()));
          info.set_usedspace(volume->used());
          info.set_freespace(volume->remaining());
          info.set_reservedspace(hooks_.reserved_bytes);
          info.set_reservedspaceforreplicas(0);
          info.set_numblocks(store_.ReplicaCount(volume->index()));
        }
        return response;
      });
  rpc_.AddSync<proto::TriggerBlockReportRequestProto, proto::TriggerBlockReportResponseProto>(
      "triggerBlockReport",
      [this](const CallContext& call, const proto::TriggerBlockReportRequestProto& request)
          -> Result<proto::TriggerBlockReportResponseProto> {
        RETURN_IF_ERROR(CheckSuperuser(call));
        if (hooks_.report) hooks_.report(!request.incremental());
        return proto::TriggerBlockReportResponseProto();
      });
  // A datanode has one namenode, named by the configuration that it was started with: nothing to
  // read again, so the namenode is only told anew what is here.
  rpc_.AddSync<proto::RefreshNamenodesRequestProto, proto::RefreshNamenodesResponseProto>(
      "refreshNamenodes",
      [this](const CallContext& call, const proto::RefreshNamenodesRequestProto&)
          -> Result<proto::RefreshNamenodesResponseProto> {
        RETURN_IF_ERROR(CheckSuperuser(call));
        if (hooks_.report) hooks_.report(true);
        return proto::RefreshNamenodesResponseProto();
      });
  rpc_.AddSync<proto::ShutdownDatanodeRequestProto, proto::ShutdownDatanodeResponseProto>(
      "shutdownDatanode",
      [this](const CallContext& call, const proto::ShutdownDatanodeRequestProto&)
          -> Result<proto::ShutdownDatanodeResponseProto> {
        RETURN_IF_ERROR(CheckSuperuser(call));
        if (!hooks_.shut_down) {
          return Status(StatusCode::kUnsupported, "this datanode cannot be shut down by a call");
        }
        hooks_.shut_down();
        return proto::ShutdownDatanodeResponseProto();
      });
  rpc_.AddSync<proto::ListReconfigurablePropertiesRequestProto,
               proto::ListReconfigurablePropertiesResponseProto>(
      "listReconfigurableProperties",
      [this](const CallContext& call, const proto::ListReconfigurablePropertiesRequestProto&)
          -> Result<proto::ListReconfigurablePropertiesResponseProto> {
        RETURN_IF_ERROR(CheckSuperuser(call));
        return proto::ListReconfigurablePropertiesResponseProto();
      });
}

void ClientDatanodeService::AddUnsupported() {
  for (const std::string_view method : kNotBuilt) {
    rpc_.AddUnsupported(std::string(method),
                        Status::Error(StatusCode::kUnsupported, "{} is not supported", method));
  }
}

}  // namespace tusk::dfs::datanode
