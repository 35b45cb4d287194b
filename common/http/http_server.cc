#include "common/http/http_server.h"

#include <atomic>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/http/http_codec.h"
#include "common/log/logger.h"
#include "common/net/tcp.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"

namespace tusk::http {

namespace {

using std::chrono::milliseconds;

constexpr size_t kReadSize = 8 * 1024;
/// Connections beyond the limit that are told so; more are closed without a word.
constexpr size_t kRefusedPolitely = 64;
/// How long a client that is being refused may go on sending: closing at once would reset the
/// connection and take the answer with it.
constexpr milliseconds kLingerTime{2000};
constexpr size_t kLingerBytes = 1024 * 1024;

/// One method of one pattern: one of the handlers is set.
struct RouteEntry {
  std::string method;
  std::string pattern;
  HttpHandler handler;
  HttpTaskHandler task_handler;
};

/// The length of the path's part that the pattern fixes; nothing when it does not match.
std::optional<size_t> MatchLength(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) {
    // An exact path beats every pattern.
    return pattern == path ? std::optional<size_t>(path.size() + 1) : std::nullopt;
  }
  pattern.remove_suffix(1);
  return path.starts_with(pattern) ? std::optional<size_t>(pattern.size()) : std::nullopt;
}

HttpResponse Refusal(int status, std::string_view sentence) {
  return HttpResponse::Text(status,
                            fmt::format("{} {}: {}\n", status, ReasonPhrase(status), sentence));
}

/// A browser gets nothing from here that it could take for something else or run.
void AddSafetyHeaders(HttpResponse& response) {
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("X-Frame-Options", "SAMEORIGIN");
  if (response.content_type.starts_with("text/html")) {
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'");
  }
  for (const auto& header : response.headers) {
    if (header.first == "Cache-Control") return;
  }
  response.headers.emplace_back("Cache-Control", "no-store");
}

}  // namespace

struct HttpServer::State {
  State(IoRuntime& r, HttpServerOptions o) : runtime(r), options(std::move(o)) {}

  IoRuntime& runtime;
  const HttpServerOptions options;
  std::vector<RouteEntry> routes;         // constant after Start
  std::unique_ptr<TcpListener> listener;  // constant after Start
  std::atomic<size_t> open{0};
  bool stopped = false;  // of the thread that starts and stops

  class Connection;

  void Add(RouteEntry entry);
  /// The route, or the refusal that stands for it.
  const RouteEntry* FindRoute(HttpRequest& request, HttpResponse* refusal) const;
  static Task<HttpResponse> Answer(const State* state, HttpRequest* request);
  static Task<void> Serve(State* state, std::unique_ptr<Stream> stream);
};

void HttpServer::State::Add(RouteEntry entry) {
  CHECK(listener == nullptr);
  CHECK(entry.pattern.starts_with('/'));
  for (const RouteEntry& known : routes) {
    CHECK(known.method != entry.method || known.pattern != entry.pattern);
  }
  routes.push_back(std::move(entry));
}

const RouteEntry* HttpServer::State::FindRoute(HttpRequest& request, HttpResponse* refusal) const {
  std::optional<size_t> best;
  for (const RouteEntry& route : routes) {
    best = std::max(best, MatchLength(route.pattern, request.path));
  }
  if (!best) {
    *refusal = Refusal(404, "there is no such page");
    return nullptr;
  }
  const std::string_view wanted =
      request.method == "HEAD" ? "GET" : std::string_view(request.method);
  std::string allowed;
  for (const RouteEntry& route : routes) {
    if (MatchLength(route.pattern, request.path) != best) continue;
    if (route.method == wanted) {
      if (route.pattern.ends_with('*')) request.rest = request.path.substr(*best);
      return &route;
    }
    allowed +=
        (allowed.empty() ? "" : ", ") + route.method + (route.method == "GET" ? ", HEAD" : "");
  }
  *refusal = Refusal(405, "this page does not take the method " + request.method);
  refusal->headers.emplace_back("Allow", allowed);
  return nullptr;
}

