#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tusk {

/// A distribution of non-negative integers (durations in nanoseconds, sizes in bytes) in
/// logarithmic buckets: exact below 8, above with eight buckets for each power of two, so that a
/// quantile is at most 12.5 % too high. 4 KB. Thread-safe; Record() is two relaxed additions.
class Histogram {
 public:
  /// Three bits of mantissa for each of the exponents of a 64-bit number.
  static constexpr size_t kBuckets = 8 * 62;

  Histogram() = default;
  Histogram(const Histogram&) = delete;
  Histogram& operator=(const Histogram&) = delete;

  void Record(uint64_t value) {
    buckets_[BucketOf(value)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  /// In nanoseconds; a negative duration counts as 0.
  void Record(std::chrono::nanoseconds duration) {
    Record(duration.count() < 0 ? 0 : static_cast<uint64_t>(duration.count()));
  }

  /// A copy at one moment.
  struct Snapshot {
    uint64_t count = 0;
    uint64_t sum = 0;
    /// Values per bucket; see BucketLimit.
    std::vector<uint64_t> buckets;

    /// An upper bound, at most 12.5 % too high, of the value that the fraction `q` of all values
    /// does not exceed; 0 when there are none.
    uint64_t Quantile(double q) const;
    double Mean() const;
  };
  /// A copy; records that run at the same time may be in it in part.
  Snapshot Take() const;

  static size_t BucketOf(uint64_t value);
  /// The largest value in the bucket.
  static uint64_t BucketLimit(size_t bucket);

 private:
  std::array<std::atomic<uint64_t>, kBuckets> buckets_{};
  std::atomic<uint64_t> sum_{0};
};

}  // namespace tusk
