#include "tests/support/manual_clock.h"

namespace tusk {

Clock::WallTime ManualClock::WallNow() const {
  return WallTime(std::chrono::nanoseconds(wall_nanos_.load()));
}

Clock::SteadyTime ManualClock::SteadyNow() const {
  return SteadyTime(std::chrono::nanoseconds(steady_nanos_.load()));
}

void ManualClock::Advance(std::chrono::nanoseconds by) {
  steady_nanos_ += by.count();
  wall_nanos_ += by.count();
}

void ManualClock::JumpWall(std::chrono::nanoseconds by) { wall_nanos_ += by.count(); }

}  // namespace tusk
