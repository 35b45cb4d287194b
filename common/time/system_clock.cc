#include "common/time/system_clock.h"

namespace tusk {

Clock::WallTime SystemClock::WallNow() const { return std::chrono::system_clock::now(); }

Clock::SteadyTime SystemClock::SteadyNow() const { return std::chrono::steady_clock::now(); }

const SystemClock& SystemClock::Get() {
  static const SystemClock clock;
  return clock;
}

}  // namespace tusk
