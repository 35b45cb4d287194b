#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/net/endpoint.h"

namespace tusk::dfs {

/// `text` with everything but letters, digits and "-._~/" as %XX.
std::string UrlEncode(std::string_view text);

/// Gets a page over HTTP/1.1 without an I/O thread and hands its body on piece by piece, chunked or
/// not. kIoError with the first line of the body for any answer but 200; kInvalidArgument for what
/// is no HTTP. A server may be silent for `patience` at a time: it may work long before it answers.
Status HttpGet(const Endpoint& server, const std::string& target,
               const std::function<void(std::string_view)>& receive,
               std::chrono::nanoseconds patience = std::chrono::minutes(10));

}  // namespace tusk::dfs
