#pragma once

#include <cstdint>
#include <span>
#include <utility>

namespace tusk {

/// A seeded source of pseudo-random numbers (SplitMix64: Steele, Lea, Flood 2014). The sequence of
/// a seed is specified and golden-tested, so what is derived from it may be persisted or shared.
/// Not for secrets: use RandomSeed() or the operating system. Not thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  /// Uniform over all 64-bit values.
  uint64_t Next();
  /// Uniform over [0, bound); `bound` must not be 0.
  uint64_t Below(uint64_t bound);
  /// Uniform over [0, 1).
  double NextDouble();
  /// True with probability `p`.
  bool Chance(double p) { return NextDouble() < p; }

  /// Fisher-Yates from the back; ours, because std::shuffle differs between libraries.
  template <typename T>
  void Shuffle(std::span<T> items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  uint64_t state_;
};

/// 64 bits from the operating system: seeds, ids, client names.
uint64_t RandomSeed();

}  // namespace tusk
