#pragma once

#include "common/base/result.h"
#include "dataframe/optimizer/optimizer.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// What passes may ask.
struct RuleContext {
  const OptimizerOptions& options;
  const StatisticsSource* statistics;
};

/// The passes of the optimizer: each gives a plan with the same rows. One that changes nothing may
/// return the plan itself.

/// Constant parts of expressions become literals, text literals compared with other types become
/// those types'.
Result<PlanPtr> FoldConstants(const PlanPtr& plan, const RuleContext& context);

/// Logic: not (a < b) -> a >= b, x and true -> x, (a and b) or (a and c) -> a and (b or c); steps
/// that cannot hand out a row become empty.
Result<PlanPtr> Simplify(const PlanPtr& plan, const RuleContext& context);

/// Conditions move down to where their columns are read, into scans at last; equalities over both
/// sides of a join become its keys.
Result<PlanPtr> PushDownFilter(const PlanPtr& plan, const RuleContext& context);

/// Outer joins whose padded rows a filter above takes out anyway become inner (full: left, right).
Result<PlanPtr> OuterToInner(const PlanPtr& plan, const RuleContext& context);

/// Conditions on one key of a join hold for the other key as well.
Result<PlanPtr> InferPredicates(const PlanPtr& plan, const RuleContext& context);

/// Inner joins are carried out in the cheapest order, pairs without a key last.
Result<PlanPtr> ReorderJoins(const PlanPtr& plan, const RuleContext& context);

/// Semi and anti joins move below inner joins to the side that they ask about, where it has fewer
/// rows than the join.
Result<PlanPtr> PushDownSemiJoin(const PlanPtr& plan, const RuleContext& context);

/// Aggregates over distinct values become two aggregations, joined with the plain ones.
Result<PlanPtr> RewriteDistinct(const PlanPtr& plan, const RuleContext& context);

/// Limits meet sorts (top-k), and move below projections and unions.
Result<PlanPtr> PushDownLimit(const PlanPtr& plan, const RuleContext& context);

/// Scans read what is needed above.
Result<PlanPtr> PruneColumns(const PlanPtr& plan, const RuleContext& context);

/// The same; also drops columns before joins, sorts and windows that nobody needs any more.
Result<PlanPtr> NarrowColumns(const PlanPtr& plan, const RuleContext& context);

/// Filters over filters, projections over projections or scans become one.
Result<PlanPtr> MergeNodes(const PlanPtr& plan, const RuleContext& context);

/// Which side of each join is held in memory, and whether by every task.
Result<PlanPtr> ChooseJoin(const PlanPtr& plan, const RuleContext& context);

}  // namespace tusk::df
