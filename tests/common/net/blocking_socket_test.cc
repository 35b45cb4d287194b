#include "common/net/blocking_socket.h"

#include <chrono>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "common/net/unix_socket.h"
#include "common/time/system_clock.h"

namespace tusk {
namespace {

Deadline In(std::chrono::milliseconds time) { return Deadline::After(SystemClock::Get(), time); }

TEST(BlockingSocketTest, MovesManyPartsThroughASmallBuffer) {
  auto fds = UnixSocketPair();
  ASSERT_TRUE(fds.ok());
  BlockingSocket a(fds->first);
  BlockingSocket b(fds->second);
  std::vector<std::vector<uint8_t>> parts(1500);
  size_t total = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    parts[i].assign(i % 5 == 0 ? 0 : i, static_cast<uint8_t>(i));
    total += parts[i].size();
  }
  std::thread sender([&] {
    std::vector<iovec> vector;
    for (auto& part : parts) vector.push_back({part.data(), part.size()});
    EXPECT_TRUE(a.SendAll(vector, In(std::chrono::seconds(20))).ok());
  });
  std::vector<uint8_t> got(total);
  EXPECT_TRUE(b.RecvExactly(got, In(std::chrono::seconds(20))).ok());
  sender.join();
  std::vector<uint8_t> want;
  for (auto& part : parts) want.insert(want.end(), part.begin(), part.end());
  EXPECT_TRUE(got == want);
}

TEST(BlockingSocketTest, DeadlineEndOfStreamAndShutdown) {
  auto fds = UnixSocketPair();
  ASSERT_TRUE(fds.ok());
  BlockingSocket a(fds->first);
  BlockingSocket b(fds->second);
  std::vector<uint8_t> buffer(4);
  EXPECT_EQ(a.Recv(buffer, In(std::chrono::milliseconds(5))).status().code(),
            StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(*a.PollReadable(In(std::chrono::milliseconds(1))));
  ASSERT_TRUE(b.SendAll(AsBytes("xy"), In(std::chrono::seconds(5))).ok());
  EXPECT_TRUE(*a.PollReadable(In(std::chrono::seconds(5))));
  b.Shutdown();
  EXPECT_EQ(a.RecvExactly(buffer, In(std::chrono::seconds(5))).code(), StatusCode::kNotResponding);
}

TEST(BlockingSocketTest, RefusedConnection) {
  const auto socket =
      BlockingSocket::Connect(Endpoint{"127.0.0.1", 1}, In(std::chrono::seconds(5)));
  EXPECT_EQ(socket.status().code(), StatusCode::kNotResponding);
}

}  // namespace
}  // namespace tusk
