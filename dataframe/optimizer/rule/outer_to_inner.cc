#include <algorithm>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

using Conjuncts = std::vector<ExprPtr>;

Result<PlanPtr> Walk(const PlanPtr& node, const Conjuncts& above);

// The join that hands out the same rows of which `above` is true.
JoinType Narrower(const JoinNode& join, const Conjuncts& above) {
  const auto rejects = [&](const PlanPtr& side) {
    const ColumnSet columns = ColumnNames(*side->schema());
    return std::any_of(above.begin(), above.end(),
                       [&](const ExprPtr& conjunct) { return RejectsNulls(*conjunct, columns); });
  };
  const JoinType type = join.spec().type;
  switch (type) {
    case JoinType::kLeft:
      return rejects(join.right()) ? JoinType::kInner : type;
    case JoinType::kRight:
      return rejects(join.left()) ? JoinType::kInner : type;
    case JoinType::kFull: {
      // A condition on the left side takes out what is padded there: right rows without match.
      const bool left = rejects(join.left());
      const bool right = rejects(join.right());
      if (left && right) return JoinType::kInner;
      if (left) return JoinType::kLeft;
      return right ? JoinType::kRight : type;
    }
    default:
      return type;
  }
}

Result<PlanPtr> WalkJoin(const PlanPtr& node, const Conjuncts& above) {
  const auto& join = As<JoinNode>(*node);
  JoinSpec spec = join.spec();
  spec.type = Narrower(join, above);
  // What an inner join asks of candidates it asks of all that it hands out.
  Conjuncts below;
  if (spec.type == JoinType::kInner) {
    below = above;
    AddUnique(SplitConjunction(spec.residual), &below);
    if (!spec.nulls_match) {
      for (const auto& [left, right] : spec.keys) below.push_back(Expr::Call("=", {left, right}));
    }
  } else if (spec.type != JoinType::kRight && spec.type != JoinType::kFull) {
    const ColumnSet columns = ColumnNames(*join.left()->schema());
    for (const ExprPtr& conjunct : above) {
      if (ReadsOnly(*conjunct, columns)) below.push_back(conjunct);
    }
  }
  ASSIGN_OR_RETURN(PlanPtr left, Walk(join.left(), below));
  ASSIGN_OR_RETURN(PlanPtr right,
                   Walk(join.right(), spec.type == JoinType::kInner ? below : Conjuncts()));
  if (left == join.left() && right == join.right() && spec.type == join.spec().type) return node;
  return JoinNode::Make(std::move(left), std::move(right), std::move(spec));
}

// `above`: conditions that hold for all rows that matter, over the columns of `node` and others.
Result<PlanPtr> Walk(const PlanPtr& node, const Conjuncts& above) {
  switch (node->kind()) {
    case PlanKind::kFilter: {
      Conjuncts all = SplitConjunction(As<FilterNode>(*node).condition());
      AddUnique(above, &all);
      return RewriteChildren(node, [&](const PlanPtr& child) { return Walk(child, all); });
    }
    case PlanKind::kProject: {
      std::map<std::string, ExprPtr> meaning;
      for (const NamedExpr& column : As<ProjectNode>(*node).columns()) {
        meaning[column.name] = column.expr;
      }
      const ColumnSet names = ColumnNames(*node->schema());
      Conjuncts below;
      for (const ExprPtr& conjunct : above) {
        if (ReadsOnly(*conjunct, names)) below.push_back(Substitute(conjunct, meaning));
      }
      return RewriteChildren(node, [&](const PlanPtr& child) { return Walk(child, below); });
    }
    case PlanKind::kJoin:
      return WalkJoin(node, above);
    default:
      return RewriteChildren(node, [](const PlanPtr& child) { return Walk(child, {}); });
  }
}

}  // namespace

Result<PlanPtr> OuterToInner(const PlanPtr& plan, const RuleContext& /*context*/) {
  return Walk(plan, {});
}

}  // namespace tusk::df
