#include "dfs/namenode/service/datanode_protocol_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/net/work_pool.h"
#include "dfs/namenode/ops/commit_block_synchronization.h"
#include "dfs/namenode/service/datanode_messages.h"
#include "dfs/proto/client_namenode.pb.h"
#include "dfs/proto/datanode_protocol.pb.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::namenode {

namespace {

using rpc::CallContext;

constexpr std::string_view kProtocol = "org.apache.hadoop.hdfs.server.protocol.DatanodeProtocol";

/// A datanode that says on which address it listens leaves the numeric one to us when it does not
/// know it: 0.0.0.0 is nobody's address (DatanodeManager.registerDatanode).
void FillAddress(const CallContext& call, DatanodeRegistration* registration) {
  DatanodeId& id = registration->id;
  if (id.ip_address.empty() || id.ip_address == "0.0.0.0") id.ip_address = call.remote_address;
  if (id.host_name.empty() || id.host_name == "0.0.0.0") id.host_name = id.ip_address;
}

Task<Result<proto::RegisterDatanodeResponseProto>> Register(
    BlockManager* blocks, WorkPool* pool, const CallContext* call,
    const proto::RegisterDatanodeRequestProto* request) {
  Result<DatanodeRegistration> asked = RegistrationOf(request->registration());
  if (!asked.ok()) co_return std::move(asked).status();
  FillAddress(*call, &*asked);
  const auto work = [blocks, &asked] { return blocks->Register(*asked); };
  Result<DatanodeRegistration> accepted = co_await pool->Run(work);
  if (!accepted.ok()) co_return std::move(accepted).status();
  proto::RegisterDatanodeResponseProto response;
  *response.mutable_registration() = ToProto(*accepted);
  co_return response;
}

/// All storages of one message, one turn of the lock each.
Status TakeFullReport(BlockManager& blocks, const proto::BlockReportRequestProto& request) {
  Result<DatanodeId> id = dfs::FromProto(request.registration().datanodeid());
  if (!id.ok()) return std::move(id).status();
  std::vector<StorageName> storages;
  for (const proto::StorageBlockReportProto& report : request.reports()) {
    StorageName storage = StorageOf(report.storage());
    const std::unique_ptr<ReplicaReader> replicas = ReplicasOf(report);
    Status taken = blocks.ProcessFullReport(*id, storage, *replicas);
    if (!taken.ok()) return taken.WithContext("storage " + storage.id);
    storages.push_back(std::move(storage));
  }
  // A report in one message lists all storages; one that is split says so.
  const bool whole = !request.has_context() || request.context().totalrpcs() <= 1;
  if (whole && !storages.empty()) blocks.FinishFullReport(*id, storages);
  return Status();
}

Task<Result<proto::BlockReportResponseProto>> FullReport(
    BlockManager* blocks, WorkPool* pool, const std::function<void()>* reported,
    const proto::BlockReportRequestProto* request) {
  const auto work = [blocks, request] { return TakeFullReport(*blocks, *request); };
  Status taken = co_await pool->Run(work);
  if (!taken.ok()) co_return taken;
  if (*reported) (*reported)();
  co_return proto::BlockReportResponseProto();
}

Task<Result<proto::CommitBlockSynchronizationResponseProto>> Synchronize(
    const DatanodeProtocolHooks* hooks,
    const proto::CommitBlockSynchronizationRequestProto* request) {
  if (!hooks->synchronize) {
    co_return Status::Error(StatusCode::kUnsupported, "block recovery is not served here");
  }
  BlockSynchronization sync;
  sync.block = dfs::FromProto(request->block()).block;
  sync.new_stamp = GenerationStamp(static_cast<int64_t>(request->newgenstamp()));
  sync.new_length = request->newlength();
  sync.close_file = request->closefile();
  sync.delete_block = request->deleteblock();
  const int named = std::min(request->newtaragets_size(), request->newtargetstorages_size());
  for (int i = 0; i < named; ++i) {
    sync.replicas.push_back(
        {request->newtaragets(i).datanodeuuid(), request->newtargetstorages(i)});
  }
  Status done = co_await hooks->synchronize(std::move(sync));
  if (!done.ok()) co_return done;
  co_return proto::CommitBlockSynchronizationResponseProto();
}

}  // namespace

DatanodeProtocolService::DatanodeProtocolService(BlockManager& blocks, WorkPool& pool,
                                                 DatanodeProtocolHooks hooks)
    : blocks_(blocks), pool_(pool), hooks_(std::move(hooks)), rpc_(std::string(kProtocol), 1) {
  AddConnecting();
  AddReports();
  AddOthers();
}

Status DatanodeProtocolService::CheckPool(const std::string& block_pool_id) const {
  const std::string ours = blocks_.identity().block_pool_id;
  if (block_pool_id == ours) return Status();
  return Status::Error(StatusCode::kInvalidArgument, "block pool {} is not served here, {} is",
                       block_pool_id, ours);
}

