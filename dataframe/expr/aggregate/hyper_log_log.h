#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk::df {

/// Estimates how many different hashes were added, in at most 4 KiB (HyperLogLog, Flajolet et al.
/// 2007, with the estimator of Ertl 2017): the standard error is 1.6 %. Sets of a few hundred are
/// kept as lists of registers, so that many small groups need little memory.
class HyperLogLog {
 public:
  /// A hash whose 64 bits are all well mixed.
  void Add(uint64_t hash);
  void Merge(const HyperLogLog& other);
  double Estimate() const;

  /// The registers as bytes, the same on every machine.
  std::string Serialize() const;
  /// kCorruption for bytes that are no sketch.
  static Result<HyperLogLog> Parse(std::string_view bytes);

  /// Memory beyond the object itself.
  int64_t bytes() const {
    return static_cast<int64_t>(sparse_.capacity() * sizeof(uint32_t) + dense_.capacity());
  }

 private:
  static constexpr int kIndexBits = 12;
  static constexpr size_t kRegisters = size_t{1} << kIndexBits;
  static constexpr int kMaxRank = 64 - kIndexBits + 1;
  static constexpr size_t kMaxSparse = 256;

  void SetRegister(uint32_t index, uint8_t rank);
  void MakeDense();

  std::vector<uint32_t> sparse_;  // index << 8 | rank, sorted; until dense_ has registers
  std::vector<uint8_t> dense_;
};

}  // namespace tusk::df
