#include "common/metrics/histogram.h"

#include <bit>
#include <cmath>

namespace tusk {

size_t Histogram::BucketOf(uint64_t value) {
  if (value < 8) return static_cast<size_t>(value);
  // The exponent counts from 3; the three bits behind the leading one choose the bucket.
  const int exponent = std::bit_width(value) - 1;
  const auto mantissa = static_cast<size_t>((value >> (exponent - 3)) & 7);
  return 8 * static_cast<size_t>(exponent - 2) + mantissa;
}

uint64_t Histogram::BucketLimit(size_t bucket) {
  if (bucket < 8) return bucket;
  const int exponent = static_cast<int>(bucket / 8) + 2;
  const uint64_t mantissa = bucket % 8 + 8;
  const uint64_t next = (mantissa + 1) << (exponent - 3);
  // For the very last bucket the shift wraps to 0, and the limit is the largest number.
  return next - 1;
}

Histogram::Snapshot Histogram::Take() const {
  Snapshot snapshot;
  snapshot.buckets.resize(kBuckets);
  for (size_t i = 0; i < kBuckets; ++i) {
    snapshot.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
    snapshot.count += snapshot.buckets[i];
  }
  snapshot.sum = sum_.load(std::memory_order_relaxed);
  return snapshot;
}

uint64_t Histogram::Snapshot::Quantile(double q) const {
  if (count == 0) return 0;
  const double wanted = std::ceil(q * static_cast<double>(count));
  uint64_t seen = 0;
  for (size_t i = 0; i < buckets.size(); ++i) {
    seen += buckets[i];
    if (buckets[i] > 0 && static_cast<double>(seen) >= wanted) return BucketLimit(i);
  }
  return BucketLimit(buckets.size() - 1);
}

double Histogram::Snapshot::Mean() const {
  return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
}

}  // namespace tusk
