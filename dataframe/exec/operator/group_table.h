#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/key_table.h"
#include "dataframe/exec/operator.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// An AggregateNode bound to its child's columns. Immutable.
struct BoundAggregation {
  /// One aggregate.
  struct Call {
    AggregateFunction function;
    /// Over the rows; of kFinal empty.
    std::vector<BoundExprPtr> args;
    /// May be null.
    BoundExprPtr filter;
    /// Of kFinal: where the child has the columns of its state.
    std::vector<int> state_columns;
  };
  std::vector<BoundExprPtr> keys;
  std::vector<Call> calls;
  /// Keys, then all columns of the states of all calls: what kPartial hands out, and what spills.
  SchemaPtr state_schema;
  /// Keys, then results; of kPartial null.
  SchemaPtr result_schema;

  /// kUnsupported for DISTINCT, which the optimizer has made into two aggregations.
  static Result<BoundAggregation> Make(const AggregateNode& node);
};

/// Groups in memory: their keys and the states of all aggregates. One thread.
class GroupTable {
 public:
  /// `aggregation` must outlive the table.
  static Result<std::unique_ptr<GroupTable>> Make(const BoundAggregation& aggregation);

  /// Rows of the child.
  Status AddRows(const arrow::RecordBatch& batch);
  /// Rows of the child, each as a group of its own, whatever its keys; not to be mixed with the
  /// others.
  Status AddRowsUngrouped(const arrow::RecordBatch& batch);
  /// Rows of the state schema.
  Status AddStates(const arrow::RecordBatch& batch);
  /// The same for rows of which no two have equal keys: each is a group of its own. Not to be mixed
  /// with the others.
  Status AddDistinctStates(const arrow::RecordBatch& batch);

  /// All groups as rows of the state schema. Nothing may be added afterwards.
  Result<BatchPtr> EmitStates();
  /// All groups as rows of the result schema. Nothing may be added afterwards.
  Result<BatchPtr> EmitResults();

  int64_t groups() const { return groups_; }
  /// Rows that were added.
  int64_t rows() const { return rows_; }
  /// Memory held.
  int64_t bytes() const;

 private:
  GroupTable(const BoundAggregation& aggregation, std::unique_ptr<KeyTable> table);
  /// Sets ids_ for rows with these keys.
  Status FindGroups(const Columns& keys, int64_t rows);
  /// Sets ids_ for so many rows that are new groups each.
  Status OpenGroups(Columns keys, int64_t rows);
  Status UpdateStates(const arrow::RecordBatch& batch);
  Status MergeStates(const Columns& states);
  Status MakeRoom(int64_t groups);
  Result<Columns> KeyColumns();

  const BoundAggregation& aggregation_;
  const std::unique_ptr<KeyTable> table_;
  std::vector<std::unique_ptr<AggregateState>> states_;
  std::vector<Columns> key_chunks_;  // of the groups in order
  int64_t key_bytes_ = 0;
  int64_t groups_ = 0;
  int64_t rows_ = 0;
  std::vector<uint32_t> ids_;       // of the rows at hand
  std::vector<uint32_t> new_rows_;  // of the rows at hand, those that open a group
};

}  // namespace tusk::df
