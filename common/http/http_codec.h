#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/http/http_message.h"

namespace tusk::http {

/// Reads one HTTP/1.x request from bytes that arrive in pieces. Lengths are bounded before anything
/// is kept. Not thread-safe.
class RequestParser {
 public:
  RequestParser(size_t max_header_bytes, size_t max_body_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Takes bytes off the front of `bytes` and returns how many; what is left must be given again,
  /// with more behind it. After done() or an error nothing is taken.
  size_t Feed(ByteView bytes);
  bool done() const;
  /// The status to answer a request with that cannot be taken: 400, 413, 431, 505; 0 = none. The
  /// connection is not usable after it.
  int error_status() const { return error_status_; }
  /// One sentence to it.
  const std::string& error() const { return error_; }
  /// True when the client waits for "100 Continue" before it sends the body.
  bool ExpectsContinue() const;
  /// Whether the connection may be used for another request. After done().
  bool KeepAlive() const;
  /// The request, once done; remote address and rest are left empty. The target is decoded and
  /// checked here: error_status() and error() tell when it is refused (then nullptr).
  std::unique_ptr<HttpRequest> Take();

 private:
  struct Impl;
  void Fail(int status, std::string error);

  std::unique_ptr<Impl> impl_;
  const size_t max_header_bytes_;
  int error_status_ = 0;
  std::string error_;
};

/// Splits and decodes the target of a request line ("/a%20b?op=x", or a whole URL as proxies send)
/// into path and query. Returns what is wrong: malformed escapes, NUL, "." and ".." segments, no
/// leading slash; empty when all is well.
std::string DecodeTarget(std::string_view target, HttpRequest* request);

/// Status line and headers of an answer, with the empty line. Line ends in header values are
/// dropped: nobody adds headers through a value.
std::string ResponseHead(const HttpResponse& response, std::string_view server_name,
                         int64_t wall_millis, bool keep_alive);

/// "Not Found" for 404.
std::string_view ReasonPhrase(int status);

}  // namespace tusk::http
