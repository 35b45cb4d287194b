#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/optimizer/statistics.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

struct OptimizerOptions {
  /// Names of passes that are left out (`OptimizerPasses`); kInvalidArgument for unknown ones.
  std::set<std::string> disabled;
  /// A side of a join that is estimated to be no longer than this is held by every task.
  int64_t broadcast_bytes = 16 << 20;
  /// Up to so many joined tables every order is looked at; beyond, the cheapest next join is taken.
  int max_exhaustive_relations = 10;
};

/// What the passes have done, in order: for explain and tests.
struct OptimizerTrace {
  struct Step {
    std::string pass;
    bool changed = false;
    /// The plan behind the pass.
    PlanPtr plan;
  };
  std::vector<Step> steps;
};

/// A plan that gives the same rows (in the same order where the plan has one) with less work.
/// Passes run in a fixed order, some more than once; the plan is checked behind each
/// (kInternal names the pass that broke it). `statistics` and `trace` may be null.
///
/// Conditions may be evaluated earlier than written and on rows that another condition would have
/// taken out: an error that one of them guards against can be met, as in other SQL systems.
Result<PlanPtr> Optimize(const PlanPtr& plan, const OptimizerOptions& options = {},
                         const StatisticsSource* statistics = nullptr,
                         OptimizerTrace* trace = nullptr);

/// A pass and what it does.
struct OptimizerPassInfo {
  std::string name;
  std::string summary;
};

/// In the order of their first run.
std::vector<OptimizerPassInfo> OptimizerPasses();

}  // namespace tusk::df
