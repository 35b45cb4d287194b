#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

using Conjuncts = std::vector<ExprPtr>;

// Keeps those on one column of `schema`.
void KeepSingle(const Conjuncts& conjuncts, const arrow::Schema& schema, Conjuncts* out) {
  for (const ExprPtr& conjunct : conjuncts) {
    const std::vector<std::string> read = ColumnsOf(*conjunct);
    if (read.size() == 1 && schema.GetFieldIndex(read[0]) >= 0) AddUnique({conjunct}, out);
  }
}

// Conditions on one column that all rows of `node` fulfil, in its names.
Conjuncts Known(const PlanNode& node) {
  Conjuncts known;
  switch (node.kind()) {
    case PlanKind::kScan:
      KeepSingle(SplitConjunction(As<ScanNode>(node).predicate()), *node.schema(), &known);
      return known;
    case PlanKind::kFilter:
      known = Known(*node.child());
      KeepSingle(SplitConjunction(As<FilterNode>(node).condition()), *node.schema(), &known);
      return known;
    case PlanKind::kSort:
    case PlanKind::kLimit:
      return Known(*node.child());
    case PlanKind::kProject: {
      const Conjuncts below = Known(*node.child());
      for (const NamedExpr& column : As<ProjectNode>(node).columns()) {
        if (column.expr->kind() != ExprKind::kColumn) continue;
        for (const ExprPtr& conjunct : below) {
          if (ColumnsOf(*conjunct)[0] != column.expr->name()) continue;
          known.push_back(Substitute(conjunct, {{column.expr->name(), Expr::Column(column.name)}}));
        }
      }
      return known;
    }
    case PlanKind::kJoin: {
      const JoinType type = As<JoinNode>(node).spec().type;
      if (type != JoinType::kRight && type != JoinType::kFull) known = Known(*node.children()[0]);
      if (type == JoinType::kInner || type == JoinType::kRight) {
        AddUnique(Known(*node.children()[1]), &known);
      }
      return known;
    }
    default:
      return known;
  }
}

// What is known of `from` said of `to`, which is equal; without what `to` has already.
void Transfer(const Conjuncts& known, const Conjuncts& has, const std::string& from,
              const std::string& to, Conjuncts* out) {
  for (const ExprPtr& conjunct : known) {
    if (ColumnsOf(*conjunct)[0] != from || IsCall(*conjunct, "is_not_null")) continue;
    const ExprPtr said = Substitute(conjunct, {{from, Expr::Column(to)}});
    if (!Contains(has, *said)) AddUnique({said}, out);
  }
}

bool SameType(const PlanPtr& left, const Expr& l, const PlanPtr& right, const Expr& r) {
  if (l.kind() != ExprKind::kColumn || r.kind() != ExprKind::kColumn) return false;
  const auto a = left->schema()->GetFieldByName(l.name());
  const auto b = right->schema()->GetFieldByName(r.name());
  return a != nullptr && b != nullptr && a->type()->Equals(*b->type());
}

Result<PlanPtr> InferJoin(const PlanPtr& node) {
  const auto& join = As<JoinNode>(*node);
  const JoinSpec& spec = join.spec();
  const JoinType type = spec.type;
  // Rows of a side may go when those that match nothing are lost.
  const bool to_right = type == JoinType::kInner || type == JoinType::kLeft ||
                        type == JoinType::kSemi || type == JoinType::kAnti ||
                        type == JoinType::kSingle;
  const bool to_left =
      type == JoinType::kInner || type == JoinType::kRight || type == JoinType::kSemi;
  if ((!to_right && !to_left) || spec.nulls_match) return node;
  const Conjuncts left_known = Known(*join.left());
  const Conjuncts right_known = Known(*join.right());
  Conjuncts left_more;
  Conjuncts right_more;
  for (const auto& [l, r] : spec.keys) {
    if (!SameType(join.left(), *l, join.right(), *r)) continue;
    if (to_right) Transfer(left_known, right_known, l->name(), r->name(), &right_more);
    if (to_left) Transfer(right_known, left_known, r->name(), l->name(), &left_more);
  }
  if (left_more.empty() && right_more.empty()) return node;
  ASSIGN_OR_RETURN(PlanPtr left, Filtered(join.left(), left_more));
  ASSIGN_OR_RETURN(PlanPtr right, Filtered(join.right(), right_more));
  return JoinNode::Make(std::move(left), std::move(right), spec);
}

}  // namespace

Result<PlanPtr> InferPredicates(const PlanPtr& plan, const RuleContext& /*context*/) {
  return RewriteBottomUp(plan, [](const PlanPtr& node) -> Result<PlanPtr> {
    return node->kind() == PlanKind::kJoin ? InferJoin(node) : Result<PlanPtr>(node);
  });
}

}  // namespace tusk::df
