#include <algorithm>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/map_exprs.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

struct Comparison {
  std::string_view name;
  // not (a OP b) is a NEGATED b; a OP b is b FLIPPED a. NaN is a value in an order, so this holds
  // for floats as well.
  std::string_view negated;
  std::string_view flipped;
};

constexpr Comparison kComparisons[] = {
    {"=", "<>", "="},
    {"<>", "=", "<>"},
    {"<", ">=", ">"},
    {"<=", ">", ">="},
    {">", "<=", "<"},
    {">=", "<", "<="},
    {"is_null", "is_not_null", ""},
    {"is_not_null", "is_null", ""},
    {"is_distinct_from", "is_not_distinct_from", "is_distinct_from"},
    {"is_not_distinct_from", "is_distinct_from", "is_not_distinct_from"},
};

const Comparison* FindComparison(const Expr& expr) {
  if (expr.kind() != ExprKind::kCall) return nullptr;
  for (const Comparison& comparison : kComparisons) {
    if (comparison.name == expr.name()) return &comparison;
  }
  return nullptr;
}

// Conjuncts that stand in all disjuncts come out: (a and b) or (a and c) -> a and (b or c).
ExprPtr TakeOutCommon(const ExprPtr& disjunction) {
  std::vector<std::vector<ExprPtr>> parts;
  for (const ExprPtr& disjunct : SplitDisjunction(disjunction)) {
    parts.push_back(SplitConjunction(disjunct));
  }
  std::vector<ExprPtr> common;
  for (const ExprPtr& candidate : parts.front()) {
    const bool everywhere = std::all_of(
        parts.begin(), parts.end(),
        [&](const std::vector<ExprPtr>& conjuncts) { return Contains(conjuncts, *candidate); });
    if (everywhere) AddUnique({candidate}, &common);
  }
  if (common.empty()) return disjunction;
  std::vector<ExprPtr> rests;
  for (const std::vector<ExprPtr>& conjuncts : parts) {
    std::vector<ExprPtr> rest;
    for (const ExprPtr& conjunct : conjuncts) {
      if (!Contains(common, *conjunct)) rest.push_back(conjunct);
    }
    // Nothing beyond the common part: the rest of the others decides nothing.
    if (rest.empty()) return MakeConjunction(common);
    rests.push_back(MakeConjunction(rest));
  }
  common.push_back(MakeDisjunction(rests));
  return MakeConjunction(common);
}

// AND and OR. `neutral` changes nothing (true for AND), its opposite decides alone.
ExprPtr SimplifyLogic(const ExprPtr& expr, bool neutral) {
  std::vector<ExprPtr> parts = neutral ? SplitConjunction(expr) : SplitDisjunction(expr);
  std::vector<ExprPtr> kept;
  for (const ExprPtr& part : parts) {
    const std::optional<bool> literal = BoolLiteral(*part);
    if (literal == !neutral) return part;
    if (literal == neutral || Contains(kept, *part)) continue;
    kept.push_back(part);
  }
  if (kept.empty()) return Expr::Of(neutral);
  if (kept.size() == 1) return kept.front();
  if (kept.size() < parts.size()) {
    return neutral ? MakeConjunction(kept) : TakeOutCommon(MakeDisjunction(kept));
  }
  return neutral ? expr : TakeOutCommon(expr);
}

ExprPtr SimplifyNot(const ExprPtr& expr) {
  const ExprPtr& arg = expr->args()[0];
  if (const auto literal = BoolLiteral(*arg)) return Expr::Of(!*literal);
  if (IsCall(*arg, "not")) return arg->args()[0];
  if (const Comparison* comparison = FindComparison(*arg)) {
    return Expr::Call(std::string(comparison->negated), arg->args(), arg->place());
  }
  const bool is_or = IsCall(*arg, "or");
  if (!is_or && !IsCall(*arg, "and")) return expr;
  std::vector<ExprPtr> negated;
  for (const ExprPtr& part : is_or ? SplitDisjunction(arg) : SplitConjunction(arg)) {
    negated.push_back(SimplifyNot(Expr::Call("not", {part})));
  }
  return is_or ? MakeConjunction(negated) : MakeDisjunction(negated);
}

// A value that is never null need not be asked.
ExprPtr SimplifyNullTest(const ExprPtr& expr, const arrow::Schema& schema) {
  const Result<BoundExprPtr> bound = Bind(expr->args()[0], schema);
  if (!bound.ok() || (*bound)->nullable()) return expr;
  return Expr::Of(expr->name() == "is_not_null");
}

ExprPtr SimplifyCall(const ExprPtr& expr, const arrow::Schema& schema) {
  const std::string& name = expr->name();
  const auto& args = expr->args();
  if (name == "and") return SimplifyLogic(expr, true);
  if (name == "or") return SimplifyLogic(expr, false);
  if (name == "not" && args.size() == 1) return SimplifyNot(expr);
  if ((name == "is_null" || name == "is_not_null") && args.size() == 1) {
    return SimplifyNullTest(expr, schema);
  }
  if (name == "in" && args.size() == 2) return Expr::Call("=", args, expr->place());
  if (name == "coalesce" && args.size() == 1) return args[0];
  const Comparison* comparison = FindComparison(*expr);
  if (comparison != nullptr && args.size() == 2 && args[0]->kind() == ExprKind::kLiteral &&
      args[1]->kind() != ExprKind::kLiteral) {
    return Expr::Call(std::string(comparison->flipped), {args[1], args[0]}, expr->place());
  }
  return expr;
}

