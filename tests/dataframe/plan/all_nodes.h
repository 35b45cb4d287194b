#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/dataframe/plan/plan_builder.h"

namespace tusk::df {

/// A plan for each kind of node and each of its options, under a name.
std::vector<std::pair<std::string, PlanPtr>> PlansOfAllNodes();

}  // namespace tusk::df
