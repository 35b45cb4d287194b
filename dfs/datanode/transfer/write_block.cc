#include "dfs/datanode/transfer/write_block.h"

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/datanode/transfer/block_receiver.h"
#include "dfs/datanode/transfer/op_response.h"
#include "dfs/datanode/transfer/pipeline_link.h"
#include "dfs/datanode/transfer/replica_opening.h"
#include "dfs/wire/delimited.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {
namespace {

using Op = proto::OpWriteBlockProto;

/// How whoever takes the replica over reaches the operation that writes it. Kept by the replica for
/// as long as it is written, so it outlives the operation. Owned by the strand but for Fire.
class Interrupter : public std::enable_shared_from_this<Interrupter> {
 public:
  Interrupter(Executor strand, Stream* stream) : strand_(std::move(strand)), stream_(stream) {}

  /// From any thread.
  void Fire() {
    boost::asio::post(strand_, [self = shared_from_this()] {
      if (self->receiver_ != nullptr) self->receiver_->Interrupt();
      if (self->stream_ != nullptr) self->stream_->Close();
    });
  }
  void set_receiver(BlockReceiver* receiver) { receiver_ = receiver; }
  /// The operation is over.
  void Disarm() {
    receiver_ = nullptr;
    stream_ = nullptr;
  }

 private:
  const Executor strand_;
  Stream* stream_;
  BlockReceiver* receiver_ = nullptr;
};

/// One WRITE_BLOCK. Owned by the stream's strand.
class WriteBlock {
 public:
  WriteBlock(TransferContext& context, Stream& stream, BufferedStreamReader& reader, Op op)
      : context_(context),
        stream_(stream),
        reader_(reader),
        op_(std::move(op)),
        interrupter_(std::make_shared<Interrupter>(stream.executor(), &stream)) {}
  ~WriteBlock() {
    interrupter_->Disarm();
    Release();
  }

  Task<Status> Run();

 private:
  Task<Status> OpenHere();
  /// Connects to the next datanode; answers the peer when that fails.
  Task<Status> OpenNext();
  Task<Status> TakeAnswer();
  Task<Status> Receive();
  Task<Status> KeepCopy(bool synced);
  Task<Status> Refuse(Status cause, std::string bad_link);
  void Release();