// Parts before the whole. What is always the same is folded elsewhere.
ExprPtr SimplifyParts(const ExprPtr& expr, const arrow::Schema& schema) {
  if (expr->args().empty()) return expr;
  std::vector<ExprPtr> args;
  bool changed = false;
  for (const ExprPtr& arg : expr->args()) {
    args.push_back(SimplifyParts(arg, schema));
    changed |= args.back() != arg;
  }
  const ExprPtr over = changed ? expr->WithArgs(std::move(args)) : expr;
  return over->kind() == ExprKind::kCall ? SimplifyCall(over, schema) : over;
}

Result<ExprPtr> SimplifyChecked(const ExprPtr& expr, const arrow::Schema& schema) {
  ExprPtr simple = SimplifyParts(expr, schema);
  if (simple == expr || simple->Equals(*expr)) return expr;
  ASSIGN_OR_RETURN(const BoundExprPtr before, Bind(expr, schema));
  const Result<BoundExprPtr> after = Bind(simple, schema);
  if (!after.ok() || !(*after)->type()->Equals(*before->type())) return expr;
  return simple;
}

// True when no row can fulfil the condition.
bool NeverTrue(const ExprPtr& condition) {
  return condition != nullptr && (BoolLiteral(*condition) == false || IsNullLiteral(*condition));
}

Result<PlanPtr> SimplifyJoin(const PlanPtr& node) {
  const auto& join = As<JoinNode>(*node);
  JoinSpec spec = join.spec();
  const bool left_empty = IsEmptyPlan(*join.left());
  const bool right_empty = IsEmptyPlan(*join.right()) || NeverTrue(spec.residual);
  switch (spec.type) {
    case JoinType::kInner:
    case JoinType::kSemi:
      if (left_empty || right_empty) return EmptyPlan(node->schema());
      break;
    case JoinType::kLeft:
    case JoinType::kSingle:
    case JoinType::kMark:
      if (left_empty) return EmptyPlan(node->schema());
      break;
    case JoinType::kAnti:
      if (IsEmptyPlan(*join.right())) return join.left();
      if (left_empty) return EmptyPlan(node->schema());
      break;
    case JoinType::kNullAwareAnti: {
      if (IsEmptyPlan(*join.right())) return join.left();
      if (left_empty) return EmptyPlan(node->schema());
      // Where no key can be null, NOT IN is an anti join, which can be carried out in parts.
      for (const auto& [left, right] : spec.keys) {
        ASSIGN_OR_RETURN(const BoundExprPtr l, Bind(left, *join.left()->schema()));
        ASSIGN_OR_RETURN(const BoundExprPtr r, Bind(right, *join.right()->schema()));
        if (l->nullable() || r->nullable()) return node;
      }
      spec.type = JoinType::kAnti;
      return JoinNode::Make(join.left(), join.right(), std::move(spec));
    }
    case JoinType::kRight:
    case JoinType::kFull:
      break;
  }
  if (spec.residual == nullptr || BoolLiteral(*spec.residual) != true) return node;
  spec.residual = nullptr;
  return JoinNode::Make(join.left(), join.right(), std::move(spec));
}

Result<PlanPtr> SimplifyUnion(const PlanPtr& node) {
  std::vector<PlanPtr> kept;
  for (const PlanPtr& child : node->children()) {
    if (!IsEmptyPlan(*child)) kept.push_back(child);
  }
  if (kept.size() == node->children().size()) return node;
  if (kept.empty()) return EmptyPlan(node->schema());
  // The names are the first child's, which may be gone.
  std::vector<NamedExpr> columns;
  for (int i = 0; i < node->schema()->num_fields(); ++i) {
    columns.push_back({.name = node->schema()->field(i)->name(),
                       .expr = Expr::Column(kept.front()->schema()->field(i)->name())});
  }
  PlanPtr rest = kept.front();
  if (kept.size() > 1) {
    ASSIGN_OR_RETURN(rest, UnionNode::Make(std::move(kept)));
  }
  if (NamesOf(*rest->schema()) == NamesOf(*node->schema())) return rest;
  return ProjectNode::Make(std::move(rest), std::move(columns));
}

Result<PlanPtr> SimplifyNode(const PlanPtr& node) {
  switch (node->kind()) {
    case PlanKind::kScan: {
      const auto& scan = As<ScanNode>(*node);
      if (NeverTrue(scan.predicate())) return EmptyPlan(node->schema());
      if (scan.predicate() == nullptr || BoolLiteral(*scan.predicate()) != true) return node;
      return ScanNode::Make(scan.shared_source(), scan.columns());
    }
    case PlanKind::kFilter: {
      const ExprPtr& condition = As<FilterNode>(*node).condition();
      if (BoolLiteral(*condition) == true) return node->child();
      if (NeverTrue(condition) || IsEmptyPlan(*node->child())) return EmptyPlan(node->schema());
      return node;
    }
    case PlanKind::kProject:
    case PlanKind::kSort:
    case PlanKind::kLimit:
    case PlanKind::kWindow:
    case PlanKind::kExplode:
      return IsEmptyPlan(*node->child()) ? EmptyPlan(node->schema()) : node;
    case PlanKind::kAggregate: {
      const auto& aggregate = As<AggregateNode>(*node);
      if (aggregate.keys().empty() || !IsEmptyPlan(*node->child())) return node;
      return EmptyPlan(node->schema());
    }
    case PlanKind::kJoin:
      return SimplifyJoin(node);
    case PlanKind::kUnion:
      return SimplifyUnion(node);
    default:
      return node;
  }
}

}  // namespace

Result<PlanPtr> Simplify(const PlanPtr& plan, const RuleContext& /*context*/) {
  return RewriteBottomUp(plan, [](const PlanPtr& node) -> Result<PlanPtr> {
    ASSIGN_OR_RETURN(const PlanPtr simple, MapExprs(node, SimplifyChecked));
    return SimplifyNode(simple);
  });
}

}  // namespace tusk::df
