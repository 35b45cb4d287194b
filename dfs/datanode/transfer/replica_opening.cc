#include "dfs/datanode/transfer/replica_opening.h"

#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {
namespace {

using Op = proto::OpWriteBlockProto;
using WriterResult = Result<std::unique_ptr<ReplicaWriter>>;

/// Room that a new replica must find; its length is not known.
constexpr uint64_t kRoomForReplica = 16 << 20;

ReopenRequest ReopenRequestOf(const WriteRequest& request, const Op& op) {
  ReopenRequest reopen;
  reopen.block = request.block.block;
  reopen.new_stamp = GenerationStamp(static_cast<int64_t>(op.latestgenerationstamp()));
  // Clients that keep the stamp may leave it out.
  if (reopen.new_stamp.value() == 0) reopen.new_stamp = reopen.block.generation_stamp;
  reopen.min_bytes = op.minbytesrcvd();
  reopen.max_bytes = op.maxbytesrcvd();
  return reopen;
}

Task<WriterResult> CreateReplica(TransferContext& context, const WriteRequest& request,
                                 const Op& op, std::function<void()> interrupt) {
  const Block& block = request.block.block;
  const std::optional<Replica> existing = context.store.Find(block.id);
  if (existing.has_value() && existing->block.generation_stamp < block.generation_stamp) {
    // An attempt that was given up: the client, or the copier, tries again under a newer stamp.
    const Deadline deadline = TransferContext::In(context.options.stop_writer_timeout);
    CO_RETURN_IF_ERROR(co_await context.store.StopWriter(block.id, deadline));
  }
  CO_ASSIGN_OR_RETURN(
      Volume * volume,
      context.store.volumes().Choose(op.storageid(), FromProto(op.storagetype()), kRoomForReplica));
  const bool temporary = request.transfer || !request.from_client;
  auto create = [&] {
    return context.store.Create(*volume, block, request.checksum, temporary, std::move(interrupt));
  };
  co_return co_await volume->pool().Run(create);
}

}  // namespace

Result<WriteRequest> ParseWriteRequest(const Op& op) {
  WriteRequest request;
  request.block = FromProto(op.header().baseheader().block());
  ASSIGN_OR_RETURN(request.checksum, FromProto(op.requestedchecksum()));
  request.stage = op.stage();
  request.from_client = !op.header().clientname().empty();
  request.transfer = op.stage() == Op::TRANSFER_RBW || op.stage() == Op::TRANSFER_FINALIZED;
  if (op.stage() == Op::DATA_STREAMING || op.stage() == Op::PIPELINE_CLOSE) {
    return Status::Error(StatusCode::kInvalidArgument, "no operation begins in stage {}",
                         static_cast<int>(op.stage()));
  }
  const bool copies = request.transfer || op.stage() == Op::PIPELINE_SETUP_CREATE;
  if (!request.from_client && !copies) {
    return Status::Error(StatusCode::kInvalidArgument, "stage {} needs a client's name",
                         static_cast<int>(op.stage()));
  }
  return request;
}

Task<WriterResult> OpenReplica(TransferContext& context, const WriteRequest& request, const Op& op,
                               std::function<void()> interrupt) {
  if (request.transfer || request.stage == Op::PIPELINE_SETUP_CREATE) {
    co_return co_await CreateReplica(context, request, op, std::move(interrupt));
  }
  const ReopenRequest reopen = ReopenRequestOf(request, op);
  BlockStore& store = context.store;
  if (request.stage != Op::PIPELINE_SETUP_APPEND) {
    const Deadline deadline = TransferContext::In(context.options.stop_writer_timeout);
    CO_RETURN_IF_ERROR(co_await store.StopWriter(reopen.block.id, deadline));
  }
  CO_ASSIGN_OR_RETURN(Volume * volume, store.VolumeOf(reopen.block.id));
  auto open = [&]() -> WriterResult {
    switch (request.stage) {
      case Op::PIPELINE_SETUP_APPEND:
        return store.Append(reopen, false, std::move(interrupt));
      case Op::PIPELINE_SETUP_APPEND_RECOVERY:
        return store.Append(reopen, true, std::move(interrupt));
      case Op::PIPELINE_SETUP_STREAMING_RECOVERY:
        return store.RecoverStreaming(reopen, std::move(interrupt));
      default:
        RETURN_IF_ERROR(store.RecoverClose(reopen).status());
        return std::unique_ptr<ReplicaWriter>();
    }
  };
  co_return co_await volume->pool().Run(open);
}

}  // namespace tusk::dfs::datanode
