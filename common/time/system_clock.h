#pragma once

#include "common/time/clock.h"

namespace tusk {

/// The operating system's clocks (CLOCK_REALTIME and CLOCK_MONOTONIC). Stateless.
class SystemClock final : public Clock {
 public:
  WallTime WallNow() const override;
  SteadyTime SteadyNow() const override;

  /// The one instance; lives until the process ends.
  static const SystemClock& Get();
};

}  // namespace tusk
