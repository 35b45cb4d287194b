#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/operator.h"
#include "dataframe/expr/bind.h"

namespace tusk::df {

/// Seeds of the hashes by which rows are divided: the shuffle's, and those of spilling, which
/// divides again what the shuffle or an outer level has brought together.
inline constexpr uint64_t kShuffleSeed = 0;
constexpr uint64_t SpillSeed(int level) { return 1 + static_cast<uint64_t>(level); }

/// Which part a hash belongs to; its upper bits decide.
constexpr uint32_t PartOfHash(uint64_t hash, uint32_t parts) {
  return static_cast<uint32_t>(((hash >> 32) * parts) >> 32);
}

/// Divides rows into `parts` by the hash of key columns (HashRows): rows with equal keys meet, in
/// every process. Part i is null when it got no row; rows of a part keep their order. The parts are
/// slices of one copy. Without keys everything is part 0.
Status PartitionByKeys(const BatchPtr& batch, std::span<const ArrayPtr> keys, uint64_t seed,
                       uint32_t parts, std::vector<BatchPtr>* divided);

/// Divides rows by the part that is told for each (`part_of`, below `parts`), as PartitionByKeys
/// does.
Status DivideRows(const BatchPtr& batch, std::span<const uint32_t> part_of, uint32_t parts,
                  std::vector<BatchPtr>* divided);

/// Says to which reduce each row goes. One thread.
class Partitioner {
 public:
  virtual ~Partitioner() = default;
  /// As PartitionByKeys.
  virtual Status Partition(const BatchPtr& batch, std::vector<BatchPtr>* divided) const = 0;
  virtual uint32_t parts() const = 0;
};

/// By the hash of keys that are expressions over the batch.
class HashPartitioner final : public Partitioner {
 public:
  HashPartitioner(std::vector<BoundExprPtr> keys, uint32_t parts, uint64_t seed = kShuffleSeed)
      : keys_(std::move(keys)), parts_(parts), seed_(seed) {}

  Status Partition(const BatchPtr& batch, std::vector<BatchPtr>* divided) const override;
  uint32_t parts() const override { return parts_; }

 private:
  const std::vector<BoundExprPtr> keys_;
  const uint32_t parts_;
  const uint64_t seed_;
};

/// The values of expressions over a batch, as arrays.
Result<Columns> EvaluateAll(std::span<const BoundExprPtr> exprs, const arrow::RecordBatch& batch);
/// The types of expressions.
std::vector<TypePtr> TypesOf(std::span<const BoundExprPtr> exprs);

}  // namespace tusk::df
