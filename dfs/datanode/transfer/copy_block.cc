#include "dfs/datanode/transfer/copy_block.h"

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/this_coro.hpp>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/datanode/transfer/block_sender.h"
#include "dfs/datanode/transfer/op_response.h"
#include "dfs/datanode/transfer/pipeline_link.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {
namespace {

using Op = proto::OpWriteBlockProto;

/// The replica as it is to be sent: with the stamp and the visible length that it has here.
Result<Replica> FindForCopy(TransferContext& context, const CopyOrder& order) {
  const std::optional<Replica> found = context.store.Find(order.block.id);
  if (!found.has_value() || found->state == ReplicaState::kTemporary) {
    return ReplicaNotFound(order.block.id);
  }
  Replica replica = *found;
  const bool sendable =
      replica.state == ReplicaState::kFinalized ||
      (replica.state == ReplicaState::kBeingWritten && !order.client_name.empty());
  if (!sendable) {
    return Status::Error(StatusCode::kFailedPrecondition, "replica blk_{} is not sent, state {}",
                         order.block.id, ReplicaStateName(replica.state));
  }
  ASSIGN_OR_RETURN(replica.block.length, context.store.GetVisibleLength(order.block));
  // A writer may name bytes that it has sent and that have not arrived everywhere: it sends them
  // again after the copy (DataNode.transferReplicaForPipelineRecovery copies what is visible).
  if (!order.client_name.empty() || replica.block.length >= order.block.length) return replica;
  Status shorter = Status::Error(StatusCode::kCorruption, "replica blk_{} has {} bytes, not {}",
                                 order.block.id, replica.block.length, order.block.length);
  if (replica.state == ReplicaState::kFinalized) {
    context.ReportCorrupt(replica.block, context.store.volumes().at(replica.volume), shorter);
  }
  return shorter;
}

Op OpForTargets(TransferContext& context, const CopyOrder& order, const Replica& replica,
                const ChecksumSpec& checksum) {
  Op op;
  *op.mutable_header()->mutable_baseheader()->mutable_block() =
      ToProto(ExtendedBlock{context.store.pool_id(), replica.block});
  *op.mutable_header()->mutable_baseheader()->mutable_token() = ToProto(AccessToken{});
  op.mutable_header()->set_clientname(order.client_name);
  DatanodeInfo self;
  self.id = context.self();
  *op.mutable_source() = ToProto(self);
  const Op::BlockConstructionStage for_client =
      replica.state == ReplicaState::kFinalized ? Op::TRANSFER_FINALIZED : Op::TRANSFER_RBW;
  op.set_stage(order.client_name.empty() ? Op::PIPELINE_SETUP_CREATE : for_client);
  op.set_pipelinesize(0);
  op.set_minbytesrcvd(0);
  op.set_maxbytesrcvd(0);
  op.set_latestgenerationstamp(0);
  *op.mutable_requestedchecksum() = ToProto(checksum);
  op.mutable_cachingstrategy();
  for (size_t i = 0; i < order.targets.size(); ++i) {
    const ReplicaLocation& target = order.targets[i];
    if (i == 0) {
      op.set_storagetype(ToProto(target.storage_type));
      op.set_storageid(target.storage_id);
      continue;
    }
    *op.add_targets() = ToProto(target.datanode);
    op.add_targetstoragetypes(ToProto(target.storage_type));
    op.add_targetstorageids(target.storage_id);
  }
  return op;
}

/// Waits until the receiver has dealt with the copy.
Task<Status> AwaitEnd(TransferContext& context, PipelineLink& link, bool answered) {
  if (answered) {
    CO_ASSIGN_OR_RETURN(const proto::BlockOpResponseProto answer,
                        co_await ReadResponse(context, link));
    if (answer.status() == proto::SUCCESS) co_return Status();
    co_return Status::Error(StatusCode::kUnavailable, "{} did not take the copy: {}", link.name,
                            answer.message());
  }
  // There is no answer, but the receiver closes the connection when it is through.
  CO_RETURN_IF_ERROR(link.stream->ShutdownWrite());
  link.stream->SetReadDeadline(context.PeerDeadline(link.further + 1));
  co_return (co_await link.reader->FillSome()).status();
}

Result<std::vector<ReplicaLocation>> TargetsOf(const proto::OpTransferBlockProto& op) {
  ASSIGN_OR_RETURN(std::vector<DatanodeInfo> nodes, FromProto(op.targets()));
  if (nodes.empty()) return Status(StatusCode::kInvalidArgument, "a copy without targets");
  std::vector<ReplicaLocation> targets(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    const int at = static_cast<int>(i);
    targets[i].datanode = std::move(nodes[i]);
    if (at < op.targetstoragetypes_size()) {
      targets[i].storage_type = FromProto(op.targetstoragetypes(at));
    }
    if (at < op.targetstorageids_size()) targets[i].storage_id = op.targetstorageids(at);
  }
  return targets;
}

Task<Status> TransferBlock(TransferContext& context, const proto::OpTransferBlockProto& op) {
  const ExtendedBlock block = FromProto(op.header().baseheader().block());
  CO_RETURN_IF_ERROR(context.CheckPool(block));
  CopyOrder order;
  order.block = block.block;
  order.client_name = op.header().clientname();
  CO_ASSIGN_OR_RETURN(order.targets, TargetsOf(op));
  co_return co_await SendCopy(context, std::move(order));
}

}  // namespace

Task<Status> SendCopy(TransferContext& context, CopyOrder order) {
  CO_ASSIGN_OR_RETURN(const Replica replica, FindForCopy(context, order));
  SendRequest request;
  request.block = replica.block;
  request.length = replica.block.length;
  request.whole_chunks = false;
  request.verify = true;
  Volume& volume = context.store.volumes().at(replica.volume);
  auto open = [&context, &request] { return BlockSender::Open(context, request); };
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<BlockSender> sender, co_await volume.pool().Run(open));
  const Executor strand = co_await boost::asio::this_coro::executor;
  Op op = OpForTargets(context, order, replica, sender->spec());
  CO_ASSIGN_OR_RETURN(
      PipelineLink link,
      co_await OpenLink(context, strand, order.targets.front().datanode.id, std::move(op)));
  CO_RETURN_IF_ERROR(co_await sender->Send(*link.stream, std::string()));
  CO_RETURN_IF_ERROR(co_await AwaitEnd(context, link, !order.client_name.empty()));
  context.metrics.blocks_copied.Add();
  LOG_INFO("datanode", "block copied block={} bytes={} target={}", order.block.id,
           replica.block.length, link.name);
  co_return Status();
}

Task<void> ServeTransferBlock(TransferContext& context, Stream& stream,
                              proto::OpTransferBlockProto op) {
  const Status done = co_await TransferBlock(context, op);
  if (!done.ok()) {
    context.metrics.failed_ops.Add();
    LOG_WARN("datanode", "copy failed peer={} cause={}", stream.PeerAddress(), done.message());
  }
  proto::BlockOpResponseProto answer = SuccessResponse();
  if (!done.ok()) answer = ErrorResponse(done);
  const Status sent = co_await SendResponse(stream, std::move(answer));
  static_cast<void>(sent);
}

}  // namespace tusk::dfs::datanode
