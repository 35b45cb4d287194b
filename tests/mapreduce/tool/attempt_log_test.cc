#include "mapreduce/tool/attempt_log.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/one_answer.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

TEST(AttemptLog, IsTheBodyOfThePage) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nline 1\n\n");
  const Result<std::string> log = FetchAttemptLog(server.Url("/attempts/a_0"));
  ASSERT_OK(log);
  EXPECT_EQ(*log, "line 1\n\n");
  EXPECT_TRUE(server.Question().starts_with("GET /attempts/a_0 HTTP/1.1\r\n"));
}

TEST(AttemptLog, ErrorsHaveTheTrackersWords) {
  OneAnswer missing("HTTP/1.1 404 Not Found\r\n\r\nno log of it\nmore");
  EXPECT_THAT(FetchAttemptLog(missing.Url("/attempts/a_0")),
              StatusIs(StatusCode::kNotFound, "no log of it"));
  OneAnswer broken("HTTP/1.1 500 Oh\r\n\r\nwhy");
  EXPECT_THAT(FetchAttemptLog(broken.Url("/attempts/a_0")), StatusIs(StatusCode::kIoError, "why"));
  OneAnswer other("SSH-2.0\r\n");
  EXPECT_THAT(FetchAttemptLog(other.Url("/attempts/a_0")), StatusIs(StatusCode::kUnavailable));
  OneAnswer silent("");
  EXPECT_THAT(FetchAttemptLog(silent.Url("/attempts/a_0")), StatusIs(StatusCode::kUnavailable));
}

TEST(AttemptLog, RefusesWhatIsNoPage) {
  EXPECT_THAT(FetchAttemptLog(""), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FetchAttemptLog("http://host"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FetchAttemptLog("ftp://host/a"), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tusk::mapreduce
