#include "common/http/http_codec.h"
#include "tests/fuzz/fuzz_target.h"

// Requests in two pieces; a path that is handed out is safe.
FUZZ_TARGET(HttpRequest) {
  http::RequestParser parser(4096, 4096);
  const size_t half = bytes.size() / 2;
  size_t taken = parser.Feed(bytes.first(half));
  CHECK(taken <= half);
  taken += parser.Feed(bytes.subspan(taken));
  CHECK(taken <= bytes.size());
  if (!parser.done()) return;
  const auto request = parser.Take();
  if (request == nullptr) return;
  CHECK(request->path.starts_with('/'));
  CHECK(request->path.find('\0') == std::string::npos);
  CHECK(request->path.find("/../") == std::string::npos);
  CHECK(!request->path.ends_with("/.."));
}
