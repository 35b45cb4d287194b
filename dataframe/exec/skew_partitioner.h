#pragma once

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/range_partitioner.h"

namespace tusk::df {

/// What happens to the rows of keys that are too frequent for one part.
enum class HotRows : uint8_t {
  kSpread = 0,  ///< one row after the other goes to the next part
  kCopy = 1,    ///< each row goes to every part
};

/// Divides rows by the hash of their keys as HashPartitioner does, but for those of some hot keys:
/// one side of a join spreads its rows over all parts, the other has its own in each of them, so
/// that every pair still meets once.
class SkewPartitioner final : public Partitioner {
 public:
  /// `hot`: hashes (HashRows with kShuffleSeed) in ascending order.
  SkewPartitioner(std::vector<BoundExprPtr> keys, uint32_t parts, std::vector<uint64_t> hot,
                  HotRows hot_rows, TaskPlace place);

  Status Partition(const BatchPtr& batch, std::vector<BatchPtr>* divided) const override;
  uint32_t parts() const override { return parts_; }

 private:
  const std::vector<BoundExprPtr> keys_;
  const uint32_t parts_;
  const std::vector<uint64_t> hot_;
  const HotRows hot_rows_;
  mutable uint32_t next_;
};

}  // namespace tusk::df
