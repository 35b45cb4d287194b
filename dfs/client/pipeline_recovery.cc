#include "dfs/client/pipeline_recovery.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/time/system_clock.h"
#include "dfs/client/datanode_connection.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs {
namespace {

using Op = proto::OpWriteBlockProto;

/// Copying a whole block between datanodes takes longer than one answer.
constexpr int kTransferPatience = 10;

/// Has `source` copy the block, as far as it is, to `target` (TRANSFER_BLOCK).
Status CopyReplica(ClientContext& context, const ExtendedBlock& block, const AccessToken& token,
                   const ReplicaLocation& source, const ReplicaLocation& target) {
  ASSIGN_OR_RETURN(BlockingSocket socket, ConnectDatanode(source.datanode.id, context.options));
  proto::OpTransferBlockProto op;
  proto::ClientOperationHeaderProto& header = *op.mutable_header();
  *header.mutable_baseheader()->mutable_block() = ToProto(block);
  *header.mutable_baseheader()->mutable_token() = ToProto(token);
  header.set_clientname(context.client_name);
  *op.add_targets() = ToProto(target.datanode);
  op.add_targetstoragetypes(ToProto(target.storage_type));
  op.add_targetstorageids(target.storage_id);
  const Deadline deadline =
      Deadline::After(SystemClock::Get(), context.options.socket_timeout * kTransferPatience);
  RETURN_IF_ERROR(SendOp(socket, DataTransferOp::kTransferBlock, op, deadline));
  proto::BlockOpResponseProto response;
  RETURN_IF_ERROR(ReceiveOpResponse(socket, deadline, &response));
  if (response.status() == proto::SUCCESS) return Status::Ok();
  return Status::Error(StatusCode::kIoError, "datanode {} did not copy the block to {}: {}",
                       source.datanode.id.TransferAddress(), target.datanode.id.TransferAddress(),
                       response.message());
}

/// Step 2: one more node in the pipeline, with a copy of the block.
Status AddNode(ClientContext& context, const OpenFile& file, BlockBeingWritten& block) {
  ASSIGN_OR_RETURN(LocatedBlock answer, context.namenode.GetAdditionalDatanode(
                                            file, block.block, block.nodes, block.failed));
  for (size_t i = 0; i < answer.locations.size(); ++i) {
    const ReplicaLocation& node = answer.locations[i];
    const bool known =
        std::any_of(block.nodes.begin(), block.nodes.end(), [&](const ReplicaLocation& existing) {
          return existing.datanode.id.uuid == node.datanode.id.uuid;
        });
    if (known) continue;
    const size_t place = std::min(i, block.nodes.size());
    const ReplicaLocation& source = block.nodes[place == 0 ? 0 : place - 1];
    RETURN_IF_ERROR(CopyReplica(context, block.block, answer.token, source, node));
    block.nodes.insert(block.nodes.begin() + static_cast<ptrdiff_t>(place), node);
    return Status::Ok();
  }
  return Status(StatusCode::kNoSpace, "there is no other datanode to replace the failed one");
}

Status DropBadNode(BlockBeingWritten& block, size_t bad, const Status& cause) {
  CHECK(bad < block.nodes.size());
  block.failed.push_back(block.nodes[bad].datanode);
  block.nodes.erase(block.nodes.begin() + static_cast<ptrdiff_t>(bad));
  if (!block.nodes.empty()) return Status::Ok();
  std::string names;
  for (const DatanodeInfo& node : block.failed) {
    names += (names.empty() ? "" : ", ") + node.id.TransferAddress();
  }
  return Status::Error(cause.code(), "all datanodes of the pipeline failed [{}]; last: {}", names,
                       cause.message());
}

Op::BlockConstructionStage RecoveryStage(const BlockBeingWritten& block) {
  if (block.closing) return Op::PIPELINE_CLOSE_RECOVERY;
  return block.appending ? Op::PIPELINE_SETUP_APPEND_RECOVERY
                         : Op::PIPELINE_SETUP_STREAMING_RECOVERY;
}

}  // namespace

bool WantsAnotherNode(ReplaceDatanodePolicy policy, uint16_t replication, size_t nodes,
                      bool must_keep_copies) {
  if (nodes == 0 || nodes >= replication) return false;
  switch (policy) {
    case ReplaceDatanodePolicy::kNever:
      return false;
    case ReplaceDatanodePolicy::kAlways:
      return true;
    case ReplaceDatanodePolicy::kDefault:
      return replication >= 3 && (nodes <= replication / 2u || must_keep_copies);
  }
  return false;
}

Status RecoverPipeline(ClientContext& context, const OpenFile& file, DataStreamer& streamer,
                       BlockBeingWritten& block, const Status& cause) {
  Status last = cause;
  streamer.RequeueUnacknowledged();
  while (true) {
    LOG_INFO("dfs client", "pipeline recovery path={} block={} cause={}", file.path,
             block.block.block.id.value(), last.ToString());
    RETURN_IF_ERROR(DropBadNode(block, streamer.bad_node(), last));
    block.block.block.length = streamer.acknowledged_bytes();
    if (!block.closing && !block.appending &&
        WantsAnotherNode(context.options.replace_policy, block.replication, block.nodes.size(),
                         block.must_keep_copies)) {
      const Status added = AddNode(context, file, block);
      if (!added.ok() && !context.options.replace_best_effort) {
        return added.WithContext(fmt::format("after {}", last.message()));
      }
    }
    ASSIGN_OR_RETURN(const LocatedBlock renewed,
                     context.namenode.UpdateBlockForPipeline(file, block.block));
    block.token = renewed.token;
    PipelineSetup setup;
    setup.block = block.block;
    setup.token = block.token;
    setup.nodes = block.nodes;
    setup.stage = RecoveryStage(block);
    setup.min_bytes = streamer.acknowledged_bytes();
    setup.max_bytes = std::max(streamer.sent_bytes(), streamer.acknowledged_bytes());
    setup.new_generation_stamp = renewed.block.block.generation_stamp;
    if (Status opened = streamer.Open(setup); !opened.ok()) {
      last = opened;
      continue;
    }
    ExtendedBlock next = block.block;
    next.block.generation_stamp = setup.new_generation_stamp;
    RETURN_IF_ERROR(context.namenode.UpdatePipeline(file, block.block, next, block.nodes));
    block.block = next;
    if (block.closing) streamer.DropLastPacket();
    return Status::Ok();
  }
}

}  // namespace tusk::dfs
