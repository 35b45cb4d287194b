#include "common/http/http_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tusk::http {
namespace {

constexpr size_t kHeaders = 1024;
constexpr size_t kBody = 4096;

// Feeds pieces of `step` bytes as a connection does: what was not taken stays in front.
void FeedAll(RequestParser& parser, std::string_view bytes, size_t step) {
  std::string pending;
  for (size_t at = 0; at < bytes.size() && !parser.done() && parser.error_status() == 0;) {
    const size_t count = std::min(step, bytes.size() - at);
    pending += bytes.substr(at, count);
    at += count;
    pending.erase(0, parser.Feed(AsBytes(pending)));
  }
}

int StatusAfter(std::string_view bytes, size_t step = SIZE_MAX) {
  RequestParser parser(kHeaders, kBody);
  FeedAll(parser, bytes, step);
  if (parser.error_status() != 0) return parser.error_status();
  if (!parser.done()) return 0;
  const auto request = parser.Take();
  return request == nullptr ? parser.error_status() : 200;
}

TEST(RequestParserTest, ARequestCutAtEveryByteIsTheSame) {
  const std::string bytes =
      "PUT /a%20b?op=CREATE&x=1+2 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello";
  for (size_t step = 1; step <= bytes.size(); ++step) {
    RequestParser parser(kHeaders, kBody);
    FeedAll(parser, bytes, step);
    ASSERT_TRUE(parser.done()) << step << " " << parser.error();
    EXPECT_TRUE(parser.KeepAlive());
    const auto request = parser.Take();
    ASSERT_NE(request, nullptr);
    EXPECT_EQ(request->method, "PUT");
    EXPECT_EQ(request->path, "/a b");
    EXPECT_EQ(request->Query("x"), "1 2");
    EXPECT_EQ(request->Header("x-y"), "z");
    EXPECT_EQ(request->body, "hello");
  }
}

TEST(RequestParserTest, ChunkedBodiesCutAtEveryByte) {
  const std::string bytes =
      "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;e=1\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
  for (size_t step = 1; step <= bytes.size(); ++step) {
    RequestParser parser(kHeaders, kBody);
    FeedAll(parser, bytes, step);
    ASSERT_TRUE(parser.done()) << step << " " << parser.error();
    EXPECT_EQ(parser.Take()->body, "hello world");
  }
}

TEST(RequestParserTest, WhatIsTooLargeIsRefused) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (const size_t step : {size_t{1}, size_t{100}, SIZE_MAX}) {
    EXPECT_EQ(StatusAfter("GET /" + std::string(5000, 'a'), step), 431);
    EXPECT_EQ(StatusAfter(start + "X: " + std::string(5000, 'a'), step), 431);
    EXPECT_EQ(StatusAfter(start + "Content-Length: 5000\r\n\r\n", step), 413);
    EXPECT_EQ(StatusAfter(start + "Transfer-Encoding: chunked\r\n\r\n1400\r\n", step), 413);
    EXPECT_EQ(
        StatusAfter(start + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(5000, 'a'), step),
        431);
  }
}

TEST(RequestParserTest, WhatIsMalformedIsRefused) {
  for (const char* bytes :
       {"GET\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "\x16\x03\x01\x02\x03\x04\x05\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: b\x01\r\n\r\n"}) {
    EXPECT_EQ(StatusAfter(bytes), 400) << bytes;
  }
}

TEST(RequestParserTest, OldClientsAndCloseEndTheConnection) {
  for (const auto& [bytes, keep] :
       {std::pair("GET / HTTP/1.0\r\n\r\n", false),
        std::pair("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true),
        std::pair("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false),
        std::pair("GET / HTTP/1.1\r\nHost: h\r\n\r\n", true)}) {
    RequestParser parser(kHeaders, kBody);
    FeedAll(parser, bytes, SIZE_MAX);
    ASSERT_TRUE(parser.done());
    EXPECT_EQ(parser.KeepAlive(), keep) << bytes;
  }
}

TEST(RequestParserTest, NothingBehindTheRequestIsTaken) {
  const std::string first = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
  RequestParser parser(kHeaders, kBody);
  EXPECT_EQ(parser.Feed(AsBytes(first + "GET /2 HTTP/1.1\r\n")), first.size());
  EXPECT_TRUE(parser.done());
}

TEST(RequestParserTest, AClientMayWaitForLeaveToSend) {
  RequestParser parser(kHeaders, kBody);
  FeedAll(parser, "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
          SIZE_MAX);
  EXPECT_TRUE(parser.ExpectsContinue());
  parser.Feed(AsBytes("x"));
  EXPECT_TRUE(parser.done());
  EXPECT_FALSE(parser.ExpectsContinue());
}

TEST(DecodeTargetTest, PathsAreDecodedOnceAndChecked) {
  HttpRequest request;
  EXPECT_EQ(DecodeTarget("/a%2520/%C3%A4?q=%26&flag&&r=", &request), "");
  EXPECT_EQ(request.path, "/a%20/\xc3\xa4");
  EXPECT_EQ(request.Query("q"), "&");
  EXPECT_TRUE(request.HasQuery("flag"));
  EXPECT_EQ(request.query.size(), 3u);

  HttpRequest absolute;
  EXPECT_EQ(DecodeTarget("http://host:1/x?y=1#z", &absolute), "");
  EXPECT_EQ(absolute.path, "/x");
  EXPECT_EQ(absolute.Query("y"), "1");

  for (const char* fine : {"/", "/..a/b", "/a..b", "/a/...", "//", "/a//b"}) {
    HttpRequest other;
    EXPECT_EQ(DecodeTarget(fine, &other), "") << fine;
  }
}

TEST(DecodeTargetTest, WaysOutOfTheTreeAreRefused) {
  for (const char* bad :
       {"", "*", "a", "/..", "/../etc/passwd", "/a/..", "/a/../b", "/./a", "/a/.", "/%2e%2e/x",
        "/%2e%2e%2fx", "/a%2f..%2fb", "/a/%2E", "/a%00b", "/%", "/%zz", "/?a=%", "/?%q=1"}) {
    HttpRequest request;
    EXPECT_NE(DecodeTarget(bad, &request), "") << bad;
  }
}

TEST(ResponseHeadTest, ValuesCannotAddHeaders) {
  HttpResponse response = HttpResponse::Redirect("http://x/\r\nSet-Cookie: a=b");
  const std::string head = ResponseHead(response, "tusk", 1767225600000, true);
  EXPECT_EQ(head.find("\r\nSet-Cookie"), std::string::npos);
  EXPECT_NE(head.find("Location: http://x/Set-Cookie: a=b\r\n"), std::string::npos);
  EXPECT_TRUE(head.starts_with("HTTP/1.1 307 Temporary Redirect\r\n"));
  EXPECT_NE(head.find("Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"), std::string::npos);
}

TEST(ResponseHeadTest, StatusesWithoutBodyHaveNoLength) {
  HttpResponse response;
  response.status = 204;
  const std::string head = ResponseHead(response, "tusk", 0, false);
  EXPECT_EQ(head.find("Content-"), std::string::npos);
  EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace tusk::http
