#pragma once

#include <chrono>
#include <cstdint>

namespace tusk {

/// The only source of time. Code takes a `Clock&` so that tests move time by hand
/// (tests/support/manual_clock.h). Two kinds of time, kept apart by type:
///
///  - wall time names instants to people and other machines, and may jump either way;
///  - steady time measures durations and deadlines in this process, and never goes back.
///
/// Thread-safe.
class Clock {
 public:
  using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;
  using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

  virtual ~Clock() = default;

  /// The time of day.
  virtual WallTime WallNow() const = 0;
  /// Time since an arbitrary start that is the same for all callers in this process.
  virtual SteadyTime SteadyNow() const = 0;

  /// Milliseconds of wall time since 1970-01-01 UTC: the form of Hadoop's wire and disk formats.
  int64_t WallMillis() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(WallNow().time_since_epoch())
        .count();
  }
};

}  // namespace tusk
