#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/held_memory.h"
#include "dataframe/exec/operator.h"
#include "dataframe/exec/sort_keys.h"
#include "dataframe/exec/spill.h"

namespace tusk::df {

/// Puts rows in order; rows with equal keys stay in the order in which they came.
///
/// Rows are held with their keys; over the budget they become sorted runs on disk, which are merged
/// at the end. With a limit only as many rows are held (and a few more, so that they need not be
/// sorted each time), and rows behind the last of them are dropped at once. One thread.
class Sorter {
 public:
  /// Of `limit` only the first rows are handed out. `context` must outlive the sorter.
  Sorter(SchemaPtr schema, BoundSortKeys keys, ExecContext& context,
         std::optional<int64_t> limit = std::nullopt);

  Status Push(const BatchPtr& batch);
  /// Pushes all rows in order; does not finish `out`. Once.
  Status HandOut(BatchSink& out);

 private:
  Status Hold(const BatchPtr& batch, const RowKeys& keys);
  Result<BatchPtr> WithinBound(const BatchPtr& batch, RowKeys* keys) const;
  // Row numbers in order, of a limit only so many.
  std::vector<uint32_t> SortedRows();
  void Forget();
  Status KeepFirst();
  Status SpillRun();
  Status MergeRuns();

  const SchemaPtr schema_;
  const BoundSortKeys keys_;
  ExecContext& context_;
  const std::optional<int64_t> limit_;
  HeldMemory memory_;
  std::vector<BatchPtr> batches_;
  std::vector<uint8_t> key_bytes_;
  std::vector<uint64_t> key_ends_ = {0};  // key i is [key_ends_[i], key_ends_[i + 1])
  RowKeys scratch_;
  std::optional<std::string> bound_;  // with a limit: rows from this key on are not wanted
  std::vector<std::unique_ptr<SpillFile>> runs_;
};

}  // namespace tusk::df
