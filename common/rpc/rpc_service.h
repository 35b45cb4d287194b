#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <google/protobuf/message_lite.h>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/net/task.h"
#include "common/rpc/call_context.h"

namespace tusk::rpc {

/// What is special about a method.
enum class MethodKind {
  kIdempotent,  // repeating it does no harm
  kAtMostOnce,  // a repeat with the same client id and call id gets the first answer (retry cache)
};

/// Takes the answer of one call. Success is called once, before the method returns Ok.
class AnswerWriter {
 public:
  virtual ~AnswerWriter() = default;
  virtual void Success(const google::protobuf::MessageLite& response) = 0;
};

/// One method of a service with its types erased.
class RpcMethod {
 public:
  explicit RpcMethod(MethodKind kind) : kind_(kind) {}
  virtual ~RpcMethod() = default;

  MethodKind kind() const { return kind_; }
  /// True when CallNow serves it, false when Call does.
  virtual bool synchronous() const = 0;
  /// Parses `body` (the request message without its length), runs the handler, hands its answer to
  /// `writer`, or returns the error. `body` is not used after the return.
  virtual Status CallNow(const CallContext& context, ByteView body, AnswerWriter& writer) = 0;
  /// The same as a coroutine. `body` is parsed before this returns; context and writer must stay
  /// until the task has ended.
  virtual Task<Status> Call(const CallContext& context, ByteView body, AnswerWriter& writer) = 0;

 private:
  const MethodKind kind_;
};

namespace internal {
/// kInvalidArgument with the class RpcServerException: the request message does not parse.
Status UnparsableRequest(const CallContext& context);
Task<Status> FailedCall(Status status);
bool ParseBody(ByteView body, google::protobuf::MessageLite* message);
}  // namespace internal

/// One protocol served over Hadoop RPC: a table from method name to typed handler.
///
///   RpcService service("org.apache.hadoop.hdfs.protocol.ClientProtocol", 1);
///   service.AddSync<GetFileInfoRequestProto, GetFileInfoResponseProto>("getFileInfo",
///       [this](const CallContext& call, const GetFileInfoRequestProto& request) { ... });
///
/// Handlers run on the strand of the calling connection, those of other connections at the same
/// time in other threads. They must not block: what waits is a Task, what uses the disk or much CPU
/// goes through a WorkPool. A synchronous handler costs no thread hop and no allocation of ours. A
/// method that is not here is answered with RpcNoSuchMethodException; an error Status becomes an
/// exception class through the server's ErrorTable.
///
/// Filled before the server starts, constant after.
class RpcService {
 public:
  RpcService(std::string protocol_name, uint64_t version);
  ~RpcService();

  /// Adds a handler that is a coroutine. `context` and `request` live until it has ended.
  template <class Request, class Response>
  void Add(std::string method,
           std::function<Task<Result<Response>>(const CallContext&, const Request&)> handler,
           MethodKind kind = MethodKind::kIdempotent) {
    Insert(std::move(method),
           std::make_unique<TaskMethod<Request, Response>>(kind, std::move(handler)));
  }

  /// Adds a handler that answers at once.
  template <class Request, class Response>
  void AddSync(std::string method,
               std::function<Result<Response>(const CallContext&, const Request&)> handler,
               MethodKind kind = MethodKind::kIdempotent) {
    Insert(std::move(method),
           std::make_unique<SyncMethod<Request, Response>>(kind, std::move(handler)));
  }

  /// Names answered with this Status (a call that is understood but not built).
  void AddUnsupported(std::string method, Status status);

  /// The method, or null.
  RpcMethod* Find(std::string_view method) const;
  const std::string& protocol_name() const { return protocol_name_; }
  uint64_t version() const { return version_; }

 private:
  template <class Request, class Response>
  class SyncMethod final : public RpcMethod {
   public:
    using Handler = std::function<Result<Response>(const CallContext&, const Request&)>;
    SyncMethod(MethodKind kind, Handler handler) : RpcMethod(kind), handler_(std::move(handler)) {}
    bool synchronous() const override { return true; }
    Status CallNow(const CallContext& context, ByteView body, AnswerWriter& writer) override {
      Request request;
      if (!internal::ParseBody(body, &request)) return internal::UnparsableRequest(context);
      Result<Response> response = handler_(context, request);
      if (!response.ok()) return std::move(response).status();
      writer.Success(*response);
      return Status();
    }
    Task<Status> Call(const CallContext& context, ByteView body, AnswerWriter& writer) override {
      return internal::FailedCall(CallNow(context, body, writer));
    }

   private:
    const Handler handler_;
  };

  template <class Request, class Response>
  class TaskMethod final : public RpcMethod {
   public:
    using Handler = std::function<Task<Result<Response>>(const CallContext&, const Request&)>;
    TaskMethod(MethodKind kind, Handler handler) : RpcMethod(kind), handler_(std::move(handler)) {}
    bool synchronous() const override { return false; }
    Status CallNow(const CallContext& context, ByteView, AnswerWriter&) override {
      return internal::UnparsableRequest(context);
    }
    Task<Status> Call(const CallContext& context, ByteView body, AnswerWriter& writer) override {
      Request request;
      if (!internal::ParseBody(body, &request)) {
        return internal::FailedCall(internal::UnparsableRequest(context));
      }
      return Run(&handler_, std::move(request), &context, &writer);
    }

   private:
    static Task<Status> Run(const Handler* handler, Request request, const CallContext* context,
                            AnswerWriter* writer) {
      Result<Response> response = co_await (*handler)(*context, request);
      if (!response.ok()) co_return std::move(response).status();
      writer->Success(*response);
      co_return Status();
    }
    const Handler handler_;
  };

  void Insert(std::string name, std::unique_ptr<RpcMethod> method);

  const std::string protocol_name_;
  const uint64_t version_;
  std::map<std::string, std::unique_ptr<RpcMethod>, std::less<>> methods_;
};

}  // namespace tusk::rpc
