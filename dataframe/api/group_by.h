#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "dataframe/api/column_ref.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

class DataFrame;
class Session;

/// Rows in groups of equal keys (null is a key as others are), on the way to Agg. Include
/// dataframe/api/dataframe.h to use it. A cheap value.
class GroupedFrame {
 public:
  GroupedFrame(Session* session, Result<PlanPtr> plan, std::vector<Column> keys)
      : session_(session), plan_(std::move(plan)), keys_(std::move(keys)) {}

  /// A row for each group: the keys, then what is computed from aggregates and keys:
  ///   .Agg(Count().As("flights"), (Sum("delay") / Count()).As("mean"))
  template <ColumnLike... Rest>
  DataFrame Agg(Column first, Rest&&... rest) const;
  DataFrame Agg(std::span<const Column> columns) const;

  /// Only the number of rows, as column "count".
  DataFrame Count() const;

  /// The next Agg gives each aggregate a column for each of `values` of `column`, of the rows that
  /// have it: named "value", with several aggregates "value_name".
  GroupedFrame Pivot(const Column& column, const std::vector<Operand>& values) const;

 private:
  /// The aggregates once for each value that Pivot was given.
  Result<std::vector<Column>> Spread(std::span<const Column> columns) const;

  Session* session_;
  Result<PlanPtr> plan_;
  std::vector<Column> keys_;
  std::vector<Column> pivot_column_;  // none or one
  std::vector<Operand> pivot_values_;
};

}  // namespace tusk::df
