#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// A condition over pairs of a left and a right row, with the columns that it reads.
struct PairCondition {
  BoundExprPtr condition;
  /// Of what it reads: first columns of the left side, then of the right one.
  SchemaPtr schema;
  std::vector<int> left_columns;
  std::vector<int> right_columns;
};

/// A JoinNode bound to its children's columns. One side is held in memory (the build side), the
/// other one streams by (the probe side). Immutable.
struct BoundJoin {
  JoinType type = JoinType::kInner;
  bool nulls_match = false;
  bool build_left = false;
  std::vector<BoundExprPtr> build_keys;
  std::vector<BoundExprPtr> probe_keys;
  /// What pairs must fulfil beyond equal keys; null condition: nothing.
  PairCondition residual;
  /// Of null-aware joins with more than one key or a residual: true for pairs of which it is not
  /// known that they do not match.
  PairCondition maybe;
  SchemaPtr left_schema;
  SchemaPtr right_schema;
  SchemaPtr schema;

  static Result<BoundJoin> Make(const JoinNode& node);

  const SchemaPtr& build_schema() const { return build_left ? left_schema : right_schema; }
  const SchemaPtr& probe_schema() const { return build_left ? right_schema : left_schema; }
  /// Hands out pairs of rows, not probe rows alone.
  bool MakesPairs() const;
  /// Probe rows without a match are handed out, with nulls.
  bool KeepsProbeRows() const;
  /// The same of build rows.
  bool KeepsBuildRows() const;
  /// A null key makes the answer unknown instead of false.
  bool NullAware() const {
    return !nulls_match && (type == JoinType::kNullAwareAnti || type == JoinType::kMark);
  }
  /// Without rows on the build side there is no result.
  bool NeedsBuildRows() const;
};

}  // namespace tusk::df
