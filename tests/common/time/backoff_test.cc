#include "common/time/backoff.h"

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, EachWaitIsBetweenHalfAndWholeOfAGrowingCeiling) {
  Backoff backoff({.initial = milliseconds(10), .cap = milliseconds(70), .factor = 2.0}, 1);
  for (const int ceiling : {10, 20, 40, 70, 70, 70}) {
    const auto wait = backoff.Next();
    EXPECT_GE(wait, milliseconds(ceiling) / 2);
    EXPECT_LE(wait, milliseconds(ceiling));
  }
  EXPECT_EQ(backoff.attempts(), 6);
}

TEST(Backoff, ResetStartsAgain) {
  Backoff backoff({.initial = milliseconds(10), .cap = milliseconds(1000)}, 2);
  for (int i = 0; i < 5; ++i) backoff.Next();
  backoff.Reset();
  EXPECT_EQ(backoff.attempts(), 0);
  EXPECT_LE(backoff.Next(), milliseconds(10));
}

TEST(Backoff, SameSeedSameWaitsAndOtherSeedOthers) {
  Backoff a({}, 7), b({}, 7), c({}, 8);
  bool differs = false;
  for (int i = 0; i < 10; ++i) {
    const auto wait = a.Next();
    EXPECT_EQ(wait, b.Next());
    differs = differs || wait != c.Next();
  }
  EXPECT_TRUE(differs);
}

TEST(Backoff, HugeFactorsDoNotOverflow) {
  Backoff backoff(
      {.initial = std::chrono::hours(1), .cap = std::chrono::hours(24), .factor = 1e300}, 3);
  for (int i = 0; i < 5; ++i) EXPECT_LE(backoff.Next(), std::chrono::hours(24));
}

}  // namespace
}  // namespace tusk
