#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/key_table.h"
#include "dataframe/exec/operator.h"
#include "dataframe/exec/operator/bound_join.h"

namespace tusk::df {

/// The build side of a join in memory: its rows, and for each key the rows that have it. First
/// `Add`, then once `Seal`, then the rest. One thread.
class JoinTable {
 public:
  /// `join` must outlive the table.
  static Result<std::unique_ptr<JoinTable>> Make(const BoundJoin& join);

  /// Rows whose keys match nothing are kept only where the join hands them out.
  Status Add(const BatchPtr& batch);
  /// The batches added, before `Seal`, to be put elsewhere; the table is of no use afterwards.
  std::vector<BatchPtr> ReleaseBatches() { return std::move(batches_); }
  Status Seal();

  /// All rows; row numbers count them.
  const BatchPtr& rows() const { return rows_; }
  /// For each row of key columns the key's number, or kNoRow when no build row has it.
  Status Find(std::span<const ArrayPtr> keys, int64_t rows, std::vector<uint32_t>* ids) {
    return keys_->Find(keys, rows, ids);
  }
  /// No key has more than one row.
  bool unique() const { return unique_; }
  /// The row of a key when they are unique.
  uint32_t RowOf(uint32_t key) const { return row_of_.empty() ? key : row_of_[key]; }
  /// The rows of a key, in the order in which they came.
  std::span<const uint32_t> RowsOf(uint32_t key) const {
    return std::span(row_of_).subspan(starts_[key], starts_[key + 1] - starts_[key]);
  }
  /// Of null-aware joins: rows with a null among their keys.
  std::span<const uint32_t> null_rows() const { return null_rows_; }

  /// Distinct keys.
  uint32_t keys() const { return keys_->size(); }
  int64_t row_count() const { return static_cast<int64_t>(ids_.size()); }
  /// Memory held.
  int64_t bytes() const;

 private:
  JoinTable(const BoundJoin& join, std::unique_ptr<KeyTable> keys);
  void ListRows();

  const BoundJoin& join_;
  const std::unique_ptr<KeyTable> keys_;
  std::vector<BatchPtr> batches_;
  int64_t batch_bytes_ = 0;
  std::vector<uint32_t> ids_;  // of each row its key
  BatchPtr rows_;
  bool unique_ = false;
  std::vector<uint32_t> starts_;  // of each key its place in row_of_; empty when unique
  std::vector<uint32_t> row_of_;  // rows by key; empty when key i is row i
  std::vector<uint32_t> null_rows_;
};

}  // namespace tusk::df