Task<HttpResponse> HttpServer::State::Answer(const State* state, HttpRequest* request) {
  HttpResponse response;
  const RouteEntry* route = state->FindRoute(*request, &response);
  if (route == nullptr) co_return response;
  // A page that fails must not take the daemon with it.
  try {
    if (route->handler) co_return route->handler(*request);
    Task<HttpResponse> task = route->task_handler(*request);
    response = co_await std::move(task);
    co_return response;
  } catch (const std::exception& error) {
    LOG_ERROR("http", "a page failed path={} error={}", request->path, error.what());
  }
  co_return Refusal(500, "the page could not be made; the log of the daemon has the cause");
}

/// One connection, from its first byte to its end. Owned by the stream's strand.
class HttpServer::State::Connection {
 public:
  Connection(const State* state, std::unique_ptr<Stream> stream)
      : state_(*state), stream_(std::move(stream)) {}

  static Task<void> Run(Connection* self) {
    milliseconds wait = self->state_.options.request_timeout;
    while (true) {
      RequestParser parser(self->state_.options.max_header_bytes,
                           self->state_.options.max_body_bytes);
      const bool complete = co_await ReadRequest(self, &parser, wait);
      if (!complete) break;
      const bool again = co_await AnswerRequest(self, &parser);
      if (!again) break;
      wait = self->state_.options.keep_alive_timeout;
    }
    self->stream_->Close();
  }

  /// Tells a client that is not wanted so, and waits until it has had a chance to read that.
  static Task<void> Refuse(Connection* self, HttpResponse response) {
    const Status written = co_await Write(self, std::move(response), false, false);
    if (!written.ok() || !self->stream_->ShutdownWrite().ok()) co_return;
    self->stream_->SetReadDeadline(After(kLingerTime));
    uint8_t ignored[kReadSize];
    for (size_t total = 0; total < kLingerBytes;) {
      const Result<size_t> count = co_await self->stream_->ReadSome(ignored);
      if (!count.ok() || *count == 0) co_return;
      total += *count;
    }
  }

 private:
  static Deadline After(milliseconds timeout) {
    return Deadline::After(SystemClock::Get(), timeout);
  }

  /// Reads until the parser has a request. False when the connection is over; what is to be said
  /// about that has been said. `first_wait`: for the first byte.
  static Task<bool> ReadRequest(Connection* self, RequestParser* parser, milliseconds first_wait) {
    bool begun = !self->pending_.empty();
    bool continued = false;
    self->stream_->SetReadDeadline(
        After(begun ? self->state_.options.request_timeout : first_wait));
    while (true) {
      const size_t used = parser->Feed(self->pending_);
      self->pending_.erase(self->pending_.begin(),
                           self->pending_.begin() + static_cast<ptrdiff_t>(used));
      if (parser->done()) co_return true;
      if (parser->error_status() != 0) {
        HttpResponse refusal = Refusal(parser->error_status(), parser->error());
        co_await Refuse(self, std::move(refusal));
        co_return false;
      }
      if (!continued && parser->ExpectsContinue()) {
        continued = true;
        const Status written = co_await WriteContinue(self);
        if (!written.ok()) co_return false;
      }
      const Result<size_t> count = co_await ReadMore(self);
      // A stream is dead after its deadline: nobody is told 408.
      if (!count.ok() || *count == 0) co_return false;
      if (!begun) {
        begun = true;
        self->stream_->SetReadDeadline(After(self->state_.options.request_timeout));
      }
    }
  }

  static Task<Result<size_t>> ReadMore(Connection* self) {
    const size_t before = self->pending_.size();
    self->pending_.resize(before + kReadSize);
    const MutableByteView room(self->pending_.data() + before, kReadSize);
    Result<size_t> count = co_await self->stream_->ReadSome(room);
    self->pending_.resize(before + (count.ok() ? *count : 0));
    co_return count;
  }

