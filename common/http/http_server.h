#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/http/http_message.h"
#include "common/net/endpoint.h"
#include "common/net/io_runtime.h"
#include "common/net/stream.h"

namespace tusk::http {

/// Limits and times of an HttpServer.
struct HttpServerOptions {
  Endpoint endpoint{"127.0.0.1", 0};
  size_t max_connections = 1000;
  size_t max_header_bytes = 32 * 1024;
  size_t max_body_bytes = 1024 * 1024;
  /// From the first byte of a request (or the accept) to its end; and for writing an answer.
  std::chrono::milliseconds request_timeout{15'000};
  std::chrono::milliseconds write_timeout{60'000};
  /// Between requests of one connection.
  std::chrono::milliseconds keep_alive_timeout{60'000};
  std::string server_name = "tusk";
};

using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;
using HttpTaskHandler = std::function<Task<HttpResponse>(const HttpRequest&)>;

/// A small HTTP/1.1 server for status pages, JSON and WebHDFS: keep-alive, GET and HEAD (a GET
/// route serves both), other methods by route, bounded headers, bodies and connections, deadlines.
/// Pages are read only: changes of state go through RPC, and WebHDFS's PUT, POST and DELETE.
///
/// Routes are added before Start. Handlers run on the connection's strand: they must not block.
class HttpServer {
 public:
  HttpServer(IoRuntime& runtime, HttpServerOptions options);
  /// Stop must have been called if Start succeeded (checked).
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// `pattern`: an exact path, or one that ends in "*" and matches everything below ("/logs/*").
  /// The longest match wins. A known path with another method is answered with 405.
  void Route(std::string method, std::string pattern, HttpHandler handler);
  void RouteTask(std::string method, std::string pattern, HttpTaskHandler handler);

  /// Binds and accepts.
  Status Start();
  /// Ends everything. Idempotent. Not from an I/O thread.
  void Stop();
  int port() const;
  std::string address() const;
  size_t open_connections() const;

  /// Serves one connection until it ends: for tests.
  Task<void> ServeStream(std::unique_ptr<Stream> stream);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tusk::http
