#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

// Below a join that takes out hardly any rows a semi join is better off: the join has less to do.
constexpr double kAsMany = 1.2;

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

Result<PlanPtr> Push(const PlanPtr& node, Estimator* estimator);

// Past a step in which there is nothing to win by itself: only when it goes on below the step's
// child `below`.
Result<PlanPtr> Past(const PlanPtr& node, const PlanPtr& step, Estimator* estimator) {
  const auto& semi = As<JoinNode>(*node);
  Result<PlanPtr> probe = JoinNode::Make(step->child(), semi.right(), semi.spec());
  // A column that the step drops may have the name of one of the right side.
  if (!probe.ok()) return node;
  ASSIGN_OR_RETURN(PlanPtr pushed, Push(*probe, estimator));
  if (pushed == *probe) return node;
  std::vector<PlanPtr> children = step->children();
  children[0] = std::move(pushed);
  return step->WithChildren(std::move(children));
}

Result<PlanPtr> IntoInner(const PlanPtr& node, size_t side, Estimator* estimator) {
  const auto& semi = As<JoinNode>(*node);
  const PlanPtr& below = semi.left();
  const PlanPtr& target = below->children()[side];
  if (estimator->Of(target).rows > kAsMany * estimator->Of(below).rows) return node;
  ASSIGN_OR_RETURN(PlanPtr reduced, JoinNode::Make(target, semi.right(), semi.spec()));
  ASSIGN_OR_RETURN(reduced, Push(reduced, estimator));
  std::vector<PlanPtr> children = below->children();
  children[side] = std::move(reduced);
  return below->WithChildren(std::move(children));
}

Result<PlanPtr> Push(const PlanPtr& node, Estimator* estimator) {
  if (node->kind() != PlanKind::kJoin) return node;
  const auto& semi = As<JoinNode>(*node);
  if (!OnlyTakesOut(semi.spec().type)) return node;
  const PlanPtr& below = semi.left();
  if (below->kind() == PlanKind::kProject && IsSelection(As<ProjectNode>(*below))) {
    return Past(node, below, estimator);
  }
  if (below->kind() != PlanKind::kJoin) return node;
  const JoinType type = As<JoinNode>(*below).spec().type;
  const int side = SideOf(semi.spec(), *semi.right(), *below);
  if (side == 0 && OnlyTakesOut(type)) return Past(node, below, estimator);
  if (side < 0 || type != JoinType::kInner) return node;
  return IntoInner(node, static_cast<size_t>(side), estimator);
}

}  // namespace

Result<PlanPtr> PushDownSemiJoin(const PlanPtr& plan, const RuleContext& context) {
  Estimator estimator(context.statistics);
  return RewriteBottomUp(plan, [&](const PlanPtr& node) { return Push(node, &estimator); });
}

}  // namespace tusk::df
