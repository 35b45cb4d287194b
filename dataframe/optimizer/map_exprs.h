#pragma once

#include <functional>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// Changes an expression over the columns of a schema; must keep its type.
using ExprChange = std::function<Result<ExprPtr>(const ExprPtr&, const arrow::Schema&)>;

/// `node` with all of its own expressions changed; itself when none is another one then.
Result<PlanPtr> MapExprs(const PlanPtr& node, const ExprChange& change);

/// What the expressions of `node` read: its children's columns (of a scan: those of the table
/// under the plan's names).
SchemaPtr InputSchema(const PlanNode& node);

}  // namespace tusk::df
