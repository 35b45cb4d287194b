#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/api/column_ref.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// The steps of which a DataFrame's methods are made.

/// The error with the place and the method behind it, unless it names a place already.
Status AtPlace(const Status& status, const SourcePlace& place, std::string_view method);
Result<PlanPtr> AtPlace(Result<PlanPtr> plan, const SourcePlace& place, std::string_view method);

/// The error with the place and the text of the expression behind it, unless it names a place.
Status AtExpr(const Status& status, const Expr& expr);

/// Where the first of the columns was written.
SourcePlace FirstPlace(std::span<const Column> columns);

/// Expressions and names of columns. The first mistake in them; kInvalidArgument for one with
/// Desc() or NullsFirst(), which have a meaning for keys of an order only.
Result<std::vector<NamedExpr>> NamedColumns(std::span<const Column> columns);
/// Keys of an order.
Result<std::vector<SortKey>> SortKeys(std::span<const Column> columns);
/// The names that the columns are; kInvalidArgument for one that is computed or not in `schema`.
Result<std::vector<std::string>> NamesIn(std::span<const Column> columns,
                                         const arrow::Schema& schema);

/// A name that no column of `schema` has: `wish`, or with underscores behind it.
std::string FreshName(const arrow::Schema& schema, std::string wish);

/// Computes columns, also over windows. kInvalidArgument for aggregates.
Result<PlanPtr> ProjectColumns(PlanPtr child, std::vector<NamedExpr> columns);

/// Groups: keys, then columns made of aggregates and keys.
Result<PlanPtr> AggregateColumns(const PlanPtr& child, const std::vector<NamedExpr>& keys,
                                 const std::vector<NamedExpr>& columns);

/// All columns of `plan` as they are.
std::vector<NamedExpr> AllColumns(const PlanNode& plan);

}  // namespace tusk::df
