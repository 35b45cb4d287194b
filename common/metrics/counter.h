#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace tusk {

/// A count that only grows. Add() is a relaxed atomic addition on one of eight cache lines, chosen
/// per thread, so that hot paths of many threads do not fight over one. Thread-safe.
class Counter {
 public:
  Counter() = default;
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;

  void Add(uint64_t amount = 1) {
    shards_[ThreadShard()].value.fetch_add(amount, std::memory_order_relaxed);
  }
  /// The sum; additions that run at the same time may or may not be in it.
  uint64_t value() const {
    uint64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr size_t kShards = 8;
  struct alignas(64) Shard {
    std::atomic<uint64_t> value{0};
  };

  static size_t ThreadShard() {
    static std::atomic<size_t> next{0};
    thread_local const size_t shard = next.fetch_add(1, std::memory_order_relaxed) % kShards;
    return shard;
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace tusk
