#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/net/endpoint.h"

namespace tusk::http {

/// Gets a page over HTTP/1.1 without an I/O thread and hands its body on piece by piece, chunked or
/// not; an error of `receive` ends it and is returned. kNotFound for 404, kIoError for any other
/// answer but 200, both with the first line of the body; kUnavailable for what is no HTTP. A server
/// may be silent for `patience` at a time: it may work long before it answers.
Status HttpGet(const Endpoint& server, const std::string& target,
               const std::function<Status(std::string_view)>& receive,
               std::chrono::nanoseconds patience = std::chrono::minutes(10));

}  // namespace tusk::http
