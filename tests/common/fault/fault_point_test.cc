#include "common/fault/fault_point.h"

#include <cstdlib>

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

/// Leaves nothing armed.
class FaultPointTest : public testing::Test {
 protected:
  void TearDown() override { FaultPoints::DisarmAll(); }
};

Status Step() { return FAULT_STATUS("test.step"); }

TEST_F(FaultPointTest, OffByDefault) {
  EXPECT_FALSE(FaultPoints::Armed());
  FAULT_POINT("test.step");
  EXPECT_OK(Step());
}

TEST_F(FaultPointTest, ErrorAtThePassThatWasAskedFor) {
  ASSERT_OK(FaultPoints::ArmFromText("test.step=error@3;other=delay:0ms"));
  EXPECT_TRUE(FaultPoints::Armed());
  EXPECT_OK(Step());
  EXPECT_OK(Step());
  EXPECT_THAT(Step(), StatusIs(StatusCode::kIoError, "test.step"));
  EXPECT_OK(Step());
  EXPECT_EQ(FaultPoints::Passes("test.step"), 4u);
  EXPECT_EQ(FaultPoints::Passes("other"), 0u);
}

TEST_F(FaultPointTest, ScopedFaultWithAnErrorOfItsOwn) {
  {
    ScopedFault fault("test.step", {.kind = FaultAction::Kind::kError,
                                    .error = Status(StatusCode::kNoSpace, "disk full")});
    EXPECT_THAT(Step(), StatusIs(StatusCode::kNoSpace, "disk full"));
    EXPECT_THAT(Step(), StatusIs(StatusCode::kNoSpace));
  }
  EXPECT_FALSE(FaultPoints::Armed());
  EXPECT_OK(Step());
}

TEST_F(FaultPointTest, CallbackMayAnswer) {
  int calls = 0;
  FaultPoints::Arm("test.step", {.kind = FaultAction::Kind::kCallback, .callback = [&calls] {
                                   ++calls;
                                   return Status(StatusCode::kUnavailable, "asked");
                                 }});
  EXPECT_THAT(Step(), StatusIs(StatusCode::kUnavailable));
  FAULT_POINT("test.step");
  EXPECT_EQ(calls, 2);
}

TEST_F(FaultPointTest, CrashEndsTheProcessWithItsOwnStatus) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(
      {
        static_cast<void>(FaultPoints::ArmFromText("test.step=crash"));
        FAULT_POINT("test.step");
      },
      testing::ExitedWithCode(kFaultExitCode), "crash at a fault point name=test.step");
}

TEST_F(FaultPointTest, BadTextArmsNothing) {
  for (const char* text : {"a=error;b", "=crash", "a=explode", "a=crash@0", "a=crash@x",
                           "a=delay:5", "a=delay:-1ms", "a=delay:99999999999ms"}) {
    EXPECT_THAT(FaultPoints::ArmFromText(text), StatusIs(StatusCode::kInvalidArgument)) << text;
    EXPECT_FALSE(FaultPoints::Armed()) << text;
  }
  EXPECT_OK(FaultPoints::ArmFromText(""));
}

TEST_F(FaultPointTest, ArmsFromTheEnvironment) {
  setenv("TUSK_FAULTS", "test.step=error", 1);
  EXPECT_OK(FaultPoints::ArmFromEnvironment());
  unsetenv("TUSK_FAULTS");
  EXPECT_FALSE(Step().ok());
}

}  // namespace
}  // namespace tusk
