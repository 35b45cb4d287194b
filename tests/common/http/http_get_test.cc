#include "common/http/http_get.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/one_answer.h"
#include "tests/support/status_matchers.h"

namespace tusk::http {
namespace {

struct Got {
  Status status;
  std::string body;
};

Got Get(OneAnswer& server) {
  Got got;
  got.status = HttpGet({"127.0.0.1", static_cast<uint16_t>(server.port())}, "/page",
                       [&got](std::string_view text) {
                         got.body += text;
                         return Status::Ok();
                       });
  return got;
}

TEST(HttpGet, ReadsBodiesOfEveryLength) {
  const std::string large(100'000, 'x');
  for (const std::string& body : {std::string(), std::string("one\n"), large}) {
    OneAnswer counted("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\n\r\n" + body);
    EXPECT_EQ(Get(counted).body, body);
    OneAnswer until_the_end("HTTP/1.1 200 OK\r\n\r\n" + body);
    EXPECT_EQ(Get(until_the_end).body, body);
  }
}

TEST(HttpGet, ReadsChunks) {
  OneAnswer server(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n");
  const Got got = Get(server);
  EXPECT_OK(got.status);
  EXPECT_EQ(got.body, "abc0123456789");
}

TEST(HttpGet, WhatIsCutOffIsAnError) {
  OneAnswer counted("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_THAT(Get(counted).status, StatusIs(StatusCode::kUnavailable));
  OneAnswer chunked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
  EXPECT_THAT(Get(chunked).status, StatusIs(StatusCode::kUnavailable));
}

TEST(HttpGet, RefusalsHaveTheServersFirstLine) {
  OneAnswer refused("HTTP/1.1 503 Busy\r\n\r\nnot now\nmore");
  EXPECT_THAT(Get(refused).status, StatusIs(StatusCode::kIoError, "answers 503: not now"));
  OneAnswer missing("HTTP/1.1 404 Not Found\r\n\r\nno such page");
  EXPECT_THAT(Get(missing).status, StatusIs(StatusCode::kNotFound, "no such page"));
}

TEST(HttpGet, TheReceiverMayEndIt) {
  OneAnswer server("HTTP/1.1 200 OK\r\n\r\nabc");
  const auto refuse = [](std::string_view) { return Status(StatusCode::kTooLarge, "enough"); };
  EXPECT_THAT(HttpGet({"127.0.0.1", static_cast<uint16_t>(server.port())}, "/", refuse),
              StatusIs(StatusCode::kTooLarge, "enough"));
}

}  // namespace
}  // namespace tusk::http
