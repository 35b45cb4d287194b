#include "mapreduce/tool/attempt_log.h"

#include <chrono>
#include <string_view>

#include "common/base/status_macros.h"
#include "common/http/http_get.h"
#include "common/net/endpoint.h"

namespace tusk::mapreduce {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::chrono::seconds kPatience{20};
constexpr size_t kMaxLogBytes = 4 << 20;  // a tracker sends a megabyte at most

}  // namespace

Result<std::string> FetchAttemptLog(const std::string& url) {
  const size_t path = url.find('/', kScheme.size());
  if (!url.starts_with(kScheme) || path == std::string::npos) {
    return Status::Error(StatusCode::kInvalidArgument, "not a tracker's page: {}", url);
  }
  ASSIGN_OR_RETURN(const Endpoint tracker,
                   Endpoint::Parse(url.substr(kScheme.size(), path - kScheme.size()), 80));
  std::string log;
  const auto receive = [&log](std::string_view text) {
    if (log.size() + text.size() > kMaxLogBytes) {
      return Status(StatusCode::kTooLarge, "the log has no end");
    }
    log += text;
    return Status::Ok();
  };
  RETURN_IF_ERROR(http::HttpGet(tracker, url.substr(path), receive, kPatience));
  return log;
}

}  // namespace tusk::mapreduce
