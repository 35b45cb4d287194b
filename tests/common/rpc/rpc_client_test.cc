#include "common/rpc/rpc_client.h"

#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "common/base/status_macros.h"
#include "common/rpc/rpc_server.h"
#include "common/time/system_clock.h"
#include "tests/common/rpc/test_service.h"
#include "tests/support/eventually.h"

namespace tusk::rpc {
namespace {

class RpcClientTest : public testing::Test {
 protected:
  RpcClientTest() : server_(runtime_, RpcServerOptions(), BasicErrorTable()) {
    server_.AddService(&test_.service);
    EXPECT_TRUE(server_.Start().ok());
  }
  ~RpcClientTest() override {
    test_.gate.Set();
    server_.Stop();
  }

  CallOptions Options() {
    CallOptions options;
    options.server = Endpoint{"127.0.0.1", static_cast<uint16_t>(server_.port())};
    options.user = "alice";
    options.deadline = Deadline::After(SystemClock::Get(), std::chrono::seconds(20));
    return options;
  }
  Result<std::string> Call(RpcClient& client, std::string_view method, std::string text,
                           CallOptions options) {
    EchoRequest request;
    request.set_protocol(text);
    EchoResponse response;
    RETURN_IF_ERROR(client.CallBlocking(kTestProtocol, method, request, &response, options));
    return response.rpckind();
  }

  IoRuntime runtime_{2};
  TestService test_;
  RpcServer server_;
};

TEST_F(RpcClientTest, AnswersAndErrors) {
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  for (int i = 0; i < 100; ++i) {
    const auto answer = Call(client, "echo", std::to_string(i), Options());
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    EXPECT_EQ(*answer, "alice:" + std::to_string(i));
  }
  EXPECT_EQ(client.connections(), 1u);
  const auto failed = Call(client, "fail", "no such thing", Options());
  EXPECT_EQ(failed.status().code(), StatusCode::kNotFound);
  EXPECT_EQ(failed.status().message(), "no such thing");
  EXPECT_EQ(Call(client, "nope", "", Options()).status().code(), StatusCode::kNoSuchMethod);
  EXPECT_EQ(Call(client, "later", "", Options()).status().code(), StatusCode::kUnsupported);
}

TEST_F(RpcClientTest, RepeatWithTheSameIdExecutesOnce) {
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  CallOptions options = Options();
  options.call_id = client.NewCallId();
  EXPECT_EQ(*Call(client, "count", "", options), "1");
  options.retry_count = 1;
  EXPECT_EQ(*Call(client, "count", "", options), "1");
  EXPECT_EQ(*Call(client, "count", "", Options()), "2");
}

TEST_F(RpcClientTest, RepeatWaitsForTheRunningFirst) {
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  CallOptions options = Options();
  options.call_id = client.NewCallId();
  options.deadline = Deadline::After(SystemClock::Get(), std::chrono::milliseconds(50));
  EXPECT_EQ(Call(client, "countLater", "x", options).status().code(), StatusCode::kMaybeDone);
  options.retry_count = 1;
  EXPECT_FALSE(Call(client, "countLater", "x", options).ok());
  test_.gate.Set();
  options.deadline = Options().deadline;
  EXPECT_EQ(*Call(client, "countLater", "x", options), "x1");
  EXPECT_EQ(test_.executed.load(), 1);
}

TEST_F(RpcClientTest, RefusedConnectionWasNotSent) {
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  CallOptions options = Options();
  options.server.port = 1;
  EXPECT_EQ(Call(client, "echo", "", options).status().code(), StatusCode::kNotResponding);
}

TEST_F(RpcClientTest, StopEndsWaitingCalls) {
  auto client = std::make_unique<RpcClient>(runtime_, RpcClientOptions(), BasicErrorTable());
  std::thread stopper([&] {
    EXPECT_TRUE(Eventually([&] { return server_.open_calls() == 1; }));
    client->Stop();
  });
  EXPECT_EQ(Call(*client, "echoLater", "", Options()).status().code(), StatusCode::kMaybeDone);
  stopper.join();
  EXPECT_EQ(Call(*client, "echo", "", Options()).status().code(), StatusCode::kUnavailable);
}

TEST_F(RpcClientTest, ImpersonationIsRefused) {
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  CallOptions options = Options();
  options.real_user = "mallory";
  EXPECT_EQ(Call(client, "echo", "", options).status().code(), StatusCode::kUnauthenticated);
}

TEST_F(RpcClientTest, IdleConnectionsAreClosed) {
  RpcClientOptions brief;
  brief.idle_timeout = std::chrono::milliseconds(20);
  RpcClient client(runtime_, brief, BasicErrorTable());
  EXPECT_TRUE(Call(client, "echo", "", Options()).ok());
  EXPECT_TRUE(Eventually([&] { return server_.open_connections() == 0; }));
  EXPECT_TRUE(Call(client, "echo", "", Options()).ok());
}

Task<Result<std::string>> CallAsync(RpcClient* client, CallOptions options) {
  EchoRequest request;
  request.set_protocol("async");
  EchoResponse response;
  const Status status = co_await client->Call(kTestProtocol, "echo", request, &response, options);
  if (!status.ok()) co_return status;
  co_return response.rpckind();
}

TEST_F(RpcClientTest, CallsFromCoroutines) {
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  const auto answer = RunBlocking(runtime_.NewStrand(), CallAsync(&client, Options()));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(*answer, "alice:async");
}

}  // namespace
}  // namespace tusk::rpc
