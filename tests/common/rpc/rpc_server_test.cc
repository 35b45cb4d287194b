#include "common/rpc/rpc_server.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "common/net/blocking_socket.h"
#include "common/rpc/rpc_client.h"
#include "common/time/system_clock.h"
#include "tests/common/rpc/test_service.h"
#include "tests/support/eventually.h"

namespace tusk::rpc {
namespace {

Deadline In(std::chrono::milliseconds time) { return Deadline::After(SystemClock::Get(), time); }

// Reads until the server closes; false when it does not.
bool IsClosed(BlockingSocket& socket) {
  std::vector<uint8_t> buffer(65536);
  for (;;) {
    const auto count = socket.Recv(buffer, In(std::chrono::seconds(20)));
    if (!count.ok()) return count.status().code() != StatusCode::kDeadlineExceeded;
    if (*count == 0) return true;
  }
}

class RpcServerTest : public testing::Test {
 protected:
  BlockingSocket Connect(const RpcServer& server) {
    const Endpoint endpoint{"127.0.0.1", static_cast<uint16_t>(server.port())};
    return std::move(BlockingSocket::Connect(endpoint, In(std::chrono::seconds(5)))).value();
  }
  IoRuntime runtime_{2};
  TestService test_;
};

TEST_F(RpcServerTest, SilentConnectionsAreDroppedBeforeTheHandshake) {
  RpcServerOptions options;
  options.handshake_timeout = std::chrono::milliseconds(50);
  RpcServer server(runtime_, options, BasicErrorTable());
  ASSERT_TRUE(server.Start().ok());
  BlockingSocket silent = Connect(server);
  BlockingSocket slow = Connect(server);
  ASSERT_TRUE(slow.SendAll(AsBytes("hrp"), In(std::chrono::seconds(5))).ok());
  EXPECT_TRUE(IsClosed(silent));
  EXPECT_TRUE(IsClosed(slow));
  server.Stop();
}

TEST_F(RpcServerTest, AReaderThatNeverReadsIsClosed) {
  RpcServerOptions options;
  options.write_timeout = std::chrono::milliseconds(50);
  options.max_unsent_bytes = 1 << 20;
  RpcServer server(runtime_, options, BasicErrorTable());
  server.AddService(&test_.service);
  ASSERT_TRUE(server.Start().ok());
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  BlockingSocket socket = Connect(server);
  std::string bytes = EncodePreamble(kAuthNone);
  // A connection context by hand: callId -3, userInfo.effectiveUser "u".
  bytes += std::string("\0\0\0\x0f\x08\x08\x02\x10\x00\x18\x05\x22\x00\x05\x12\x03\x0a\x01u", 19);
  const std::string call = TestFrame(1, "echo", std::string(100000, 'x'), "c");
  Status sent = socket.SendAll(AsBytes(bytes), In(std::chrono::seconds(5)));
  while (sent.ok()) sent = socket.SendAll(AsBytes(call), In(std::chrono::seconds(20)));
  EXPECT_NE(sent.code(), StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Eventually([&] { return server.open_connections() == 0; }));
  server.Stop();
}

TEST_F(RpcServerTest, StopDrainsRunningCalls) {
  RpcServer server(runtime_, RpcServerOptions(), BasicErrorTable());
  server.AddService(&test_.service);
  ASSERT_TRUE(server.Start().ok());
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  CallOptions options;
  options.server = Endpoint{"127.0.0.1", static_cast<uint16_t>(server.port())};
  options.user = "u";
  options.deadline = In(std::chrono::seconds(20));
  std::thread stopper([&] {
    EXPECT_TRUE(Eventually([&] { return server.open_calls() == 1; }));
    std::thread opener([&] { test_.gate.Set(); });
    server.Stop();
    opener.join();
  });
  EchoRequest request;
  request.set_protocol("x");
  EchoResponse response;
  EXPECT_TRUE(client.CallBlocking(kTestProtocol, "echoLater", request, &response, options).ok());
  stopper.join();
  EXPECT_EQ(server.open_connections(), 0u);
}

TEST_F(RpcServerTest, StopCancelsCallsThatDoNotEnd) {
  RpcServer server(runtime_, RpcServerOptions(), BasicErrorTable());
  server.AddService(&test_.service);
  ASSERT_TRUE(server.Start().ok());
  RpcClient client(runtime_, RpcClientOptions(), BasicErrorTable());
  CallOptions options;
  options.server = Endpoint{"127.0.0.1", static_cast<uint16_t>(server.port())};
  options.user = "u";
  options.deadline = In(std::chrono::seconds(20));
  std::thread stopper([&] {
    EXPECT_TRUE(Eventually([&] { return server.open_calls() == 1; }));
    server.Stop(std::chrono::milliseconds(20));
  });
  EchoRequest request;
  request.set_protocol("x");
  EchoResponse response;
  EXPECT_FALSE(client.CallBlocking(kTestProtocol, "echoLater", request, &response, options).ok());
  stopper.join();
}

}  // namespace
}  // namespace tusk::rpc
