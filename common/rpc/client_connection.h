#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/net/async_event.h"
#include "common/net/endpoint.h"
#include "common/net/stream.h"
#include "common/net/stream_io.h"
#include "common/net/task_group.h"
#include "common/rpc/rpc_client.h"

namespace tusk::rpc {

/// One call between its caller and a connection. Ends exactly once; what comes after is ignored.
/// Thread-safe.
class ClientCall {
 public:
  ClientCall(int32_t id, std::string frame, google::protobuf::MessageLite* response)
      : id_(id), frame_(std::move(frame)), response_(response) {}

  int32_t id() const { return id_; }
  /// The encoded request; taken once by the sender.
  std::string TakeFrame() { return std::move(frame_); }
  void MarkSent() { sent_.store(true); }

  /// Ends the call with an answer's body (parsed into the response) or an error.
  void Complete(ByteView body);
  void Fail(const Status& status);
  /// The connection is gone: kMaybeDone when sent, else `unsent`.
  void Lose(const Status& unsent);

  /// Waits for the end. At the deadline or a cancel the call ends here.
  Status WaitBlocking(Deadline deadline);
  Task<Status> Wait(Deadline deadline);

 private:
  Status GiveUp(StatusCode code, std::string why);

  const int32_t id_;
  std::string frame_;
  std::atomic<bool> sent_{false};
  AsyncEvent ended_;
  CondVar changed_;
  Mutex mutex_;
  google::protobuf::MessageLite* response_ GUARDED_BY(mutex_);
  bool done_ GUARDED_BY(mutex_) = false;
  Status status_ GUARDED_BY(mutex_);
};

/// Whom a connection speaks to, and as whom.
struct ConnectionKey {
  Endpoint server;
  std::string user;
  std::string real_user;
  std::string protocol;
  friend auto operator<=>(const ConnectionKey&, const ConnectionKey&) = default;
};

/// One client connection: connects at the first call, pipelines, and dies once. A sender coroutine
/// runs while there is something to send; a reader runs from the connect to the end.
///
/// Submit is thread-safe; everything else is owned by the strand.
class ClientConnection : public std::enable_shared_from_this<ClientConnection> {
 public:
  ClientConnection(Executor strand, TaskGroup& tasks, ConnectionKey key,
                   const RpcClientOptions& options, const ErrorTable& errors,
                   std::string client_id);

  /// Queues a call. False when the connection is dead: take another one.
  bool Submit(const std::shared_ptr<ClientCall>& call);
  /// The caller no longer waits: an unsent call is not sent, an answer will be dropped.
  void Forget(const std::shared_ptr<ClientCall>& call);
  bool dead() const;
  const ConnectionKey& key() const { return key_; }
  /// Ends it, with all its calls. For calls that were queued when everything had stopped.
  void Die(const Status& why);

 private:
  static Task<void> SendLoop(std::shared_ptr<ClientConnection> self, Deadline connect_deadline);
  static Task<void> ReadLoop(std::shared_ptr<ClientConnection> self);
  static Task<void> WatchLoop(std::shared_ptr<ClientConnection> self);
  Task<Status> Connect(Deadline deadline);
  Task<Status> SendQueued();
  Status HandleFrame(ByteView frame);

  const Executor strand_;
  TaskGroup& tasks_;
  const ConnectionKey key_;
  const RpcClientOptions& options_;
  const ErrorTable& errors_;
  const std::string client_id_;

  mutable Mutex mutex_;
  std::deque<std::shared_ptr<ClientCall>> queue_ GUARDED_BY(mutex_);
  std::unordered_map<int32_t, std::shared_ptr<ClientCall>> pending_ GUARDED_BY(mutex_);
  bool sending_ GUARDED_BY(mutex_) = false;
  bool dead_ GUARDED_BY(mutex_) = false;
  bool ping_ GUARDED_BY(mutex_) = false;

  // Owned by the strand.
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<BufferedStreamReader> reader_;
  uint64_t frames_read_ = 0;
  uint64_t batches_sent_ = 0;
};

}  // namespace tusk::rpc
