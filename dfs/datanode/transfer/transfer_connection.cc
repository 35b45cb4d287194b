#include "dfs/datanode/transfer/transfer_connection.h"

#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/datanode/transfer/block_checksum.h"
#include "dfs/datanode/transfer/copy_block.h"
#include "dfs/datanode/transfer/op_response.h"
#include "dfs/datanode/transfer/read_block.h"
#include "dfs/datanode/transfer/write_block.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/delimited.h"

namespace tusk::dfs::datanode {
namespace {

/// Small, so that little of the packets behind a WRITE_BLOCK is read before their buffer is there.
constexpr size_t kOpReadBytes = 4096;

}  // namespace

TransferConnection::TransferConnection(TransferContext& context, std::unique_ptr<Stream> stream)
    : context_(context),
      stream_(std::move(stream)),
      reader_(*stream_, kMaxOpMessageBytes + 64, kOpReadBytes) {}

void TransferConnection::FinishSoon() {
  finishing_ = true;
  if (idle_) stream_->Close();
}

Task<Status> TransferConnection::ReadOp() {
  // Until the first byte the connection is idle; then the rest must follow.
  CO_RETURN_IF_ERROR(co_await reader_.Fill(1));
  idle_ = false;
  stream_->SetReadDeadline(TransferContext::In(context_.options.op_timeout));
  for (;;) {
    CO_ASSIGN_OR_RETURN(const std::optional<OpFrame> frame, ParseOpFrame(reader_.Peek()));
    if (frame.has_value()) {
      op_ = frame->op;
      message_.assign(AsText(frame->message));
      reader_.Consume(frame->size);
      co_return Status();
    }
    CO_RETURN_IF_ERROR(co_await reader_.Fill(reader_.size() + 1));
  }
}

Task<void> TransferConnection::Run() {
  stream_->SetReadDeadline(TransferContext::In(context_.options.op_timeout));
  while (!finishing_) {
    const Status read = co_await ReadOp();
    if (!read.ok()) {
      // A peer that just goes away, or stays away, between operations is no event.
      const bool broken = !idle_ && read.code() != StatusCode::kCancelled;
      if (broken) {
        LOG_WARN("datanode", "no operation of the data transfer protocol peer={} cause={}",
                 stream_->PeerAddress(), read.message());
        context_.metrics.failed_ops.Add();
      }
      break;
    }
    stream_->SetWriteDeadline(TransferContext::In(context_.options.write_timeout));
    const bool keep = co_await Dispatch();
    if (!keep || context_.options.keepalive.count() == 0) break;
    idle_ = true;
    stream_->SetReadDeadline(TransferContext::In(context_.options.keepalive));
  }
  stream_->Close();
}

Task<bool> TransferConnection::Dispatch() {
  const OpenStream counted(context_);
  switch (op_) {
    case DataTransferOp::kReadBlock: {
      proto::OpReadBlockProto op;
      if (!Parse(&op)) co_return false;
      co_return co_await ServeReadBlock(context_, *stream_, reader_, std::move(op));
    }
    case DataTransferOp::kWriteBlock: {
      proto::OpWriteBlockProto op;
      if (Parse(&op)) co_await ServeWriteBlock(context_, *stream_, reader_, std::move(op));
      co_return false;
    }
    case DataTransferOp::kCopyBlock: {
      proto::OpCopyBlockProto op;
      if (Parse(&op)) co_await ServeCopyBlock(context_, *stream_, std::move(op));
      co_return false;
    }
    case DataTransferOp::kTransferBlock: {
      proto::OpTransferBlockProto op;
      if (Parse(&op)) co_await ServeTransferBlock(context_, *stream_, std::move(op));
      co_return false;
    }
    case DataTransferOp::kBlockChecksum: {
      proto::OpBlockChecksumProto op;
      if (Parse(&op)) co_await ServeBlockChecksum(context_, *stream_, std::move(op));
      co_return false;
    }
    default:
      co_await Refuse();
      co_return false;
  }
}

bool TransferConnection::Parse(google::protobuf::MessageLite* message) {
  const Status parsed = ParseMessage(AsBytes(message_), message);
  if (parsed.ok()) return true;
  context_.metrics.failed_ops.Add();
  LOG_WARN("datanode", "malformed operation op={} peer={} cause={}", DataTransferOpName(op_),
           stream_->PeerAddress(), parsed.message());
  return false;
}

Task<void> TransferConnection::Refuse() {
  context_.metrics.failed_ops.Add();
  const Status refused =
      Status::Error(StatusCode::kUnsupported, "{} is not served here", DataTransferOpName(op_));
  const Status sent = co_await SendResponse(*stream_, ErrorResponse(refused));
  static_cast<void>(sent);
}

}  // namespace tusk::dfs::datanode
