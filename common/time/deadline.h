#pragma once

#include <algorithm>
#include <chrono>

#include "common/time/clock.h"

namespace tusk {

/// The instant of steady time until which a call may last. It is absolute, so handing it on through
/// any number of steps never adds waiting time. A value; valid in this process only: over the wire
/// travels the time that remains.
class Deadline {
 public:
  /// `timeout` from now; a timeout too large to represent means never, a negative one has passed.
  static Deadline After(const Clock& clock, std::chrono::nanoseconds timeout) {
    const auto now = clock.SteadyNow();
    return Deadline(timeout < Clock::SteadyTime::max() - now ? now + timeout
                                                             : Clock::SteadyTime::max());
  }
  static Deadline At(Clock::SteadyTime time) { return Deadline(time); }
  /// Does not end. For tests and for work that a stop request ends; a wait for a peer needs a
  /// bound.
  static Deadline Never() { return Deadline(Clock::SteadyTime::max()); }

  Clock::SteadyTime time() const { return time_; }
  bool is_never() const { return time_ == Clock::SteadyTime::max(); }
  bool Expired(const Clock& clock) const { return clock.SteadyNow() >= time_; }
  /// What is left, never negative; nanoseconds::max() for Never().
  std::chrono::nanoseconds Remaining(const Clock& clock) const {
    return is_never() ? std::chrono::nanoseconds::max()
                      : std::max(std::chrono::nanoseconds(0), time_ - clock.SteadyNow());
  }
  /// The earlier of the two.
  static Deadline Earlier(Deadline a, Deadline b) { return a.time_ < b.time_ ? a : b; }

  friend bool operator==(const Deadline&, const Deadline&) = default;

 private:
  explicit Deadline(Clock::SteadyTime time) : time_(time) {}

  Clock::SteadyTime time_;
};

}  // namespace tusk
