#include "common/base/check.h"

#include <gtest/gtest.h>

namespace tusk {
namespace {

TEST(CheckDeathTest, PrintsTheConditionAndBothSides) {
  EXPECT_DEATH(CHECK(1 > 2), "CHECK\\(1 > 2\\) failed");
  int three = 3;
  EXPECT_DEATH(CHECK_EQ(three, 4), "three == 4.*3 against 4");
}

TEST(Check, PassesSilently) {
  CHECK(true);
  CHECK_LE(1, 1);
}

}  // namespace
}  // namespace tusk
