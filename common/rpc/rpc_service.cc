#include "common/rpc/rpc_service.h"

#include <utility>

#include "common/base/check.h"
#include "common/rpc/remote_error.h"

namespace tusk::rpc {
namespace {

class UnsupportedMethod final : public RpcMethod {
 public:
  explicit UnsupportedMethod(Status status)
      : RpcMethod(MethodKind::kIdempotent), status_(std::move(status)) {}
  bool synchronous() const override { return true; }
  Status CallNow(const CallContext&, ByteView, AnswerWriter&) override { return status_; }
  Task<Status> Call(const CallContext&, ByteView, AnswerWriter&) override {
    return internal::FailedCall(status_);
  }

 private:
  const Status status_;
};

}  // namespace

namespace internal {

Status UnparsableRequest(const CallContext& context) {
  return Status::Error(StatusCode::kInvalidArgument, "request of {} cannot be parsed",
                       context.method)
      .WithRemoteClass(kRpcServerException);
}

Task<Status> FailedCall(Status status) { co_return status; }

bool ParseBody(ByteView body, google::protobuf::MessageLite* message) {
  return message->ParsePartialFromArray(body.data(), static_cast<int>(body.size())) &&
         message->IsInitialized();
}

}  // namespace internal

RpcService::RpcService(std::string protocol_name, uint64_t version)
    : protocol_name_(std::move(protocol_name)), version_(version) {}
RpcService::~RpcService() = default;

void RpcService::AddUnsupported(std::string method, Status status) {
  Insert(std::move(method), std::make_unique<UnsupportedMethod>(std::move(status)));
}

RpcMethod* RpcService::Find(std::string_view method) const {
  const auto found = methods_.find(method);
  return found == methods_.end() ? nullptr : found->second.get();
}

void RpcService::Insert(std::string name, std::unique_ptr<RpcMethod> method) {
  CHECK(methods_.emplace(std::move(name), std::move(method)).second);
}

}  // namespace tusk::rpc
