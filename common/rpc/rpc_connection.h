#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/metrics/counter.h"
#include "common/metrics/gauge.h"
#include "common/net/async_event.h"
#include "common/net/stream.h"
#include "common/net/stream_io.h"
#include "common/net/task_group.h"
#include "common/rpc/call_context.h"
#include "common/rpc/proto/ProtobufRpcEngine.pb.h"
#include "common/rpc/proto/RpcHeader.pb.h"
#include "common/rpc/retry_cache.h"
#include "common/rpc/rpc_server.h"
#include "common/rpc/rpc_service.h"

namespace tusk::rpc {

/// What all connections of a server share.
struct RpcServerShared {
  RpcServerShared(Executor strand, RpcServerOptions o, ErrorTable e);

  const RpcServerOptions options;
  const ErrorTable errors;
  std::map<std::string, RpcService*, std::less<>> services;  // constant after Start
  RetryCache retry_cache;
  TaskGroup calls;  // asynchronous calls under way
  std::atomic<size_t> open_calls{0};

  // Counters of this server; null without a registry.
  Counter* calls_total = nullptr;
  Counter* errors_total = nullptr;
  Counter* broken_total = nullptr;
};

/// The server side of one connection. Its Run is the reader, and the writer of the answers that are
/// ready when a batch has been decoded; answers that come later are written by a flush that is
/// posted once for all that get ready together.
///
/// Owned by the stream's strand; shared by Run and the calls under way.
class RpcConnection : public std::enable_shared_from_this<RpcConnection> {
 public:
  RpcConnection(RpcServerShared& server, std::unique_ptr<Stream> stream);
  ~RpcConnection();

  /// Serves until the connection ends and its calls have been answered (or it broke).
  Task<void> Run();
  /// Reads no more: running calls are answered, then Run returns. On the strand.
  void StopReading();
  Executor executor() const { return stream_->executor(); }

 private:
  class Writer;
  struct PendingCall;

  Task<Status> ReadPreamble();
  Task<Status> ReadFrames();
  /// Handles all complete frames that are buffered; an error ends the connection after a flush.
  Status HandleBuffered();
  /// No more calls are taken now: too many are open, or too many answers unsent.
  bool Full() const;
  bool HasWholeFrame() const;
  Status HandleFrame(ByteView frame);
  Status HandleContext(ByteView rest);
  Status HandleSasl(ByteView rest);
  void HandleCall(ByteView rest);
  void Dispatch(RpcMethod& method, ByteView body);
  void CallNow(RpcMethod& method, ByteView body, std::shared_ptr<RetryCache::Entry> entry);
  void StartCall(RpcMethod& method, ByteView body, std::shared_ptr<RetryCache::Entry> entry);
  void StartWait(RpcMethod& method, ByteView body, std::shared_ptr<RetryCache::Entry> entry);
  static Task<void> FinishCall(std::shared_ptr<RpcConnection> self,
                               std::unique_ptr<PendingCall> call, Task<Status> task);
  static Task<void> WaitForFirst(std::shared_ptr<RpcConnection> self,
                                 std::unique_ptr<PendingCall> call, RpcMethod* method,
                                 std::string body, std::shared_ptr<RetryCache::Entry> entry);
  Task<void> RunOnce(PendingCall& call, RpcMethod& method, const std::string& body);
  void CallStarted();
  void CallEnded();

  void FillResponseHeader(const CallContext& call, proto::RpcResponseHeaderProto* header);
  void AppendSuccess(const CallContext& call, const google::protobuf::MessageLite& response);
  void AppendAnswer(const CallContext& call, std::string_view body);
  void AppendError(const CallContext& call, const Status& status);
  /// Appends a FATAL answer and returns the error that ends the connection.
  Status Fatal(int32_t call_id, std::string_view class_name,
               proto::RpcResponseHeaderProto::RpcErrorCodeProto detail, std::string text);
  Task<Status> Flush();
  void ScheduleFlush();
  static Task<void> FlushLater(std::shared_ptr<RpcConnection> self);
  void ArmReadDeadline();

  RpcServerShared& server_;
  const std::unique_ptr<Stream> stream_;
  BufferedStreamReader reader_;

  // Owned by the strand.
  CallContext context_;  // of the call being decoded; user and address stay from call to call
  proto::RpcRequestHeaderProto header_;
  proto::RequestHeaderProto call_header_;
  proto::RpcResponseHeaderProto response_header_;
  std::string out_;  // answers not yet given to the kernel
  bool writing_ = false;
  bool flush_scheduled_ = false;
  bool stopping_ = false;
  bool broken_ = false;
  bool sasl_ = false;         // the preamble asked for it and it is not over
  bool established_ = false;  // the connection context has come
  Deadline handshake_deadline_;
  Deadline frame_deadline_;  // Never while no frame is cut
  size_t open_calls_ = 0;
  AsyncEvent changed_;  // a call or a flush has ended
};

}  // namespace tusk::rpc
