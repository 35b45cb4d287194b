#include "common/time/system_clock.h"

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(SystemClock, SteadyTimeNeverGoesBackAndWallTimeIsOfThisCentury) {
  const SystemClock& clock = SystemClock::Get();
  auto last = clock.SteadyNow();
  for (int i = 0; i < 1000; ++i) {
    const auto now = clock.SteadyNow();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_GT(clock.WallMillis(), 1'600'000'000'000);
  EXPECT_LT(clock.WallMillis(), 4'100'000'000'000);
}

}  // namespace
}  // namespace tusk