  TransferContext& context_;
  Stream& stream_;
  BufferedStreamReader& reader_;
  const Op op_;
  const std::shared_ptr<Interrupter> interrupter_;
  WriteRequest request_;
  std::unique_ptr<ReplicaWriter> writer_;
  PipelineLink link_;
};

/// Ends writing, in the background: also while everything is being cancelled.
void WriteBlock::Release() {
  if (writer_ == nullptr) return;
  Volume& volume = writer_->volume();
  auto shared = std::make_shared<std::unique_ptr<ReplicaWriter>>(std::move(writer_));
  auto release = [&store = context_.store, shared] { store.Release(std::move(*shared)); };
  // A pool that takes no more work is one that is being stopped: two files are closed here then.
  if (!volume.pool().Post(release).ok()) release();
}

Task<Status> WriteBlock::Refuse(Status cause, std::string bad_link) {
  // Whoever sends a copy that the namenode ordered reads no answer.
  if (request_.from_client) {
    const Status sent = co_await SendResponse(stream_, BadLinkResponse(cause, bad_link));
    static_cast<void>(sent);
  }
  co_return cause;
}

Task<Status> WriteBlock::OpenHere() {
  request_.from_client = !op_.header().clientname().empty();
  CO_ASSIGN_OR_RETURN(request_, ParseWriteRequest(op_));
  CO_RETURN_IF_ERROR(context_.CheckPool(request_.block));
  std::function<void()> interrupt = [interrupter = interrupter_] { interrupter->Fire(); };
  CO_ASSIGN_OR_RETURN(writer_, co_await OpenReplica(context_, request_, op_, std::move(interrupt)));
  co_return Status();
}

Task<Status> WriteBlock::OpenNext() {
  if (op_.targets_size() == 0) co_return Status();
  CO_ASSIGN_OR_RETURN(const DatanodeId next, FromProto(op_.targets(0).id()));
  Op next_op = OpForNextNode(op_);
  Result<PipelineLink> link =
      co_await OpenLink(context_, stream_.executor(), next, std::move(next_op));
  if (link.ok()) {
    link_ = std::move(*link);
    if (!request_.Acknowledged()) co_return Status();
    co_return co_await TakeAnswer();
  }
  if (!request_.Acknowledged()) {
    LOG_WARN("datanode", "copy goes on without the next datanode block={} cause={}",
             request_.block.block.id, link.status().message());
    co_return Status();
  }
  co_return co_await Refuse(link.status(), next.TransferAddress());
}

Task<Status> WriteBlock::TakeAnswer() {
  Result<proto::BlockOpResponseProto> answer = co_await ReadResponse(context_, link_);
  if (!answer.ok()) {
    const Status cause = answer.status().WithContext("answer of " + link_.name);
    co_return co_await Refuse(cause, link_.name);
  }
  if (answer->status() == proto::SUCCESS) co_return Status();
  // The culprit is named by whoever found it.
  if (answer->firstbadlink().empty()) answer->set_firstbadlink(link_.name);
  if (answer->message().empty()) answer->set_message("refused by " + link_.name);
  const Status cause(StatusCode::kUnavailable, answer->message());
  const Status sent = co_await SendResponse(stream_, *answer);
  static_cast<void>(sent);
  co_return cause;
}

Task<Status> WriteBlock::KeepCopy(bool synced) {
  Volume& volume = writer_->volume();
  const bool in_pipeline = request_.stage == Op::TRANSFER_RBW;
  auto keep = [this, in_pipeline, synced] {
    if (in_pipeline) return context_.store.ConvertTemporary(std::move(writer_));
    return context_.store.Finalize(std::move(writer_), synced).status();
  };
  CO_RETURN_IF_ERROR(co_await volume.pool().Run(keep));
  if (!in_pipeline) context_.metrics.blocks_written.Add();
  co_return Status();
}

Task<Status> WriteBlock::Receive() {
  ReceiveOptions options;
  options.incoming = request_.checksum;
  options.acknowledge = request_.Acknowledged();
  options.verify = !request_.Acknowledged();
  BlockReceiver receiver(context_, stream_, reader_.Peek(), std::move(writer_), std::move(link_),
                         options);
  reader_.Consume(reader_.size());
  interrupter_->set_receiver(&receiver);
  Status received = co_await receiver.Run();
  interrupter_->set_receiver(nullptr);
  writer_ = receiver.TakeWriter();
  if (request_.Acknowledged()) co_return received;
  if (received.ok()) received = co_await KeepCopy(receiver.synced());
  if (!request_.from_client) co_return received;
  // The end of a copy is told in the form of an answer to an operation.
  proto::BlockOpResponseProto answer = SuccessResponse();
  if (!received.ok()) answer = ErrorResponse(received);
  const Status sent = co_await SendResponse(stream_, std::move(answer));
  co_return received.ok() ? sent : received;
}

Task<Status> WriteBlock::Run() {
  const Status opened = co_await OpenHere();
  if (!opened.ok()) co_return co_await Refuse(opened, context_.OwnName(stream_));
  CO_RETURN_IF_ERROR(co_await OpenNext());
  if (request_.Acknowledged()) {
    CO_RETURN_IF_ERROR(co_await SendResponse(stream_, SuccessResponse()));
  }
  if (request_.OnlyCloses()) co_return Status();
  co_return co_await Receive();
}

}  // namespace

Task<void> ServeWriteBlock(TransferContext& context, Stream& stream, BufferedStreamReader& reader,
                           proto::OpWriteBlockProto op) {
  const BlockId id(static_cast<int64_t>(op.header().baseheader().block().blockid()));
  const std::string peer = stream.PeerAddress();
  WriteBlock write(context, stream, reader, std::move(op));
  const Status done = co_await write.Run();
  if (done.ok()) co_return;
  context.metrics.failed_ops.Add();
  LOG_WARN("datanode", "write ended block={} peer={} cause={}", id, peer, done.message());
}

}  // namespace tusk::dfs::datanode
