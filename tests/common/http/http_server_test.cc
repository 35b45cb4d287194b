#include "common/http/http_server.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "common/net/sleep.h"
#include "common/net/tcp.h"
#include "common/time/deadline.h"
#include "tests/common/http/http_conversation.h"
#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"

namespace tusk::http {
namespace {

using std::chrono::milliseconds;

Task<HttpResponse> Later(std::string rest) {
  co_await Yield();
  co_return HttpResponse::Text(200, "later " + rest);
}

HttpServerOptions TestOptions() {
  HttpServerOptions options;
  options.max_header_bytes = 1024;
  options.max_body_bytes = 64;
  return options;
}

class HttpServerTest : public testing::Test {
 protected:
  explicit HttpServerTest(HttpServerOptions options = TestOptions())
      : server_(runner_.runtime(), std::move(options)) {
    server_.Route("GET", "/", [](const HttpRequest&) { return HttpResponse::Text(200, "root"); });
    server_.Route("GET", "/echo", [](const HttpRequest& request) {
      return HttpResponse::Text(200, std::string(request.Query("q")) + request.remote_address);
    });
    server_.Route("GET", "/tree/*", [](const HttpRequest& request) {
      return HttpResponse::Text(200, "tree " + request.rest);
    });
    server_.Route("GET", "/tree/leaf", [](const HttpRequest& request) {
      return HttpResponse::Text(200, "leaf" + request.rest);
    });
    server_.RouteTask("GET", "/tree/later/*",
                      [](const HttpRequest& request) { return Later(request.rest); });
    server_.Route("PUT", "/tree/*", [](const HttpRequest& request) {
      return HttpResponse::Text(201, "put " + request.body);
    });
    server_.Route("GET", "/throws",
                  [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("secret"); });
  }

  RawAnswer Ask(std::string_view method, std::string_view target) {
    const auto answers =
        SplitAnswers(Converse(runner_, server_, PlainRequest(method, target)), method == "HEAD");
    EXPECT_EQ(answers.size(), 1u);
    return answers.empty() ? RawAnswer{} : answers.front();
  }

  TaskRunner runner_;
  HttpServer server_;
};

TEST_F(HttpServerTest, TheLongestPatternWins) {
  EXPECT_EQ(Ask("GET", "/").body, "root");
  EXPECT_EQ(Ask("GET", "/tree/").body, "tree ");
  EXPECT_EQ(Ask("GET", "/tree/a/b").body, "tree a/b");
  EXPECT_EQ(Ask("GET", "/tree/leaf").body, "leaf");
  EXPECT_EQ(Ask("GET", "/tree/later/x").body, "later x");
  EXPECT_EQ(Ask("GET", "/echo?q=%3Ca%3E+").body, "<a> 127.0.0.1");
}

TEST_F(HttpServerTest, UnknownPathsAndMethodsAreTold) {
  EXPECT_EQ(Ask("GET", "/none").status, 404);
  EXPECT_EQ(Ask("GET", "/tree").status, 404);
  const RawAnswer answer = Ask("POST", "/tree/x");
  EXPECT_EQ(answer.status, 405);
  EXPECT_NE(answer.head.find("Allow: GET, HEAD, PUT\r\n"), std::string::npos) << answer.head;
  EXPECT_EQ(Ask("DELETE", "/").status, 405);
  EXPECT_EQ(Ask("BREW", "/").status, 405);
}

TEST_F(HttpServerTest, HeadHasTheHeadersOfGetWithoutBody) {
  const RawAnswer answer = Ask("HEAD", "/tree/leaf");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.head.find("Content-Length: 4\r\n"), std::string::npos);
  EXPECT_EQ(Ask("HEAD", "/none").status, 404);
}

TEST_F(HttpServerTest, PipelinedRequestsInPiecesOfAnySize) {
  std::string bytes = PlainRequest("GET", "/echo?q=1");
  bytes += "PUT /tree/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
  bytes +=
      "PUT /tree/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
  bytes += PlainRequest("GET", "/tree/later/y");
  bytes += PlainRequest("GET", "/tree/leaf", "Connection: close\r\n");
  bytes += PlainRequest("GET", "/never/read");
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{7}, size_t{64}, SIZE_MAX}) {
    const auto answers = SplitAnswers(Converse(runner_, server_, bytes, piece));
    ASSERT_EQ(answers.size(), 5u) << piece;
    EXPECT_EQ(answers[1].body, "put hello");
    EXPECT_EQ(answers[1].status, 201);
    EXPECT_EQ(answers[2].body, "put ab");
    EXPECT_EQ(answers[3].body, "later y");
    EXPECT_NE(answers[3].head.find("Connection: keep-alive\r\n"), std::string::npos);
    EXPECT_NE(answers[4].head.find("Connection: close\r\n"), std::string::npos);
  }
}

TEST_F(HttpServerTest, EveryPrefixOfARequestIsSurvived) {
  const std::string bytes = "PUT /tree/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(Converse(runner_, server_, bytes.substr(0, size)), "") << size;
  }
}

