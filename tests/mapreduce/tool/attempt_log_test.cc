#include "mapreduce/tool/attempt_log.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cstring>
#include <string>
#include <thread>

#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

/// A server that gives one answer, whatever is asked, and keeps the question.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 1), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, text = std::move(answer)] {
      const int peer = ::accept(fd_, nullptr, nullptr);
      char buffer[4096];
      const ssize_t got = ::recv(peer, buffer, sizeof buffer, 0);
      if (got > 0) question_.assign(buffer, static_cast<size_t>(got));
      EXPECT_EQ(::send(peer, text.data(), text.size(), MSG_NOSIGNAL),
                static_cast<ssize_t>(text.size()));
      ::close(peer);
    });
  }
  ~OneAnswer() {
    if (thread_.joinable()) thread_.join();
    ::close(fd_);
  }
  std::string Url() const { return fmt::format("http://127.0.0.1:{}/attempts/a_0", port_); }
  const std::string& Question() {
    thread_.join();
    return question_;
  }

 private:
  const int fd_;
  int port_ = 0;
  std::string question_;
  std::thread thread_;
};

TEST(AttemptLog, IsTheBodyOfThePage) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nline 1\n\n");
  const Result<std::string> log = FetchAttemptLog(server.Url());
  ASSERT_OK(log);
  EXPECT_EQ(*log, "line 1\n\n");
  EXPECT_TRUE(server.Question().starts_with("GET /attempts/a_0 HTTP/1.1\r\n"));
}

TEST(AttemptLog, ErrorsHaveTheTrackersWords) {
  OneAnswer missing("HTTP/1.1 404 Not Found\r\n\r\nno log of it\nmore");
  EXPECT_THAT(FetchAttemptLog(missing.Url()), StatusIs(StatusCode::kNotFound, "no log of it"));
  OneAnswer broken("HTTP/1.1 500 Oh\r\n\r\nwhy");
  EXPECT_THAT(FetchAttemptLog(broken.Url()), StatusIs(StatusCode::kIoError, "why"));
  OneAnswer other("SSH-2.0\r\n");
  EXPECT_THAT(FetchAttemptLog(other.Url()), StatusIs(StatusCode::kUnavailable));
  OneAnswer silent("");
  EXPECT_THAT(FetchAttemptLog(silent.Url()), StatusIs(StatusCode::kUnavailable));
}

TEST(AttemptLog, RefusesWhatIsNoPage) {
  EXPECT_THAT(FetchAttemptLog(""), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FetchAttemptLog("http://host"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FetchAttemptLog("ftp://host/a"), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tusk::mapreduce
