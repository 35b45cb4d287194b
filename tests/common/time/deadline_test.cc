#include "common/time/deadline.h"

#include "tests/support/manual_clock.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(Deadline, RemainingShrinksAndNeverIsNegative) {
  ManualClock clock;
  const Deadline deadline = Deadline::After(clock, seconds(10));
  EXPECT_EQ(deadline.Remaining(clock), seconds(10));
  clock.Advance(seconds(4));
  EXPECT_EQ(deadline.Remaining(clock), seconds(6));
  EXPECT_FALSE(deadline.Expired(clock));
  clock.Advance(seconds(6));
  EXPECT_TRUE(deadline.Expired(clock));
  clock.Advance(seconds(60));
  EXPECT_EQ(deadline.Remaining(clock), seconds(0));
}

TEST(Deadline, WallTimeJumpsDoNotMatter) {
  ManualClock clock;
  const int64_t before = clock.WallMillis();
  const Deadline deadline = Deadline::After(clock, seconds(10));
  clock.JumpWall(std::chrono::hours(-5));
  EXPECT_EQ(clock.WallMillis(), before - 5 * 3600 * 1000);
  EXPECT_EQ(deadline.Remaining(clock), seconds(10));
}

TEST(Deadline, NeverAndTooFarAreTheSame) {
  ManualClock clock;
  EXPECT_TRUE(Deadline::After(clock, nanoseconds::max()).is_never());
  EXPECT_EQ(Deadline::Never().Remaining(clock), nanoseconds::max());
  EXPECT_FALSE(Deadline::Never().Expired(clock));
  EXPECT_TRUE(Deadline::After(clock, seconds(-1)).Expired(clock));
}

TEST(Deadline, EarlierOfTwo) {
  ManualClock clock;
  const Deadline soon = Deadline::After(clock, seconds(1));
  EXPECT_EQ(Deadline::Earlier(soon, Deadline::Never()), soon);
  EXPECT_EQ(Deadline::Earlier(Deadline::Never(), soon), soon);
}

}  // namespace
}  // namespace tusk
