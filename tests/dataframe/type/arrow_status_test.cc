#include "dataframe/type/arrow_status.h"

#include <gtest/gtest.h>

#include <arrow/util/io_util.h>

#include "dataframe/type/arrow_runtime.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

TEST(ArrowStatus, EachOfOurCodesComesBackWithItsMessage) {
  for (int number = 1; number < 90; ++number) {
    const auto code = static_cast<StatusCode>(number);
    if (StatusCodeName(code) == "Unknown" && code != StatusCode::kUnknown) continue;
    const Status status = Status(code, "cannot read /a").WithRemoteClass("org.Example");
    const arrow::Status arrow_status = ToArrow(status);
    EXPECT_FALSE(arrow_status.ok());
    const Status back = FromArrow(arrow_status);
    EXPECT_EQ(back, status);
    EXPECT_EQ(back.remote_class(), "org.Example");
  }
  EXPECT_OK(FromArrow(ToArrow(Status::Ok())));
}

TEST(ArrowStatus, ContextThatArrowAddsIsKept) {
  const arrow::Status inner = ToArrow(Status(StatusCode::kNoSpace, "no room"));
  const Status back = FromArrow(inner.WithMessage("while writing: ", inner.message()));
  EXPECT_EQ(back, Status(StatusCode::kNoSpace, "while writing: no room"));
}

TEST(ArrowStatus, ArrowsOwnCodesHaveTheNearestOfOurs) {
  EXPECT_THAT(FromArrow(arrow::Status::Invalid("x")), StatusIs(StatusCode::kInvalidArgument, "x"));
  EXPECT_THAT(FromArrow(arrow::Status::NotImplemented("x")), StatusIs(StatusCode::kUnsupported));
  EXPECT_THAT(FromArrow(arrow::Status::OutOfMemory("x")), StatusIs(StatusCode::kResourceExhausted));
  EXPECT_THAT(FromArrow(arrow::Status::Cancelled("x")), StatusIs(StatusCode::kCancelled));
  EXPECT_THAT(FromArrow(arrow::internal::IOErrorFromErrno(ENOENT, "open /x")),
              StatusIs(StatusCode::kNotFound, "open /x"));
}

TEST(ArrowStatus, ValuesPassThrough) {
  EXPECT_EQ(FromArrow(arrow::Result<int>(3)).value(), 3);
  EXPECT_EQ(*ToArrow(Result<int>(3)), 3);
  EXPECT_THAT(FromArrow(arrow::Result<int>(arrow::Status::Invalid("no"))),
              StatusIs(StatusCode::kInvalidArgument, "no"));
  EXPECT_TRUE(
      ToArrow(Result<int>(Status(StatusCode::kTooLarge, "big"))).status().IsCapacityError());
}

TEST(ArrowRuntime, StartsAsOftenAsItIsAsked) {
  InitializeArrow();
  InitializeArrow();
}

}  // namespace
}  // namespace tusk::df