  static Task<Status> WriteContinue(Connection* self) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    self->stream_->SetWriteDeadline(After(self->state_.options.write_timeout));
    co_return co_await self->stream_->WriteAll(AsBytes(kContinue));
  }

  /// Answers what the parser has read. True when the connection goes on.
  static Task<bool> AnswerRequest(Connection* self, RequestParser* parser) {
    const bool keep_alive = parser->KeepAlive();
    const std::unique_ptr<HttpRequest> request = parser->Take();
    if (request == nullptr) {
      HttpResponse refusal = Refusal(parser->error_status(), parser->error());
      co_await Refuse(self, std::move(refusal));
      co_return false;
    }
    request->remote_address = self->stream_->PeerIp();
    HttpResponse response = co_await Answer(&self->state_, request.get());
    const Status written =
        co_await Write(self, std::move(response), keep_alive, request->method == "HEAD");
    if (written.ok() && !keep_alive) (void)self->stream_->ShutdownWrite();
    co_return written.ok() && keep_alive;
  }

  static Task<Status> Write(Connection* self, HttpResponse response, bool keep_alive,
                            bool head_only) {
    AddSafetyHeaders(response);
    const std::string head = ResponseHead(response, self->state_.options.server_name,
                                          SystemClock::Get().WallMillis(), keep_alive);
    self->stream_->SetWriteDeadline(After(self->state_.options.write_timeout));
    const ByteView parts[] = {AsBytes(head), AsBytes(response.body)};
    const std::span<const ByteView> all(parts, head_only || response.body.empty() ? 1 : 2);
    co_return co_await self->stream_->WriteAll(all);
  }

  const State& state_;
  const std::unique_ptr<Stream> stream_;
  std::vector<uint8_t> pending_;  // read and not consumed
};

Task<void> HttpServer::State::Serve(State* state, std::unique_ptr<Stream> stream) {
  Connection connection(state, std::move(stream));
  if (state->open.fetch_add(1) < state->options.max_connections) {
    co_await Connection::Run(&connection);
  } else {
    HttpResponse refusal = Refusal(503, "too many connections");
    refusal.headers.emplace_back("Retry-After", "1");
    co_await Connection::Refuse(&connection, std::move(refusal));
  }
  state->open.fetch_sub(1);
}

HttpServer::HttpServer(IoRuntime& runtime, HttpServerOptions options)
    : state_(std::make_shared<State>(runtime, std::move(options))) {}

HttpServer::~HttpServer() { CHECK(state_->listener == nullptr || state_->stopped); }

void HttpServer::Route(std::string method, std::string pattern, HttpHandler handler) {
  RouteEntry entry;
  entry.method = std::move(method);
  entry.pattern = std::move(pattern);
  entry.handler = std::move(handler);
  state_->Add(std::move(entry));
}

void HttpServer::RouteTask(std::string method, std::string pattern, HttpTaskHandler handler) {
  RouteEntry entry;
  entry.method = std::move(method);
  entry.pattern = std::move(pattern);
  entry.task_handler = std::move(handler);
  state_->Add(std::move(entry));
}

Status HttpServer::Start() {
  ListenerOptions options;
  options.max_connections = state_->options.max_connections + kRefusedPolitely;
  ASSIGN_OR_RETURN(state_->listener,
                   TcpListener::Bind(state_->runtime, state_->options.endpoint, options));
  State* state = state_.get();
  state_->listener->Serve(
      [state](std::unique_ptr<Stream> stream) { return State::Serve(state, std::move(stream)); });
  return Status();
}

void HttpServer::Stop() {
  if (state_->listener != nullptr) state_->listener->Stop();
  state_->stopped = true;
}

int HttpServer::port() const { return state_->listener == nullptr ? 0 : state_->listener->port(); }

std::string HttpServer::address() const {
  return state_->listener == nullptr ? std::string() : state_->listener->address();
}

size_t HttpServer::open_connections() const { return state_->open.load(); }

Task<void> HttpServer::ServeStream(std::unique_ptr<Stream> stream) {
  return State::Serve(state_.get(), std::move(stream));
}

}  // namespace tusk::http
