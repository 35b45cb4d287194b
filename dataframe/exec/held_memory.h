#pragma once

#include <cstdint>

#include "dataframe/exec/memory_budget.h"

namespace tusk::df {

/// What one operator holds of a task's budget; gives it back when it goes. One thread.
class HeldMemory {
 public:
  /// An operator that holds less than this part of the budget is not asked to spill: the memory is
  /// elsewhere, and its files would be too small to help.
  static constexpr int64_t kSmallestShare = 16;
  /// Above it columns of text come near the 2 GiB that 32-bit offsets reach: spilling is due
  /// whatever the budget.
  static constexpr int64_t kMostBytes = int64_t{3} << 29;

  explicit HeldMemory(MemoryBudget& budget) : budget_(budget) {}
  ~HeldMemory() { Set(0); }
  HeldMemory(const HeldMemory&) = delete;
  HeldMemory& operator=(const HeldMemory&) = delete;

  void Set(int64_t bytes) {
    budget_.Grow(bytes - bytes_);
    bytes_ = bytes;
  }
  void Add(int64_t bytes) { Set(bytes_ + bytes); }
  int64_t bytes() const { return bytes_; }

  /// True when this operator is to spill what it holds.
  bool ShouldSpill() const {
    return bytes_ > kMostBytes ||
           (budget_.Exceeded() && bytes_ >= budget_.bytes() / kSmallestShare);
  }

 private:
  MemoryBudget& budget_;
  int64_t bytes_ = 0;
};

}  // namespace tusk::df
