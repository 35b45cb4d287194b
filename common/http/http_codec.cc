#include "common/http/http_codec.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <fmt/core.h>

#include "common/base/check.h"

namespace tusk::http {

namespace {

namespace beast_http = boost::beast::http;

/// Everything else that Beast reports is a malformed request.
int StatusOfError(const boost::beast::error_code& error) {
  if (error == beast_http::error::header_limit) return 431;
  if (error == beast_http::error::body_limit) return 413;
  if (error == beast_http::error::bad_version) return 505;
  return 400;
}

std::string LowerCaseText(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string View(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::string WithoutLineEnds(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') out += c;
  }
  return out;
}

/// "http://host:port/path" becomes "/path"; proxies and some clients send it.
std::string_view WithoutAuthority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const size_t slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target;
}

std::string CheckPath(std::string_view path) {
  if (path.empty() || path.front() != '/') return "the path does not begin with a slash";
  if (path.find('\0') != std::string_view::npos) return "the path holds a NUL";
  for (size_t from = 1; from <= path.size();) {
    const size_t to = std::min(path.find('/', from), path.size());
    const std::string_view segment = path.substr(from, to - from);
    if (segment == "." || segment == "..") return "the path holds a relative segment";
    from = to + 1;
  }
  return {};
}

bool DecodeQuery(std::string_view text, HttpRequest* request) {
  for (size_t from = 0; from < text.size();) {
    const size_t to = std::min(text.find('&', from), text.size());
    const std::string_view pair = text.substr(from, to - from);
    from = to + 1;
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    std::string name;
    std::string value;
    if (!UnescapeUrl(pair.substr(0, equals), true, &name) ||
        !UnescapeUrl(pair.substr(std::min(equals + 1, pair.size())), true, &value)) {
      return false;
    }
    request->query.emplace_back(std::move(name), std::move(value));
  }
  return true;
}

std::string HttpDate(int64_t wall_millis) {
  const time_t seconds = wall_millis / 1000;
  tm parts;
  gmtime_r(&seconds, &parts);
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[parts.tm_wday], parts.tm_mday,
                     kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                     parts.tm_sec);
}

}  // namespace

struct RequestParser::Impl {
  beast_http::request_parser<beast_http::string_body> parser;
};

RequestParser::RequestParser(size_t max_header_bytes, size_t max_body_bytes)
    : impl_(std::make_unique<Impl>()), max_header_bytes_(max_header_bytes) {
  impl_->parser.eager(true);
  impl_->parser.header_limit(static_cast<uint32_t>(max_header_bytes));
  impl_->parser.body_limit(max_body_bytes);
}

RequestParser::~RequestParser() = default;

void RequestParser::Fail(int status, std::string error) {
  error_status_ = status;
  error_ = std::move(error);
}

size_t RequestParser::Feed(ByteView bytes) {
  if (error_status_ != 0 || bytes.empty() || done()) return 0;
  boost::beast::error_code error;
  const size_t taken =
      impl_->parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error && error != beast_http::error::need_more) {
    Fail(StatusOfError(error), error.message());
  } else if (!done() && bytes.size() - taken > max_header_bytes_) {
    // Chunk headers and trailers count as headers.
    Fail(431, "header limit exceeded");
  }
  return taken;
}

bool RequestParser::done() const { return impl_->parser.is_done(); }

bool RequestParser::ExpectsContinue() const {
  if (!impl_->parser.is_header_done() || done()) return false;
  return LowerCaseText(View(impl_->parser.get()[beast_http::field::expect])) == "100-continue";
}

bool RequestParser::KeepAlive() const { return impl_->parser.keep_alive(); }

std::unique_ptr<HttpRequest> RequestParser::Take() {
  CHECK(done());
  auto message = impl_->parser.release();
  auto request = std::make_unique<HttpRequest>();
  request->method = View(message.method_string());
  request->target = View(message.target());
  for (const auto& field : message) {
    request->headers.emplace_back(LowerCaseText(View(field.name_string())), View(field.value()));
  }
  request->body = std::move(message.body());
  if (message.version() >= 11 && message.count(beast_http::field::host) != 1) {
    Fail(400, "exactly one Host header is needed");
    return nullptr;
  }
  std::string wrong = DecodeTarget(request->target, request.get());
  if (!wrong.empty()) {
    Fail(400, std::move(wrong));
    return nullptr;
  }
  return request;
}

std::string DecodeTarget(std::string_view target, HttpRequest* request) {
  target = WithoutAuthority(target);
  target = target.substr(0, target.find('#'));
  const size_t mark = std::min(target.find('?'), target.size());
  if (!UnescapeUrl(target.substr(0, mark), false, &request->path)) {
    return "the path has a malformed escape";
  }
  std::string wrong = CheckPath(request->path);
  if (!wrong.empty()) return wrong;
  if (!DecodeQuery(target.substr(std::min(mark + 1, target.size())), request)) {
    return "the query has a malformed escape";
  }
  return {};
}

std::string ResponseHead(const HttpResponse& response, std::string_view server_name,
                         int64_t wall_millis, bool keep_alive) {
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nServer: {}\r\nConnection: {}\r\n", response.status,
                  ReasonPhrase(response.status), HttpDate(wall_millis), server_name,
                  keep_alive ? "keep-alive" : "close");
  const bool may_have_body =
      response.status >= 200 && response.status != 204 && response.status != 304;
  if (may_have_body) {
    if (!response.content_type.empty()) {
      head += fmt::format("Content-Type: {}\r\n", WithoutLineEnds(response.content_type));
    }
    head += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  for (const auto& [name, value] : response.headers) {
    head += fmt::format("{}: {}\r\n", WithoutLineEnds(name), WithoutLineEnds(value));
  }
  return head + "\r\n";
}

std::string_view ReasonPhrase(int status) {
  const auto reason = beast_http::obsolete_reason(static_cast<beast_http::status>(status));
  return {reason.data(), reason.size()};
}

}  // namespace tusk::http
