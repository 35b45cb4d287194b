#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// The running values of one aggregate for many groups. Groups are numbered from 0; a group that no
/// row has touched has the value of no rows. One thread.
///
/// An aggregate works in two phases: `Update` from rows in each map, `EmitState` as columns that
/// travel, `Merge` of those in a reduce, `Finish`. Merging the states of any split of the rows in
/// any order gives the result of all rows (first and last: in the order of merging; float sums to
/// rounding).
class AggregateState {
 public:
  virtual ~AggregateState() = default;

  /// Makes room for groups [0, groups).
  virtual Status Resize(int64_t groups) = 0;
  /// Row i of the argument columns belongs to group `group_ids[i]`.
  virtual Status Update(std::span<const uint32_t> group_ids,
                        std::span<const std::shared_ptr<arrow::Array>> args) = 0;
  /// The same for rows of state columns, as another state's `EmitState` made them.
  virtual Status Merge(std::span<const uint32_t> group_ids,
                       std::span<const std::shared_ptr<arrow::Array>> state) = 0;
  /// The states of all groups, a row each; columns as `AggregateFunction::state_types`.
  virtual Result<std::vector<std::shared_ptr<arrow::Array>>> EmitState() = 0;
  /// The results of all groups, a row each.
  virtual Result<std::shared_ptr<arrow::Array>> Finish() = 0;
  /// Memory held, for the budget; an estimate.
  virtual int64_t bytes() const = 0;
};

/// An aggregate function for given argument types. Immutable; any thread.
struct AggregateFunction {
  /// To what the arguments are cast first.
  std::vector<TypePtr> arg_types;
  TypePtr result;
  bool result_nullable = true;
  /// Columns of the state; more than one for means and moments.
  std::vector<TypePtr> state_types;
  std::unique_ptr<AggregateState> (*make)(const AggregateFunction&) = nullptr;
  /// Literal parameters (a quantile's fraction), in order.
  std::vector<double> parameters;
};

/// What is known of an aggregate by name alone.
struct AggregateInfo {
  std::string name;
  std::string usage;
  std::string summary;
};

/// The aggregate `name` (lower case: count, sum, avg or mean, min, max, first, last, stddev,
/// stddev_pop, variance, var_pop, median, quantile, count_if, bool_and, bool_or,
/// approx_count_distinct, approx_quantile, list, ...) for arguments of these types. "count" takes
/// none for rows. Parameters are the trailing literals. kInvalidArgument with what it takes
/// instead, or with the nearest name.
Result<AggregateFunction> ResolveAggregate(std::string_view name, std::span<const TypePtr> types,
                                           std::span<const double> parameters);
bool IsAggregate(std::string_view name);
/// True when states are short, whatever the rows are, and merging them in any order gives the same
/// result (of floats: to rounding). Not so: first and list (order), quantiles (long or
/// approximate).
bool HasShortFreeStates(std::string_view name);
std::vector<AggregateInfo> AllAggregates();

/// How many of an aggregate's arguments are columns; those behind are literal parameters.
size_t AggregateColumnArguments(std::string_view name, size_t arguments);

}  // namespace tusk::df
