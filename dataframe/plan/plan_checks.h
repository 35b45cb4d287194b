#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// What the `Make` of several nodes checks. All errors are kInvalidArgument.

/// Children exist, and none hands out no rows (Write).
Status CheckChildren(std::string_view node, const std::vector<PlanPtr>& children);
/// As many children as the node has.
Status CheckChildCount(std::string_view node, const std::vector<PlanPtr>& children, size_t count);
/// Each name is there once.
Status CheckUniqueNames(std::string_view node, const arrow::Schema& schema);
/// A condition over `schema`: binds, and is a bool (or a null of no type).
Status CheckCondition(std::string_view node, const ExprPtr& condition, const arrow::Schema& schema);
/// Keys of an order: bind, and have an order (lists have none).
Status CheckSortKeys(std::string_view node, const std::vector<SortKey>& keys,
                     const arrow::Schema& schema);
/// Counts are not negative.
Status CheckLimit(std::string_view node, const std::optional<int64_t>& limit, int64_t offset);

/// The constant number that `expr` is: parameters of aggregates.
Result<double> ConstantNumber(const ExprPtr& expr);

}  // namespace tusk::df
