#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/net/async_event.h"
#include "common/rpc/proto/ProtobufRpcEngine.pb.h"
#include "common/rpc/proto/RpcHeader.pb.h"
#include "common/rpc/rpc_framing.h"
#include "common/rpc/rpc_service.h"

namespace tusk::rpc {

using EchoRequest = proto::GetProtocolVersionsRequestProto;
using EchoResponse = proto::ProtocolVersionProto;

inline constexpr std::string_view kTestProtocol = "org.example.Test";

/// A service for tests: echo (at once), echoLater (waits for `gate`), fail, count (at most once),
/// countLater (at most once, waits).
struct TestService {
  TestService() : service(std::string(kTestProtocol), 1) {
    service.AddSync<EchoRequest, EchoResponse>(
        "echo", [](const CallContext& call, const EchoRequest& request) -> Result<EchoResponse> {
          EchoResponse response;
          response.set_rpckind(call.user + ":" + request.protocol());
          return response;
        });
    service.AddSync<EchoRequest, EchoResponse>(
        "fail", [](const CallContext&, const EchoRequest& request) -> Result<EchoResponse> {
          return Status(StatusCode::kNotFound, request.protocol());
        });
    service.AddSync<EchoRequest, EchoResponse>(
        "count",
        [this](const CallContext&, const EchoRequest&) -> Result<EchoResponse> {
          EchoResponse response;
          response.set_rpckind(std::to_string(++executed));
          return response;
        },
        MethodKind::kAtMostOnce);
    service.Add<EchoRequest, EchoResponse>(
        "echoLater",
        [this](const CallContext& call, const EchoRequest& r) { return Later(this, &call, &r); });
    service.Add<EchoRequest, EchoResponse>(
        "countLater",
        [this](const CallContext& call, const EchoRequest& r) { return Later(this, &call, &r); },
        MethodKind::kAtMostOnce);
    service.AddUnsupported("later", Status(StatusCode::kUnsupported, "not built"));
  }

  static Task<Result<EchoResponse>> Later(TestService* self, const CallContext* call,
                                          const EchoRequest* request) {
    const int number = ++self->executed;
    const bool opened = co_await self->gate.Wait(call->deadline);
    if (!opened) co_return Status(StatusCode::kUnavailable, "gate stayed shut");
    EchoResponse response;
    response.set_rpckind(request->protocol() + std::to_string(number));
    co_return response;
  }

  RpcService service;
  AsyncEvent gate;
  std::atomic<int> executed{0};
};

/// A request frame as a foreign client would make it.
inline std::string TestFrame(int32_t call_id, std::string method, std::string text,
                             std::string client_id) {
  proto::RpcRequestHeaderProto header;
  header.set_rpckind(proto::RPC_PROTOCOL_BUFFER);
  header.set_rpcop(proto::RpcRequestHeaderProto::RPC_FINAL_PACKET);
  header.set_callid(call_id);
  header.set_clientid(client_id);
  header.set_retrycount(0);
  proto::RequestHeaderProto call;
  call.set_methodname(method);
  call.set_declaringclassprotocolname(std::string(kTestProtocol));
  call.set_clientprotocolversion(1);
  EchoRequest request;
  request.set_protocol(text);
  return EncodeRequest(header, &call, &request);
}

}  // namespace tusk::rpc
