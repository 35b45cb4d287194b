#pragma once

#include "common/base/status.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// Checks the laws of a plan again: every node is as its `Make` would build it over its children,
/// with the schema that it says, and results are written at the root alone. kInternal: whoever
/// rewrote the plan has a bug; the message names the node.
Status ValidatePlan(const PlanPtr& plan);

/// The same, and that it hands out columns of the names and types of `schema` (an optimizer must
/// not change them; what can be null may get narrower).
Status ValidatePlan(const PlanPtr& plan, const arrow::Schema& schema);

}  // namespace tusk::df
