#include "dfs/datanode/transfer/read_block.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/datanode/transfer/block_sender.h"
#include "dfs/datanode/transfer/op_response.h"
#include "dfs/wire/delimited.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {
namespace {

/// Bytes of a ClientReadStatusProto, with room for fields that we do not know.
constexpr size_t kMaxReadStatusBytes = 1024;

/// Waits, for a while, until what is asked for of a replica that grows is acknowledged.
Task<Status> WaitForGrowth(TransferContext& context, const SendRequest& request) {
  const std::optional<Replica> replica = context.store.Find(request.block.id);
  if (!replica.has_value() || replica->state != ReplicaState::kBeingWritten) co_return Status();
  const std::shared_ptr<LiveReplica> live = replica->live;
  if (live == nullptr || request.length > UINT64_MAX - request.offset) co_return Status();
  const Deadline deadline = TransferContext::In(context.options.growth_timeout);
  const bool there = co_await live->WaitAcked(request.offset + request.length, deadline);
  if (there) co_return Status();
  co_return Status::Error(StatusCode::kFailedPrecondition,
                          "replica blk_{} is being written and has {} bytes, asked for {} at {}",
                          request.block.id, live->progress().acked, request.length, request.offset);
}

Task<Result<std::unique_ptr<BlockSender>>> OpenSender(TransferContext& context,
                                                      const ExtendedBlock& block,
                                                      SendRequest request) {
  CO_RETURN_IF_ERROR(context.CheckPool(block));
  CO_RETURN_IF_ERROR(co_await WaitForGrowth(context, request));
  CO_ASSIGN_OR_RETURN(Volume * volume, context.store.VolumeOf(request.block.id));
  auto open = [&context, &request] { return BlockSender::Open(context, request); };
  co_return co_await volume->pool().Run(open);
}

/// The answer in front of the packets.
std::string PacketsFollow(const BlockSender& sender) {
  proto::BlockOpResponseProto response;
  response.set_status(proto::SUCCESS);
  response.set_firstbadlink("");
  proto::ReadOpChecksumInfoProto& info = *response.mutable_readopchecksuminfo();
  *info.mutable_checksum() = ToProto(sender.spec());
  info.set_chunkoffset(sender.begin());
  std::string bytes;
  AppendDelimited(response, &bytes);
  return bytes;
}

Task<Status> ReadLastWord(BufferedStreamReader& reader) {
  for (;;) {
    CO_ASSIGN_OR_RETURN(const std::optional<DelimitedFrame> frame,
                        ParseDelimited(reader.Peek(), kMaxReadStatusBytes));
    if (frame.has_value()) {
      proto::ClientReadStatusProto status;
      CO_RETURN_IF_ERROR(ParseMessage(frame->message, &status));
      reader.Consume(frame->size);
      co_return Status();
    }
    CO_RETURN_IF_ERROR(co_await reader.Fill(reader.size() + 1));
  }
}

Task<void> Refuse(TransferContext& context, Stream& stream, const Status& cause) {
  context.metrics.failed_ops.Add();
  LOG_INFO("datanode", "read refused peer={} cause={}", stream.PeerAddress(), cause.message());
  const Status sent = co_await SendResponse(stream, ErrorResponse(cause));
  static_cast<void>(sent);
}

}  // namespace

Task<bool> ServeReadBlock(TransferContext& context, Stream& stream, BufferedStreamReader& reader,
                          proto::OpReadBlockProto op) {
  const ExtendedBlock block = FromProto(op.header().baseheader().block());
  SendRequest request;
  request.block = block.block;
  request.offset = op.offset();
  request.length = op.len();
  request.checksums = op.sendchecksums();
  Result<std::unique_ptr<BlockSender>> sender = co_await OpenSender(context, block, request);
  if (!sender.ok()) {
    co_await Refuse(context, stream, sender.status());
    co_return false;
  }
  context.metrics.blocks_read.Add();
  std::string answer = PacketsFollow(**sender);
  const std::unique_ptr<BlockSender> open = std::move(*sender);
  const Status sent = co_await open->Send(stream, std::move(answer));
  if (!sent.ok()) {
    // Readers that have enough just close; damage here is another matter.
    if (sent.code() == StatusCode::kCorruption || sent.code() == StatusCode::kIoError) {
      context.metrics.failed_ops.Add();
      LOG_WARN("datanode", "read broken off block={} peer={} cause={}", request.block.id,
               stream.PeerAddress(), sent.message());
    }
    co_return false;
  }
  stream.SetReadDeadline(TransferContext::In(context.options.op_timeout));
  const Status last_word = co_await ReadLastWord(reader);
  co_return last_word.ok();
}

Task<void> ServeCopyBlock(TransferContext& context, Stream& stream, proto::OpCopyBlockProto op) {
  const ExtendedBlock block = FromProto(op.header().block());
  SendRequest request;
  request.block = block.block;
  const std::optional<Replica> replica = context.store.Find(block.block.id);
  if (!replica.has_value() || replica->state != ReplicaState::kFinalized) {
    co_await Refuse(context, stream, ReplicaNotFound(block.block.id));
    co_return;
  }
  request.length = replica->block.length;
  Result<std::unique_ptr<BlockSender>> sender = co_await OpenSender(context, block, request);
  if (!sender.ok()) {
    co_await Refuse(context, stream, sender.status());
    co_return;
  }
  std::string answer = PacketsFollow(**sender);
  const std::unique_ptr<BlockSender> open = std::move(*sender);
  const Status sent = co_await open->Send(stream, std::move(answer));
  if (!sent.ok()) {
    context.metrics.failed_ops.Add();
    co_return;
  }
  context.metrics.blocks_copied.Add();
  // The receiver waits for this word, a 'd' of Java's: this datanode's part is done.
  const uint8_t done[] = {0x00, 0x64};
  const Status told = co_await stream.WriteAll(ByteView(done));
  static_cast<void>(told);
}

}  // namespace tusk::dfs::datanode
