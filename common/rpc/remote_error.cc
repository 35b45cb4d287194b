#include "common/rpc/remote_error.h"

#include <utility>

#include "common/base/status_code.h"

namespace tusk::rpc {
namespace {

constexpr std::string_view kOwnPrefix = "tusk.Error$";

constexpr std::pair<StatusCode, std::string_view> kClasses[] = {
    {StatusCode::kNoSuchMethod, kNoSuchMethodException},
    {StatusCode::kNoSuchProtocol, kNoSuchProtocolException},
    {StatusCode::kVersionMismatch, kVersionMismatch},
    {StatusCode::kResourceExhausted, kRetriableException},
    {StatusCode::kUnauthenticated, kAuthorizationException},
    {StatusCode::kPermissionDenied, kAccessControlException},
    {StatusCode::kIoError, kIoException},
};

std::string ClassOf(const Status& status) {
  for (const auto& [code, name] : kClasses) {
    if (code == status.code()) return std::string(name);
  }
  return std::string(kOwnPrefix) + std::string(StatusCodeName(status.code()));
}

Status StatusOf(std::string_view class_name, std::string_view text) {
  StatusCode found = StatusCode::kUnknown;
  for (const auto& [code, name] : kClasses) {
    if (name == class_name) found = code;
  }
  if (class_name == kRpcServerException) found = StatusCode::kInvalidArgument;
  if (class_name.starts_with(kOwnPrefix)) {
    const std::string_view name = class_name.substr(kOwnPrefix.size());
    for (int code = 1; code < 100; ++code) {
      if (StatusCodeName(static_cast<StatusCode>(code)) == name)
        found = static_cast<StatusCode>(code);
    }
  }
  return Status(found, std::string(text)).WithRemoteClass(class_name);
}

}  // namespace

ErrorTable BasicErrorTable() { return ErrorTable{ClassOf, StatusOf}; }

}  // namespace tusk::rpc
