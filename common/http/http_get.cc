#include "common/http/http_get.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "common/base/status_macros.h"
#include "common/net/blocking_socket.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"

namespace tusk::http {
namespace {

constexpr std::chrono::seconds kConnectTimeout{20};
constexpr size_t kMaxHeaderBytes = 64 << 10;
constexpr size_t kMaxLineBytes = 8 << 10;

Status NoHttp(std::string_view why) {
  return Status::Error(StatusCode::kUnavailable, "the answer is no HTTP: {}", why);
}

/// Bytes of one answer, read as far as asked for.
class Answer {
 public:
  Answer(BlockingSocket& socket, std::chrono::nanoseconds patience)
      : socket_(socket), patience_(patience) {}

  /// Up to the next "\r\n" or "\n", which is taken but not returned.
  Result<std::string> Line() {
    while (true) {
      if (const size_t end = bytes_.find('\n'); end != std::string::npos) {
        std::string line = bytes_.substr(0, end);
        bytes_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        return line;
      }
      if (bytes_.size() > kMaxLineBytes) return NoHttp("a line is too long");
      ASSIGN_OR_RETURN(const bool more, Fill());
      if (!more) return NoHttp("it ends within a line");
    }
  }

  /// What is there, at most `limit` bytes; empty at the end of the stream.
  Result<std::string> Some(uint64_t limit) {
    if (bytes_.empty()) RETURN_IF_ERROR(Fill().status());
    std::string some = bytes_.substr(0, std::min<uint64_t>(limit, bytes_.size()));
    bytes_.erase(0, some.size());
    return some;
  }

 private:
  Result<bool> Fill() {
    std::array<uint8_t, 16'384> buffer;
    const Deadline deadline = Deadline::After(SystemClock::Get(), patience_);
    ASSIGN_OR_RETURN(const size_t n, socket_.Recv(buffer, deadline));
    bytes_ += AsText(ByteView(buffer).first(n));
    return n > 0;
  }

  BlockingSocket& socket_;
  const std::chrono::nanoseconds patience_;
  std::string bytes_;
};

struct Head {
  int status = 0;
  bool chunked = false;
  uint64_t length = UINT64_MAX;  // up to the end of the stream
};

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

Result<Head> ReadHead(Answer& answer) {
  Head head;
  ASSIGN_OR_RETURN(const std::string first, answer.Line());
  if (!first.starts_with("HTTP/1.") || first.size() < 12) return NoHttp(first);
  std::from_chars(first.data() + 9, first.data() + 12, head.status);
  size_t bytes = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::string line, answer.Line());
    if (line.empty()) return head;
    bytes += line.size();
    if (bytes > kMaxHeaderBytes) return NoHttp("its header is too long");
    const std::string lower = Lower(line);
    if (lower.starts_with("transfer-encoding:")) {
      head.chunked = lower.find("chunked") != std::string::npos;
    } else if (lower.starts_with("content-length:")) {
      const size_t digit = lower.find_first_of("0123456789");
      if (digit == std::string::npos) return NoHttp(line);
      std::from_chars(lower.data() + digit, lower.data() + lower.size(), head.length);
    }
  }
}

Status ReadBody(Answer& answer, uint64_t length,
                const std::function<Status(std::string_view)>& receive) {
  while (length > 0) {
    ASSIGN_OR_RETURN(const std::string some, answer.Some(length));
    if (some.empty()) {
      return length == UINT64_MAX ? Status::Ok() : NoHttp("it ends before its length");
    }
    RETURN_IF_ERROR(receive(some));
    if (length != UINT64_MAX) length -= some.size();
  }
  return Status::Ok();
}

Status ReadChunks(Answer& answer, const std::function<Status(std::string_view)>& receive) {
  while (true) {
    ASSIGN_OR_RETURN(const std::string line, answer.Line());
    uint64_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (error != std::errc()) return NoHttp("a chunk has no size");
    if (size == 0) return Status::Ok();
    RETURN_IF_ERROR(ReadBody(answer, size, receive));
    RETURN_IF_ERROR(answer.Line().status());
  }
}

}  // namespace

Status HttpGet(const Endpoint& server, const std::string& target,
               const std::function<Status(std::string_view)>& receive,
               std::chrono::nanoseconds patience) {
  const SystemClock& clock = SystemClock::Get();
  ASSIGN_OR_RETURN(BlockingSocket socket,
                   BlockingSocket::Connect(server, Deadline::After(clock, kConnectTimeout)));
  const std::string request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", target, server.ToString());
  RETURN_IF_ERROR(socket.SendAll(AsBytes(request), Deadline::After(clock, kConnectTimeout)));
  Answer answer(socket, patience);
  ASSIGN_OR_RETURN(const Head head, ReadHead(answer));
  if (head.status == 200) {
    return head.chunked ? ReadChunks(answer, receive) : ReadBody(answer, head.length, receive);
  }
  std::string reason;
  auto keep = [&](std::string_view text) {
    if (reason.size() < kMaxLineBytes) reason += text;
    return Status::Ok();
  };
  RETURN_IF_ERROR(head.chunked ? ReadChunks(answer, keep) : ReadBody(answer, head.length, keep));
  const StatusCode code = head.status == 404 ? StatusCode::kNotFound : StatusCode::kIoError;
  return Status::Error(code, "http://{} answers {}: {}", server.ToString(), head.status,
                       reason.substr(0, reason.find('\n')));
}

}  // namespace tusk::http