TEST_F(HttpServerTest, RefusalsCloseTheConnection) {
  const std::string after = PlainRequest("GET", "/");
  for (const auto& [bytes, status] :
       {std::pair(PlainRequest("GET", "/" + std::string(2000, 'a')), 431),
        std::pair(PlainRequest("GET", "/", "X: " + std::string(2000, 'a') + "\r\n"), 431),
        std::pair(std::string("PUT /tree/x HTTP/1.1\r\nHost: h\r\nContent-Length: 65\r\n\r\n") +
                      std::string(65, 'a'),
                  413),
        std::pair(PlainRequest("GET", "/tree/../x"), 400),
        std::pair(PlainRequest("GET", "/tree/%2e%2e/x"), 400),
        std::pair(PlainRequest("GET", "/tree/%00"), 400),
        std::pair(PlainRequest("GET", "/tree/%zz"), 400),
        std::pair(std::string("rubbish\r\n\r\n"), 400)}) {
    const auto answers = SplitAnswers(Converse(runner_, server_, bytes + after));
    ASSERT_EQ(answers.size(), 1u) << bytes;
    EXPECT_EQ(answers[0].status, status) << bytes;
    EXPECT_NE(answers[0].head.find("Connection: close\r\n"), std::string::npos);
  }
}

TEST_F(HttpServerTest, APageThatThrowsCostsOneAnswer) {
  const auto answers = SplitAnswers(
      Converse(runner_, server_, PlainRequest("GET", "/throws") + PlainRequest("GET", "/")));
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].status, 500);
  EXPECT_EQ(answers[0].body.find("secret"), std::string::npos);
  EXPECT_EQ(answers[1].body, "root");
}

TEST_F(HttpServerTest, AClientThatAsksForLeaveGetsIt) {
  const std::string answer =
      Converse(runner_, server_,
               "PUT /tree/x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: "
               "2\r\n\r\nok",
               1);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")) << answer;
}

TEST_F(HttpServerTest, AnswersCarryHeadersAgainstMisuse) {
  const RawAnswer answer = Ask("GET", "/");
  for (const char* header : {"X-Content-Type-Options: nosniff\r\n", "Cache-Control: no-store\r\n",
                             "Server: tusk\r\n", "Content-Type: text/plain"}) {
    EXPECT_NE(answer.head.find(header), std::string::npos) << header;
  }
}

HttpServerOptions HastyOptions() {
  HttpServerOptions options;
  options.request_timeout = milliseconds(50);
  options.keep_alive_timeout = milliseconds(100);
  options.max_connections = 1;
  return options;
}

class HastyHttpServerTest : public HttpServerTest {
 protected:
  HastyHttpServerTest() : HttpServerTest(HastyOptions()) {}
};

TEST_F(HastyHttpServerTest, ClientsThatDoNotGoOnAreLeft) {
  // The client never ends its side: only the deadlines end these.
  EXPECT_EQ(Converse(runner_, server_, "", SIZE_MAX, false), "");
  EXPECT_EQ(Converse(runner_, server_, "GET / HT", SIZE_MAX, false), "");
  const auto answers =
      SplitAnswers(Converse(runner_, server_, PlainRequest("GET", "/"), SIZE_MAX, false));
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].body, "root");
}

TEST_F(HastyHttpServerTest, ConnectionsBeyondTheLimitAreToldSo) {
  ASSERT_OK(server_.Start());
  const Endpoint endpoint{"127.0.0.1", static_cast<uint16_t>(server_.port())};
  const Executor strand = runner_.runtime().NewStrand();
  const Deadline never = Deadline::Never();
  ASSERT_OK_AND_ASSIGN(const auto first, RunBlocking(strand, ConnectTcp(strand, endpoint, never)));
  ASSERT_TRUE(Eventually([this] { return server_.open_connections() == 1; }));
  ASSERT_OK_AND_ASSIGN(const std::string answer,
                       RunBlocking(strand, AskOverTcp(strand, endpoint, "")));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  // The first one says nothing and is dropped: its place is free again.
  ASSERT_TRUE(Eventually([this] { return server_.open_connections() == 0; }));
  ASSERT_OK_AND_ASSIGN(const std::string served,
                       RunBlocking(strand, AskOverTcp(strand, endpoint, "GET / HTTP/1.0\r\n\r\n")));
  EXPECT_TRUE(served.starts_with("HTTP/1.1 200 ")) << served;
  server_.Stop();
}

TEST_F(HttpServerTest, StopEndsWaitingConnections) {
  ASSERT_OK(server_.Start());
  EXPECT_GT(server_.port(), 0);
  const Endpoint endpoint{"127.0.0.1", static_cast<uint16_t>(server_.port())};
  const Executor strand = runner_.runtime().NewStrand();
  const Deadline never = Deadline::Never();
  ASSERT_OK_AND_ASSIGN(const auto idle, RunBlocking(strand, ConnectTcp(strand, endpoint, never)));
  ASSERT_TRUE(Eventually([this] { return server_.open_connections() == 1; }));
  server_.Stop();
  EXPECT_EQ(server_.open_connections(), 0u);
  server_.Stop();
}

}  // namespace
}  // namespace tusk::http
