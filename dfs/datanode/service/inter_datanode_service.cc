#include "dfs/datanode/service/inter_datanode_service.h"

#include <optional>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "common/time/deadline.h"
#include "dfs/datanode/service/client_datanode_service.h"
#include "dfs/proto/inter_datanode.pb.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {

namespace {

using rpc::CallContext;

constexpr std::string_view kProtocol =
    "org.apache.hadoop.hdfs.server.protocol.InterDatanodeProtocol";

Task<Result<proto::InitReplicaRecoveryResponseProto>> Freeze(
    BlockStore* store, const Clock* clock, std::chrono::nanoseconds timeout,
    const CallContext* call, const proto::InitReplicaRecoveryRequestProto* request) {
  const ExtendedBlock block = FromProto(request->block().block().b());
  CO_RETURN_IF_ERROR(CheckPool(*store, block.pool_id));
  const GenerationStamp recovery_id(static_cast<int64_t>(request->block().newgenstamp()));
  const BlockId id = block.block.id;
  proto::InitReplicaRecoveryResponseProto response;
  response.set_replicafound(false);
  const Result<Volume*> volume = store->VolumeOf(id);
  if (volume.status().code() == StatusCode::kNotFound) co_return response;
  CO_RETURN_IF_ERROR(volume.status());
  const Deadline deadline = Deadline::Earlier(call->deadline, Deadline::After(*clock, timeout));
  CO_RETURN_IF_ERROR(co_await store->StopWriter(id, deadline));
  const auto work = [store, &block, recovery_id] {
    return store->InitRecovery(block.block, recovery_id);
  };
  const Result<std::optional<ReplicaFacts>> frozen = co_await (*volume)->pool().Run(work);
  if (!frozen.ok()) co_return frozen.status();
  if (!frozen->has_value()) co_return response;
  response.set_replicafound(true);
  response.set_state(static_cast<proto::ReplicaStateProto>((*frozen)->state));
  *response.mutable_block() = ToProto((*frozen)->block);
  co_return response;
}

Task<Result<proto::UpdateReplicaUnderRecoveryResponseProto>> Update(
    BlockStore* store, const proto::UpdateReplicaUnderRecoveryRequestProto* request) {
  const ExtendedBlock block = FromProto(request->block());
  CO_RETURN_IF_ERROR(CheckPool(*store, block.pool_id));
  if (request->newblockid() != 0 &&
      request->newblockid() != static_cast<uint64_t>(block.block.id.value())) {
    co_return Status(StatusCode::kUnsupported, "recovery under another block id (truncate)");
  }
  const GenerationStamp recovery_id(static_cast<int64_t>(request->recoveryid()));
  const uint64_t length = request->newlength();
  const Result<Volume*> volume = store->VolumeOf(block.block.id);
  CO_RETURN_IF_ERROR(volume.status());
  const auto work = [store, &block, recovery_id, length] {
    return store->UpdateRecovery(block.block, recovery_id, length);
  };
  const Result<std::string> storage_id = co_await (*volume)->pool().Run(work);
  if (!storage_id.ok()) co_return storage_id.status();
  proto::UpdateReplicaUnderRecoveryResponseProto response;
  response.set_storageuuid(*storage_id);
  co_return response;
}

}  // namespace

InterDatanodeService::InterDatanodeService(BlockStore& store, const Clock& clock,
                                           std::chrono::nanoseconds stop_writer_timeout)
    : rpc_(std::string(kProtocol), 1) {
  BlockStore* blocks = &store;
  const Clock* time = &clock;
  rpc_.Add<proto::InitReplicaRecoveryRequestProto, proto::InitReplicaRecoveryResponseProto>(
      "initReplicaRecovery",
      [blocks, time, stop_writer_timeout](const CallContext& call,
                                          const proto::InitReplicaRecoveryRequestProto& request) {
        return Freeze(blocks, time, stop_writer_timeout, &call, &request);
      });
  rpc_.Add<proto::UpdateReplicaUnderRecoveryRequestProto,
           proto::UpdateReplicaUnderRecoveryResponseProto>(
      "updateReplicaUnderRecovery",
      [blocks](const CallContext&, const proto::UpdateReplicaUnderRecoveryRequestProto& request) {
        return Update(blocks, &request);
      });
}

}  // namespace tusk::dfs::datanode
