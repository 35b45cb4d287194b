#pragma once

#include "common/base/result.h"
#include "dataframe/api/dataframe.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// The join as DataFrame::Join promises it.
Result<PlanPtr> JoinPlans(const PlanPtr& left, const PlanPtr& right, const JoinOn& on,
                          JoinType type);

/// Every row with every row, names of the right side as in a join.
Result<PlanPtr> CrossJoinPlans(const PlanPtr& left, const PlanPtr& right);

}  // namespace tusk::df
