#include "common/net/tcp.h"

#include <sys/resource.h>

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/status_macros.h"
#include "common/net/blocking_socket.h"
#include "common/net/stream_io.h"
#include "common/net/unix_socket.h"
#include "common/time/system_clock.h"
#include "tests/support/eventually.h"
#include "tests/support/run_task.h"

namespace tusk {
namespace {

Deadline In(std::chrono::milliseconds time) { return Deadline::After(SystemClock::Get(), time); }

Task<void> Echo(std::unique_ptr<Stream> stream) {
  std::vector<uint8_t> buffer(4096);
  for (;;) {
    const Result<size_t> count = co_await stream->ReadSome(buffer);
    if (!count.ok() || *count == 0) co_return;
    const Status sent = co_await stream->WriteAll(ByteView(buffer).first(*count));
    if (!sent.ok()) co_return;
  }
}

Task<Result<std::string>> Ask(Executor strand, Endpoint server, std::string text) {
  CO_ASSIGN_OR_RETURN(auto stream,
                      co_await ConnectTcp(strand, server, In(std::chrono::seconds(10))));
  CO_RETURN_IF_ERROR(co_await stream->WriteAll(AsBytes(text)));
  std::vector<uint8_t> answer(text.size());
  CO_RETURN_IF_ERROR(co_await ReadExactly(*stream, answer));
  co_return std::string(AsText(answer));
}

TEST(TcpTest, EchoesAndStops) {
  TaskRunner runner;
  auto listener = TcpListener::Bind(runner.runtime(), Endpoint{"127.0.0.1", 0});
  ASSERT_TRUE(listener.ok());
  (*listener)->Serve(Echo);
  const Endpoint server{"localhost", static_cast<uint16_t>((*listener)->port())};
  const Executor strand = runner.runtime().NewStrand();
  const Result<std::string> answer = RunBlocking(strand, Ask(strand, server, "hello"));
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(*answer, "hello");
  auto idle = BlockingSocket::Connect(server, In(std::chrono::seconds(5)));
  ASSERT_TRUE(idle.ok());
  EXPECT_TRUE(Eventually([&] { return (*listener)->connections() == 1; }));
  const auto second = TcpListener::Bind(runner.runtime(), server);
  EXPECT_EQ(second.status().code(), StatusCode::kAlreadyExists);
  (*listener)->Stop();
  EXPECT_EQ((*listener)->connections(), 0u);
  EXPECT_EQ(RunBlocking(strand, Ask(strand, server, "x")).status().code(),
            StatusCode::kNotResponding);
}

Task<Status> ReadWithDeadlines(Executor strand, Endpoint server) {
  CO_ASSIGN_OR_RETURN(auto stream,
                      co_await ConnectTcp(strand, server, In(std::chrono::seconds(10))));
  stream->SetReadDeadline(In(std::chrono::hours(1)));
  const std::string text = "x";
  uint8_t byte;
  const MutableByteView one(&byte, 1);
  CO_RETURN_IF_ERROR(co_await stream->WriteAll(AsBytes(text)));
  CO_RETURN_IF_ERROR(co_await ReadExactly(*stream, one));
  stream->SetReadDeadline(In(std::chrono::milliseconds(20)));
  const Result<size_t> late = co_await stream->ReadSome(one);
  if (late.status().code() != StatusCode::kDeadlineExceeded)
    co_return Status(StatusCode::kInternal, "not late");
  const Result<size_t> dead = co_await stream->ReadSome(one);
  co_return dead.status();
}

TEST(TcpTest, ReadDeadlineEndsTheStream) {
  TaskRunner runner;
  auto listener = TcpListener::Bind(runner.runtime(), Endpoint{"127.0.0.1", 0});
  ASSERT_TRUE(listener.ok());
  (*listener)->Serve(Echo);
  const Endpoint server{"127.0.0.1", static_cast<uint16_t>((*listener)->port())};
  const Executor strand = runner.runtime().NewStrand();
  EXPECT_EQ(RunBlocking(strand, ReadWithDeadlines(strand, server)).code(),
            StatusCode::kDeadlineExceeded);
  (*listener)->Stop();
}

TEST(TcpTest, ConnectionCapClosesTheRest) {
  TaskRunner runner;
  ListenerOptions options;
  options.max_connections = 2;
  auto listener = TcpListener::Bind(runner.runtime(), Endpoint{"127.0.0.1", 0}, options);
  ASSERT_TRUE(listener.ok());
  (*listener)->Serve(Echo);
  const Endpoint server{"127.0.0.1", static_cast<uint16_t>((*listener)->port())};
  auto first = BlockingSocket::Connect(server, In(std::chrono::seconds(5)));
  auto second = BlockingSocket::Connect(server, In(std::chrono::seconds(5)));
  ASSERT_TRUE(Eventually([&] { return (*listener)->connections() == 2; }));
  auto third = BlockingSocket::Connect(server, In(std::chrono::seconds(5)));
  uint8_t byte;
  const auto end = third->Recv(MutableByteView(&byte, 1), In(std::chrono::seconds(10)));
  EXPECT_TRUE(!end.ok() || *end == 0);
  first->Close();
  ASSERT_TRUE(Eventually([&] { return (*listener)->connections() == 1; }));
  (*listener)->Stop();
}

TEST(TcpTest, RecoversFromRunningOutOfDescriptors) {
  TaskRunner runner;
  auto listener = TcpListener::Bind(runner.runtime(), Endpoint{"127.0.0.1", 0});
  ASSERT_TRUE(listener.ok());
  (*listener)->Serve(Echo);
  const Endpoint server{"127.0.0.1", static_cast<uint16_t>((*listener)->port())};
  auto client = BlockingSocket::Connect(server, In(std::chrono::seconds(5)));
  ASSERT_TRUE(client.ok());
  ASSERT_TRUE(Eventually([&] { return (*listener)->connections() == 1; }));
  auto waiting = BlockingSocket::Connect(server, In(std::chrono::seconds(5)));
  ASSERT_TRUE(Eventually([&] { return (*listener)->connections() == 2; }));
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 3;
  // The next client gets its descriptor first; only the server side is short.
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  std::vector<uint8_t> buffer(2);
  EXPECT_TRUE(client->SendAll(AsBytes("ab"), In(std::chrono::seconds(5))).ok());
  EXPECT_TRUE(client->RecvExactly(buffer, In(std::chrono::seconds(5))).ok());
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  auto later = BlockingSocket::Connect(server, In(std::chrono::seconds(5)));
  EXPECT_TRUE(later->SendAll(AsBytes("cd"), In(std::chrono::seconds(5))).ok());
  EXPECT_TRUE(later->RecvExactly(buffer, In(std::chrono::seconds(5))).ok());
  (*listener)->Stop();
}

TEST(UnixSocketTest, EchoesOverAFileAndAPair) {
  TaskRunner runner;
  const std::string path = testing::TempDir() + "/echo." + std::to_string(getpid());
  auto listener = UnixListener::Bind(runner.runtime(), path);
  ASSERT_TRUE(listener.ok()) << listener.status().ToString();
  (*listener)->Serve(Echo);
  auto client = BlockingSocket::ConnectUnix(path, In(std::chrono::seconds(5)));
  ASSERT_TRUE(client.ok());
  std::vector<uint8_t> buffer(3);
  EXPECT_TRUE(client->SendAll(AsBytes("abc"), In(std::chrono::seconds(5))).ok());
  EXPECT_TRUE(client->RecvExactly(buffer, In(std::chrono::seconds(5))).ok());
  EXPECT_EQ(AsText(buffer), "abc");
  (*listener)->Stop();
  EXPECT_NE(access(path.c_str(), F_OK), 0);
}

}  // namespace
}  // namespace tusk
