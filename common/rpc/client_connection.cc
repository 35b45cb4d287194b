#include "common/rpc/client_connection.h"

#include <utility>
#include <vector>

#include <google/protobuf/message_lite.h>

#include "common/base/status_macros.h"
#include "common/net/sleep.h"
#include "common/net/tcp.h"
#include "common/rpc/proto/IpcConnectionContext.pb.h"
#include "common/rpc/proto/RpcHeader.pb.h"
#include "common/rpc/rpc_framing.h"
#include "common/time/system_clock.h"

namespace tusk::rpc {

void ClientCall::Complete(ByteView body) {
  {
    MutexLock lock(mutex_);
    if (done_) return;
    done_ = true;
    ByteView message;
    if (!TakeDelimited(&body, &message) ||
        !(response_->ParsePartialFromArray(message.data(), static_cast<int>(message.size())) &&
          response_->IsInitialized())) {
      status_ = Status(StatusCode::kMaybeDone, "the answer cannot be parsed");
    }
    changed_.NotifyAll();
  }
  ended_.Set();
}

void ClientCall::Fail(const Status& status) {
  {
    MutexLock lock(mutex_);
    if (done_) return;
    done_ = true;
    status_ = status;
    changed_.NotifyAll();
  }
  ended_.Set();
}

void ClientCall::Lose(const Status& unsent) {
  if (!sent_.load()) return Fail(unsent);
  Fail(Status(StatusCode::kMaybeDone, "the answer was lost: " + std::string(unsent.message())));
}

Status ClientCall::GiveUp(StatusCode code, std::string why) {
  MutexLock lock(mutex_);
  if (!done_) {
    done_ = true;
    status_ = Status(sent_.load() ? StatusCode::kMaybeDone : code, std::move(why));
  }
  return status_;
}

Status ClientCall::WaitBlocking(Deadline deadline) {
  {
    MutexLock lock(mutex_);
    while (!done_ && !deadline.Expired(SystemClock::Get())) {
      if (deadline.is_never()) {
        changed_.Wait(mutex_);
      } else {
        changed_.WaitFor(mutex_, deadline.Remaining(SystemClock::Get()));
      }
    }
  }
  return GiveUp(StatusCode::kDeadlineExceeded, "no answer before the deadline");
}

Task<Status> ClientCall::Wait(Deadline deadline) {
  const bool ended = co_await ended_.Wait(deadline);
  const bool cancelled = !ended && co_await IsCancelled();
  if (cancelled) co_return GiveUp(StatusCode::kCancelled, "cancelled while waiting for an answer");
  co_return GiveUp(StatusCode::kDeadlineExceeded, "no answer before the deadline");
}

ClientConnection::ClientConnection(Executor strand, TaskGroup& tasks, ConnectionKey key,
                                   const RpcClientOptions& options, const ErrorTable& errors,
                                   std::string client_id)
    : strand_(std::move(strand)),
      tasks_(tasks),
      key_(std::move(key)),
      options_(options),
      errors_(errors),
      client_id_(std::move(client_id)) {}

bool ClientConnection::Submit(const std::shared_ptr<ClientCall>& call) {
  {
    MutexLock lock(mutex_);
    if (dead_) return false;
    if (queue_.size() + pending_.size() >= options_.max_calls_per_connection) {
      call->Fail(Status::Error(StatusCode::kResourceExhausted, "{} calls wait for answers of {}",
                               queue_.size() + pending_.size(), key_.server));
      return true;
    }
    queue_.push_back(call);
    if (sending_) return true;
    sending_ = true;
  }
  const Deadline deadline = Deadline::After(SystemClock::Get(), options_.connect_timeout);
  if (!tasks_.SpawnOn(strand_, "rpc send", SendLoop(shared_from_this(), deadline))) {
    Die(Status(StatusCode::kUnavailable, "the RPC client is stopped"));
  }
  return true;
}

void ClientConnection::Forget(const std::shared_ptr<ClientCall>& call) {
  MutexLock lock(mutex_);
  std::erase(queue_, call);
  const auto found = pending_.find(call->id());
  if (found != pending_.end() && found->second == call) pending_.erase(found);
}

bool ClientConnection::dead() const {
  MutexLock lock(mutex_);
  return dead_;
}

void ClientConnection::Die(const Status& why) {
  std::deque<std::shared_ptr<ClientCall>> queue;
  std::unordered_map<int32_t, std::shared_ptr<ClientCall>> pending;
  {
    MutexLock lock(mutex_);
    dead_ = true;
    queue.swap(queue_);
    pending.swap(pending_);
  }
  for (const auto& call : queue) call->Lose(why);
  for (const auto& [id, call] : pending) call->Lose(why);
}

Task<Status> ClientConnection::Connect(Deadline deadline) {
  Result<std::unique_ptr<Stream>> stream = co_await ConnectTcp(strand_, key_.server, deadline);
  if (!stream.ok()) {
    Status status = std::move(stream).status();
    // Nothing was sent: whatever the cause, another server may be tried.
    if (status.code() != StatusCode::kCancelled) {
      status = Status(StatusCode::kNotResponding, std::string(status.message()));
    }
    co_return status;
  }
  stream_ = std::move(*stream);
  reader_ = std::make_unique<BufferedStreamReader>(*stream_, options_.max_frame_bytes + 4);
  proto::RpcRequestHeaderProto header;
  header.set_rpckind(proto::RPC_PROTOCOL_BUFFER);
  header.set_rpcop(proto::RpcRequestHeaderProto::RPC_FINAL_PACKET);
  header.set_callid(kCallIdContext);
  header.set_clientid(client_id_);
  header.set_retrycount(-1);
  proto::IpcConnectionContextProto context;
  context.mutable_userinfo()->set_effectiveuser(key_.user);
  if (!key_.real_user.empty()) context.mutable_userinfo()->set_realuser(key_.real_user);
  context.set_protocol(key_.protocol);
  const std::string hello = EncodePreamble(kAuthNone) + EncodeRequest(header, &context, nullptr);
  stream_->SetWriteDeadline(deadline);
  CO_RETURN_IF_ERROR(co_await stream_->WriteAll(AsBytes(hello)));
  tasks_.SpawnOn(strand_, "rpc read", ReadLoop(shared_from_this()));
  tasks_.SpawnOn(strand_, "rpc watch", WatchLoop(shared_from_this()));
  co_return Status();
}

Task<Status> ClientConnection::SendQueued() {
  for (;;) {
    std::deque<std::shared_ptr<ClientCall>> batch;
    std::string bytes;
    {
      MutexLock lock(mutex_);
      batch.swap(queue_);
      for (const auto& call : batch) {
        pending_.insert_or_assign(call->id(), call);  // a retry takes the place of its first try
        call->MarkSent();
      }
      if (batch.empty() && !ping_) {
        sending_ = false;
        co_return Status();
      }
      if (std::exchange(ping_, false)) {
        proto::RpcRequestHeaderProto header;
        header.set_rpckind(proto::RPC_PROTOCOL_BUFFER);
        header.set_rpcop(proto::RpcRequestHeaderProto::RPC_FINAL_PACKET);
        header.set_callid(kCallIdPing);
        header.set_clientid(client_id_);
        header.set_retrycount(-1);
        bytes = EncodeRequest(header, nullptr, nullptr);
      }
    }
    for (const auto& call : batch) bytes += call->TakeFrame();
    ++batches_sent_;
    stream_->SetWriteDeadline(Deadline::After(SystemClock::Get(), 2 * options_.ping_interval));
    CO_RETURN_IF_ERROR(co_await stream_->WriteAll(AsBytes(bytes)));
  }
}

Task<void> ClientConnection::SendLoop(std::shared_ptr<ClientConnection> self,
                                      Deadline connect_deadline) {
  Status status;
  if (self->stream_ == nullptr) status = co_await self->Connect(connect_deadline);
  if (status.ok()) status = co_await self->SendQueued();
  if (status.ok()) co_return;
  self->Die(status);
  if (self->stream_ != nullptr) self->stream_->Close();
}

Task<void> ClientConnection::ReadLoop(std::shared_ptr<ClientConnection> self) {
  BufferedStreamReader& reader = *self->reader_;
  Status status;
  while (status.ok()) {
    while (status.ok() && reader.size() >= 4) {
      const Result<size_t> length = ParseFrameLength(reader.Peek(), self->options_.max_frame_bytes);
      if (!length.ok()) status = length.status();
      if (!length.ok() || reader.size() - 4 < *length) break;
      status = self->HandleFrame(reader.Peek().subspan(4, *length));
      reader.Consume(4 + *length);
    }
    if (!status.ok()) break;
    const Result<size_t> count = co_await reader.FillSome();
    if (!count.ok()) {
      status = count.status();
    } else if (*count == 0) {
      status =
          Status::Error(StatusCode::kNotResponding, "connection closed by {}", self->key_.server);
    }
  }
  self->Die(status);
  self->stream_->Close();
}

Status ClientConnection::HandleFrame(ByteView frame) {
  ++frames_read_;
  proto::RpcResponseHeaderProto header;
  if (!TakeMessage(&frame, &header)) {
    return Status(StatusCode::kNotResponding, "the server's answer cannot be parsed");
  }
  std::shared_ptr<ClientCall> call;
  {
    MutexLock lock(mutex_);
    const auto found = pending_.find(static_cast<int32_t>(header.callid()));
    if (found != pending_.end()) {
      call = found->second;
      pending_.erase(found);
    }
  }
  if (header.status() == proto::RpcResponseHeaderProto::SUCCESS) {
    if (call != nullptr) call->Complete(frame);
    return Status();
  }
  Status error = errors_.status_of(header.exceptionclassname(), header.errormsg());
  if (error.ok()) error = Status(StatusCode::kUnknown, header.errormsg());
  if (call != nullptr) call->Fail(error);
  if (header.status() == proto::RpcResponseHeaderProto::ERROR) return Status();
  // FATAL: the server refused the connection, so none of its calls was executed.
  std::unordered_map<int32_t, std::shared_ptr<ClientCall>> pending;
  {
    MutexLock lock(mutex_);
    dead_ = true;
    pending.swap(pending_);
  }
  for (const auto& [id, refused] : pending) refused->Fail(error);
  return error;
}

Task<void> ClientConnection::WatchLoop(std::shared_ptr<ClientConnection> self) {
  const auto period = std::min(self->options_.ping_interval, self->options_.idle_timeout);
  uint64_t seen = 0;
  for (;;) {
    const Status waited = co_await SleepFor(period);
    if (!waited.ok() || self->dead()) co_return;
    const uint64_t activity = self->frames_read_ + self->batches_sent_;
    const bool quiet = std::exchange(seen, activity) == activity;
    if (!quiet) continue;
    bool idle = false;
    bool send = false;
    {
      MutexLock lock(self->mutex_);
      idle = self->pending_.empty() && self->queue_.empty();
      if (idle) self->dead_ = true;
      if (!idle && !self->sending_) send = self->ping_ = self->sending_ = true;
    }
    if (idle) {
      self->stream_->Close();
      co_return;
    }
    if (send) {
      const Deadline unused = Deadline::Never();
      co_await SendLoop(self, unused);
    }
  }
}

}  // namespace tusk::rpc
