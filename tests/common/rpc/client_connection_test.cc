#include "common/rpc/client_connection.h"

#include <gtest/gtest.h>

#include "common/time/system_clock.h"
#include "tests/common/rpc/test_service.h"

namespace tusk::rpc {
namespace {

TEST(ClientCallTest, EndsExactlyOnce) {
  EchoResponse response;
  ClientCall call(1, "frame", &response);
  EXPECT_EQ(call.TakeFrame(), "frame");
  call.MarkSent();
  call.Lose(Status(StatusCode::kNotResponding, "gone"));
  call.Fail(Status(StatusCode::kNotFound, "late"));
  std::string body("\x03\x0a\x01x", 4);
  call.Complete(AsBytes(body));
  EXPECT_EQ(call.WaitBlocking(Deadline::Never()).code(), StatusCode::kMaybeDone);
  EXPECT_FALSE(response.has_rpckind());
}

TEST(ClientCallTest, AnAnswerAfterTheDeadlineIsDropped) {
  EchoResponse response;
  ClientCall call(1, "frame", &response);
  EXPECT_EQ(call.WaitBlocking(Deadline::At({})).code(), StatusCode::kDeadlineExceeded);
  std::string body("\x03\x0a\x01x", 4);
  call.Complete(AsBytes(body));
  EXPECT_FALSE(response.has_rpckind());
}

}  // namespace
}  // namespace tusk::rpc