void DatanodeProtocolService::AddConnecting() {
  rpc_.AddSync<proto::VersionRequestProto, proto::VersionResponseProto>(
      "versionRequest",
      [this](const CallContext&,
             const proto::VersionRequestProto&) -> Result<proto::VersionResponseProto> {
        proto::VersionResponseProto response;
        *response.mutable_info() = ToProto(blocks_.identity());
        return response;
      });
  rpc_.Add<proto::RegisterDatanodeRequestProto, proto::RegisterDatanodeResponseProto>(
      "registerDatanode",
      [this](const CallContext& call, const proto::RegisterDatanodeRequestProto& request) {
        return Register(&blocks_, &pool_, &call, &request);
      });
  rpc_.AddSync<proto::HeartbeatRequestProto, proto::HeartbeatResponseProto>(
      "sendHeartbeat",
      [this](const CallContext&,
             const proto::HeartbeatRequestProto& request) -> Result<proto::HeartbeatResponseProto> {
        ASSIGN_OR_RETURN(const DatanodeId id, dfs::FromProto(request.registration().datanodeid()));
        const HeartbeatOrders orders = blocks_.Heartbeat(id, HeartbeatOf(request));
        proto::HeartbeatResponseProto response;
        for (proto::DatanodeCommandProto& command :
             CommandsOf(orders, blocks_.identity().block_pool_id)) {
          *response.add_cmds() = std::move(command);
        }
        response.mutable_hastatus()->set_state(proto::NNHAStatusHeartbeatProto::ACTIVE);
        response.mutable_hastatus()->set_txid(hooks_.last_txid ? hooks_.last_txid() : 0);
        response.set_fullblockreportleaseid(orders.full_report_lease);
        return response;
      });
}

void DatanodeProtocolService::AddReports() {
  rpc_.Add<proto::BlockReportRequestProto, proto::BlockReportResponseProto>(
      "blockReport", [this](const CallContext&, const proto::BlockReportRequestProto& request) {
        return FullReport(&blocks_, &pool_, &hooks_.reported, &request);
      });
  rpc_.AddSync<proto::BlockReceivedAndDeletedRequestProto,
               proto::BlockReceivedAndDeletedResponseProto>(
      "blockReceivedAndDeleted",
      [this](const CallContext&, const proto::BlockReceivedAndDeletedRequestProto& request)
          -> Result<proto::BlockReceivedAndDeletedResponseProto> {
        RETURN_IF_ERROR(CheckPool(request.blockpoolid()));
        ASSIGN_OR_RETURN(const DatanodeId id, dfs::FromProto(request.registration().datanodeid()));
        for (const proto::StorageReceivedDeletedBlocksProto& storage : request.blocks()) {
          StorageName name{storage.storageuuid(), StorageType::kDisk};
          if (storage.has_storage()) name = StorageOf(storage.storage());
          RETURN_IF_ERROR(blocks_.ProcessIncrementalReport(id, name, ChangesOf(storage)));
        }
        if (hooks_.reported) hooks_.reported();
        return proto::BlockReceivedAndDeletedResponseProto();
      });
  rpc_.AddSync<proto::ReportBadBlocksRequestProto, proto::ReportBadBlocksResponseProto>(
      "reportBadBlocks",
      [this](const CallContext&, const proto::ReportBadBlocksRequestProto& request)
          -> Result<proto::ReportBadBlocksResponseProto> {
        for (const proto::LocatedBlockProto& located : request.blocks()) {
          const Block block = dfs::FromProto(located.b()).block;
          for (int i = 0; i < located.locs_size(); ++i) {
            const bool has_id = i < located.storageids_size();
            const ReplicaName replica{located.locs(i).id().datanodeuuid(),
                                      has_id ? located.storageids(i) : std::string()};
            blocks_.ReportBadReplica(block, replica, {});
          }
        }
        return proto::ReportBadBlocksResponseProto();
      });
  // Nothing is cached in memory by order of the namenode: a report of it is heard and not kept.
  rpc_.AddSync<proto::CacheReportRequestProto, proto::CacheReportResponseProto>(
      "cacheReport",
      [](const CallContext&, const proto::CacheReportRequestProto&)
          -> Result<proto::CacheReportResponseProto> { return proto::CacheReportResponseProto(); });
}

void DatanodeProtocolService::AddOthers() {
  rpc_.AddSync<proto::ErrorReportRequestProto, proto::ErrorReportResponseProto>(
      "errorReport",
      [this](const CallContext&, const proto::ErrorReportRequestProto& request)
          -> Result<proto::ErrorReportResponseProto> {
        ASSIGN_OR_RETURN(const DatanodeId id, dfs::FromProto(request.registartion().datanodeid()));
        RETURN_IF_ERROR(blocks_.ReportError(id, request.errorcode(), request.msg()));
        return proto::ErrorReportResponseProto();
      });
  rpc_.Add<proto::CommitBlockSynchronizationRequestProto,
           proto::CommitBlockSynchronizationResponseProto>(
      "commitBlockSynchronization",
      [this](const CallContext&, const proto::CommitBlockSynchronizationRequestProto& request) {
        return Synchronize(&hooks_, &request);
      });
}

}  // namespace tusk::dfs::namenode
