#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/net/endpoint.h"
#include "common/net/io_runtime.h"
#include "common/net/task.h"
#include "common/rpc/remote_error.h"
#include "common/time/deadline.h"

namespace google::protobuf {
class MessageLite;
}

namespace tusk::rpc {

/// Limits and times of an RpcClient.
struct RpcClientOptions {
  std::chrono::milliseconds connect_timeout{20'000};
  /// Connections without calls are closed after this.
  std::chrono::milliseconds idle_timeout{60'000};
  /// While calls wait, a ping is sent after this much silence; twice that without a byte or a
  /// successful write is left to the calls' deadlines.
  std::chrono::milliseconds ping_interval{60'000};
  size_t max_frame_bytes = 128 * 1024 * 1024;
  /// Calls under way on one connection; further ones are refused with kResourceExhausted.
  size_t max_calls_per_connection = 10000;
};

/// One call's address, identity and limits.
struct CallOptions {
  Endpoint server;
  std::string user;                       // whom the call runs as; must not be empty
  std::string real_user;                  // who impersonates `user`; mostly empty
  Deadline deadline = Deadline::Never();  // connecting included
  /// For retries: the same call id with a higher count lets the server recognise the call.
  int32_t call_id = -1;  // -1: a new one
  int32_t retry_count = 0;
};

/// A client of Hadoop RPC version 9. Connections are made when needed, shared by all calls with the
/// same (server, user, real user, protocol), pipelined, and closed when idle.
///
/// Each call ends exactly once, also on Stop: Ok with `response` filled; the Status that the
/// ErrorTable gives for an error answer; kNotResponding when it certainly was not sent (connect
/// refused, connection lost before), so another server may be tried; kMaybeDone when it was sent
/// and the answer is lost; kDeadlineExceeded when its time ran out before it was sent (after
/// sending it is kMaybeDone). Retrying is the caller's: NewCallId, then Call with that id and
/// retry_count 0, 1, ...
///
/// Thread-safe.
class RpcClient {
 public:
  RpcClient(IoRuntime& runtime, RpcClientOptions options, ErrorTable errors);
  /// Stops.
  ~RpcClient();
  RpcClient(const RpcClient&) = delete;
  RpcClient& operator=(const RpcClient&) = delete;

  /// Calls from a coroutine. `request` is encoded before the first suspension; `response` must
  /// stay.
  Task<Status> Call(std::string_view protocol, std::string_view method,
                    const google::protobuf::MessageLite& request,
                    google::protobuf::MessageLite* response, CallOptions options);
  /// Calls from a thread that is no I/O thread.
  Status CallBlocking(std::string_view protocol, std::string_view method,
                      const google::protobuf::MessageLite& request,
                      google::protobuf::MessageLite* response, CallOptions options);

  /// A call id that this client has not used.
  int32_t NewCallId();
  /// 16 random bytes, the same for the life of the client.
  const std::string& client_id() const;
  /// Open connections.
  size_t connections() const;

  /// Ends all calls (kMaybeDone or kNotResponding) and connections. Idempotent. Not from an I/O
  /// thread. Later calls answer kUnavailable.
  void Stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tusk::rpc
