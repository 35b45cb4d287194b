#pragma once

#include <cstdint>

namespace tusk::df {

/// How much memory the operators of a task may hold for rows together. Operators count what they
/// hold
/// (`Grow`, `Shrink`) and spill when `Exceeded` says so; a batch or two beyond it must be borne, so
/// the bound is soft. One thread.
class MemoryBudget {
 public:
  explicit MemoryBudget(int64_t bytes) : bytes_(bytes) {}

  void Grow(int64_t bytes) {
    used_ += bytes;
    if (used_ > peak_) peak_ = used_;
  }
  void Shrink(int64_t bytes) { used_ -= bytes; }
  /// True when more is held than allowed.
  bool Exceeded() const { return used_ > bytes_; }

  int64_t bytes() const { return bytes_; }
  int64_t used() const { return used_; }
  int64_t peak() const { return peak_; }

 private:
  const int64_t bytes_;
  int64_t used_ = 0;
  int64_t peak_ = 0;
};

}  // namespace tusk::df
