#pragma once

#include <chrono>

#include "common/base/random.h"

namespace tusk {

/// How long to wait before each retry.
struct BackoffOptions {
  std::chrono::nanoseconds initial = std::chrono::milliseconds(50);
  std::chrono::nanoseconds cap = std::chrono::seconds(10);
  double factor = 2.0;
};

/// Capped exponential waits with jitter: the n-th wait is uniform over [half, whole] of
/// min(cap, initial * factor^n). Jitter spreads the retries of many nodes that failed together.
/// It only computes; the caller waits. Not thread-safe.
class Backoff {
 public:
  /// The sequence of waits is determined by `options` and `seed`.
  Backoff(const BackoffOptions& options, uint64_t seed);

  /// The next wait.
  std::chrono::nanoseconds Next();
  /// After a success: the next wait is the first again.
  void Reset();
  /// Waits handed out since the start or the last Reset().
  int attempts() const { return attempts_; }

 private:
  const BackoffOptions options_;
  Random random_;
  std::chrono::nanoseconds ceiling_;
  int attempts_ = 0;
};

}  // namespace tusk
