#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

bool OnlyTakesOut(JoinType type) {
  return type == JoinType::kSemi || type == JoinType::kAnti || type == JoinType::kNullAwareAnti;
}

// The child of `inner` whose columns alone the left side of `semi` asks for; -1 for none.
int SideOf(const JoinSpec& semi, const PlanNode& right, const PlanNode& inner) {
  ColumnSet read;
  for (const auto& [left, key] : semi.keys) AddColumns(left, &read);
  AddColumns(semi.residual, &read);
  for (const auto& field : right.schema()->fields()) read.erase(field->name());
  if (read.empty()) return -1;
  for (int side = 0; side < 2; ++side) {
    const ColumnSet columns = ColumnNames(*inner.children()[static_cast<size_t>(side)]->schema());
    bool all = true;
    for (const std::string& name : read) all &= columns.contains(name);
    if (all) return side;
  }
  return -1;
}

Result<PlanPtr> Push(const PlanPtr& node, Estimator* estimator) {
  if (node->kind() != PlanKind::kJoin) return node;
  const auto& semi = As<JoinNode>(*node);
  if (!OnlyTakesOut(semi.spec().type)) return node;
  const PlanPtr& below = semi.left();
  if (below->kind() != PlanKind::kJoin) return node;
  const JoinType type = As<JoinNode>(*below).spec().type;
  if (type != JoinType::kInner && !OnlyTakesOut(type)) return node;
  // Past other joins that only take out rows there is nothing to win but what lies below them.
  const int side = SideOf(semi.spec(), *semi.right(), *below);
  if (side < 0 || (type != JoinType::kInner && side == 1)) return node;
  const PlanPtr& target = below->children()[static_cast<size_t>(side)];
  const double below_rows = estimator->Of(below).rows;
  if (type == JoinType::kInner ? estimator->Of(target).rows > below_rows
                               : target->kind() != PlanKind::kJoin) {
    return node;
  }
  if (type != JoinType::kInner) {
    // Only when it goes on below.
    ASSIGN_OR_RETURN(const PlanPtr probe, JoinNode::Make(target, semi.right(), semi.spec()));
    ASSIGN_OR_RETURN(const PlanPtr pushed, Push(probe, estimator));
    if (pushed == probe) return node;
    return below->WithChildren({pushed, below->children()[1]});
  }
  ASSIGN_OR_RETURN(PlanPtr reduced, JoinNode::Make(target, semi.right(), semi.spec()));
  ASSIGN_OR_RETURN(reduced, Push(reduced, estimator));
  std::vector<PlanPtr> children = below->children();
  children[static_cast<size_t>(side)] = std::move(reduced);
  return below->WithChildren(std::move(children));
}

}  // namespace

Result<PlanPtr> PushDownSemiJoin(const PlanPtr& plan, const RuleContext& context) {
  Estimator estimator(context.statistics);
  return RewriteBottomUp(plan, [&](const PlanPtr& node) { return Push(node, &estimator); });
}

}  // namespace tusk::df
