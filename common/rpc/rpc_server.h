#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/base/status.h"
#include "common/net/endpoint.h"
#include "common/net/io_runtime.h"
#include "common/net/stream.h"
#include "common/rpc/remote_error.h"

namespace tusk {
class MetricRegistry;
}

namespace tusk::rpc {

class RpcService;

/// Limits and times of an RpcServer. All lengths are checked before anything is allocated.
struct RpcServerOptions {
  Endpoint endpoint{"127.0.0.1", 0};
  size_t max_connections = 10000;
  /// Calls being executed: of one connection (more are left unread) and of the whole server (more
  /// are answered with RetriableException).
  size_t max_calls_per_connection = 1000;
  size_t max_calls = 20000;
  /// A longer request frame closes the connection (ipc.maximum.data.length).
  size_t max_frame_bytes = 128 * 1024 * 1024;
  /// Answers waiting for a reader that does not read: beyond this the connection is not read, and
  /// after `write_timeout` without progress it is closed.
  size_t max_unsent_bytes = 16 * 1024 * 1024;
  std::chrono::milliseconds write_timeout{60'000};
  /// From accept to the connection context.
  std::chrono::milliseconds handshake_timeout{5'000};
  /// A frame once begun must be complete after this.
  std::chrono::milliseconds frame_timeout{60'000};
  /// A connection without calls is closed after this; 0 = never.
  std::chrono::milliseconds idle_timeout{30 * 60'000};
  /// Deadline that handlers see in CallContext.
  std::chrono::milliseconds call_timeout{110'000};
  /// Answers of at-most-once methods are kept this long, at most that many.
  std::chrono::milliseconds retry_cache_time{600'000};
  size_t retry_cache_entries = 200'000;
  /// Whether `real_user` may act as `user` from the address; null refuses every impersonation.
  std::function<bool(const std::string& real_user, const std::string& user, const std::string& ip)>
      may_impersonate;
  /// Where counters go; may be null. `name` labels them ("namenode").
  MetricRegistry* metrics = nullptr;
  std::string name = "rpc";
};

/// A server of Hadoop RPC version 9 (hdfs-wire-protocol 1): preamble, SIMPLE authentication,
/// frames, pipelined calls with answers in any order, errors by exception class, a retry cache.
///
/// Calls are decoded in batches from one read; handlers that answer at once run right there, the
/// others as coroutines on the connection's strand; all ready answers leave in one gathered write.
/// A malformed frame, an oversized length or a peer that sends or reads too slowly costs that
/// connection only. Life of a call: README.md of this folder.
///
/// AddService before Start; everything else is thread-safe.
class RpcServer {
 public:
  RpcServer(IoRuntime& runtime, RpcServerOptions options, ErrorTable errors);
  /// Stop must have been called if Start succeeded (checked).
  ~RpcServer();
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  /// Serves `service`, which must outlive the server. Its protocol name must be new (checked).
  void AddService(RpcService* service);

  /// Binds and accepts.
  Status Start();
  /// Accepts no more, reads no more calls, lets running ones finish and their answers leave for up
  /// to `drain`, then cancels the rest. Idempotent. Not from an I/O thread.
  void Stop(std::chrono::milliseconds drain = std::chrono::seconds(5));

  /// The port after Start.
  int port() const;
  /// "127.0.0.1:8020" after Start.
  std::string address() const;
  size_t open_connections() const;
  size_t open_calls() const;

  /// Serves one connection over `stream` until it ends: for tests and for Unix sockets. Awaited on
  /// the stream's strand; no Start needed.
  Task<void> ServeStream(std::unique_ptr<Stream> stream);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tusk::rpc
