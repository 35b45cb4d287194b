#include "mapreduce/tool/attempt_log.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "common/base/byte_span.h"
#include "common/base/status_macros.h"
#include "common/net/blocking_socket.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"

namespace tusk::mapreduce {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::chrono::seconds kPatience{20};
constexpr size_t kMaxAnswerBytes = 4 << 20;  // a tracker sends a megabyte at most

Result<std::string> Exchange(const Endpoint& tracker, const std::string& path) {
  const Deadline deadline = Deadline::After(SystemClock::Get(), kPatience);
  ASSIGN_OR_RETURN(BlockingSocket socket, BlockingSocket::Connect(tracker, deadline));
  const std::string request =
      fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", path, tracker);
  RETURN_IF_ERROR(socket.SendAll(AsBytes(request), deadline));
  std::string answer;
  std::array<uint8_t, 16'384> buffer;
  while (answer.size() < kMaxAnswerBytes) {
    ASSIGN_OR_RETURN(const size_t got, socket.Recv(buffer, deadline));
    if (got == 0) break;
    answer += AsText(ByteView(buffer).first(got));
  }
  return answer;
}

}  // namespace

Result<std::string> FetchAttemptLog(const std::string& url) {
  const size_t path = url.find('/', kScheme.size());
  if (!url.starts_with(kScheme) || path == std::string::npos) {
    return Status::Error(StatusCode::kInvalidArgument, "not a tracker's page: {}", url);
  }
  ASSIGN_OR_RETURN(const Endpoint tracker,
                   Endpoint::Parse(url.substr(kScheme.size(), path - kScheme.size()), 80));
  ASSIGN_OR_RETURN(const std::string answer, Exchange(tracker, url.substr(path)));
  const size_t head = answer.find(kHeadEnd);
  const size_t code = answer.find(' ');
  if (!answer.starts_with("HTTP/1.") || head == std::string::npos || code > head) {
    return Status::Error(StatusCode::kUnavailable, "{} does not speak HTTP", tracker);
  }
  std::string body = answer.substr(head + kHeadEnd.size());
  const std::string_view status = std::string_view(answer).substr(code + 1, 3);
  if (status == "200") return body;
  return Status::Error(status == "404" ? StatusCode::kNotFound : StatusCode::kIoError, "{}: {}",
                       tracker, body.substr(0, body.find('\n')));
}

}  // namespace tusk::mapreduce
