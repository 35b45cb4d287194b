#pragma once

#include <atomic>
#include <chrono>

#include "common/time/clock.h"

namespace tusk {

/// A clock that moves only when told. Steady time starts at one hour, wall time at
/// 2026-01-01 00:00:00 UTC. Thread-safe.
class ManualClock final : public Clock {
 public:
  ManualClock() = default;

  WallTime WallNow() const override;
  SteadyTime SteadyNow() const override;

  /// Moves both kinds of time forward.
  void Advance(std::chrono::nanoseconds by);
  /// Moves wall time only, forward or back, as an administrator or NTP does.
  void JumpWall(std::chrono::nanoseconds by);

 private:
  std::atomic<int64_t> steady_nanos_{3'600'000'000'000};
  std::atomic<int64_t> wall_nanos_{1'767'225'600'000'000'000};
};

}  // namespace tusk
