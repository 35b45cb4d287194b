#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tusk::http {

/// A request as handlers see it. Path and query are percent-decoded; `path` begins with '/' and
/// has no "." or ".." segment and no NUL (the server refuses those).
struct HttpRequest {
  std::string method;  // "GET", "HEAD", "PUT", "POST", "DELETE"
  std::string target;  // as sent
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;    // in order of appearance
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string remote_address;  // the peer's IP
  std::string rest;            // what the '*' of the route's pattern matched

  /// The first value of a query parameter (names compare without case, as WebHDFS does), or
  /// `otherwise`.
  std::string_view Query(std::string_view name, std::string_view otherwise = "") const;
  bool HasQuery(std::string_view name) const;
  /// The value of a header, given in lower case, or "".
  std::string_view Header(std::string_view name) const;
  /// True for `?format=json` or an Accept header that asks for JSON first.
  bool WantsJson() const;
};

/// An answer. HEAD gets the same headers without the body.
struct HttpResponse {
  int status = 200;
  std::string content_type = "text/html; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  static HttpResponse Text(int status, std::string body);
  static HttpResponse Html(std::string body);
  /// Bytes of `body` that are no UTF-8 are replaced: a name on a disk may hold anything.
  static HttpResponse Json(std::string_view body);
  static HttpResponse Redirect(std::string location, int status = 307);
};

/// `text` with the five special characters of HTML replaced: safe in element text and in quoted
/// attribute values.
std::string EscapeHtml(std::string_view text);
/// `text` percent-encoded for one path segment or query value.
std::string EscapeUrl(std::string_view text);
/// The reverse; false on malformed escapes.
bool UnescapeUrl(std::string_view text, bool plus_is_space, std::string* out);

}  // namespace tusk::http
