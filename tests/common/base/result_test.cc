#include "common/base/result.h"

#include <memory>
#include <string>

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

Result<int> Half(int n) {
  if (n % 2 != 0) return Status::Error(StatusCode::kInvalidArgument, "odd: {}", n);
  return n / 2;
}

Result<int> Quarter(int n) {
  ASSIGN_OR_RETURN(int half, Half(n));
  ASSIGN_OR_RETURN(half, Half(half));
  return half;
}

Status CheckEven(int n) {
  RETURN_IF_ERROR(Half(n).status());
  return Status::Ok();
}

TEST(Result, DefaultIsAnError) {
  Result<int> result;
  EXPECT_THAT(result, StatusIs(StatusCode::kInternal));
}

TEST(Result, MacrosPropagate) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_THAT(Quarter(6), StatusIs(StatusCode::kInvalidArgument, "odd: 3"));
  EXPECT_OK(CheckEven(2));
  EXPECT_THAT(CheckEven(3), StatusIs(StatusCode::kInvalidArgument));
}

TEST(Result, HoldsMoveOnlyValues) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(4));
  std::unique_ptr<int> value = *std::move(result);
  EXPECT_EQ(*value, 4);
}

TEST(Result, ValueOrGivesTheOther) {
  EXPECT_EQ(Half(3).value_or(9), 9);
  EXPECT_EQ(Half(4).value_or(9), 2);
}

TEST(ResultDeathTest, ValueOfAnErrorStopsTheProgram) { EXPECT_DEATH((void)*Half(3), "odd: 3"); }

}  // namespace
}  // namespace tusk
