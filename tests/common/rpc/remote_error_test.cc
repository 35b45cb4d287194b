#include "common/rpc/remote_error.h"

#include <gtest/gtest.h>

namespace tusk::rpc {
namespace {

TEST(RemoteErrorTest, EveryCodeSurvivesTheWayThereAndBack) {
  const ErrorTable table = BasicErrorTable();
  for (int code = 1; code < 100; ++code) {
    if (StatusCodeName(static_cast<StatusCode>(code)) == "Unknown") continue;
    const Status sent(static_cast<StatusCode>(code), "text");
    const Status got = table.status_of(table.class_of(sent), "text");
    EXPECT_EQ(got.code(), sent.code()) << code;
    EXPECT_EQ(got.message(), "text");
  }
  EXPECT_EQ(table.status_of("java.lang.Strange", "x").code(), StatusCode::kUnknown);
}

}  // namespace
}  // namespace tusk::rpc
