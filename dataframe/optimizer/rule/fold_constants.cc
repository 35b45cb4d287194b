#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/map_exprs.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

bool IsTextLiteral(const Expr& expr) {
  return expr.kind() == ExprKind::kLiteral && expr.value()->is_valid &&
         expr.value()->type->id() == arrow::Type::STRING;
}

bool IsComparison(const Expr& expr) {
  if (expr.kind() != ExprKind::kCall) return false;
  for (const std::string_view name : {"=", "<>", "<", "<=", ">", ">=", "in"}) {
    if (expr.name() == name) return expr.args().size() >= 2;
  }
  return false;
}

// The literal that `expr`, which reads no column, is. Null when it is not constant, or when its
// evaluation fails: the error is the run's.
ExprPtr Constant(const ExprPtr& expr) {
  static const SchemaPtr kNoColumns = arrow::schema(arrow::FieldVector{});
  const Result<BoundExprPtr> bound = Bind(expr, *kNoColumns);
  if (!bound.ok()) return nullptr;
  std::shared_ptr<arrow::Scalar> value = (*bound)->Constant();
  if (value == nullptr || !value->type->Equals(*(*bound)->type())) return nullptr;
  return Expr::Literal(std::move(value), expr->place());
}

// Text compared with values of other types becomes of their type, as the comparison would do for
// each batch: readers prune by it, estimates use it.
ExprPtr TypeLiterals(const ExprPtr& expr, const arrow::Schema& schema) {
  if (!IsComparison(*expr)) return nullptr;
  TypePtr type;
  for (const ExprPtr& arg : expr->args()) {
    if (arg->kind() == ExprKind::kLiteral) continue;
    const Result<BoundExprPtr> bound = Bind(arg, schema);
    if (!bound.ok() || type != nullptr) return nullptr;
    type = (*bound)->type();
  }
  if (type == nullptr || type->id() == arrow::Type::STRING || type->id() == arrow::Type::BINARY) {
    return nullptr;
  }
  std::vector<ExprPtr> args = expr->args();
  bool changed = false;
  for (ExprPtr& arg : args) {
    if (!IsTextLiteral(*arg)) continue;
    const ExprPtr typed = Constant(Expr::Cast(arg, type));
    if (typed == nullptr) return nullptr;
    arg = typed;
    changed = true;
  }
  return changed ? expr->WithArgs(std::move(args)) : nullptr;
}

ExprPtr Fold(const ExprPtr& expr, const arrow::Schema& schema) {
  if (expr->kind() == ExprKind::kColumn || expr->kind() == ExprKind::kLiteral) return expr;
  if (expr->kind() != ExprKind::kCall && expr->kind() != ExprKind::kCast) return expr;
  if (ColumnsOf(*expr).empty()) {
    const ExprPtr constant = Constant(expr);
    if (constant != nullptr) return constant;
  }
  std::vector<ExprPtr> args;
  bool changed = false;
  for (const ExprPtr& arg : expr->args()) {
    args.push_back(Fold(arg, schema));
    changed |= args.back() != arg;
  }
  const ExprPtr folded = changed ? expr->WithArgs(std::move(args)) : expr;
  const ExprPtr typed = TypeLiterals(folded, schema);
  return typed == nullptr ? folded : typed;
}

// A literal may take part in the choice of a function's types; what would get another type stays.
Result<ExprPtr> FoldChecked(const ExprPtr& expr, const arrow::Schema& schema) {
  ExprPtr folded = Fold(expr, schema);
  if (folded == expr) return expr;
  ASSIGN_OR_RETURN(const BoundExprPtr before, Bind(expr, schema));
  const Result<BoundExprPtr> after = Bind(folded, schema);
  if (!after.ok() || !(*after)->type()->Equals(*before->type())) return expr;
  return folded;
}

}  // namespace

Result<PlanPtr> FoldConstants(const PlanPtr& plan, const RuleContext& /*context*/) {
  return RewriteBottomUp(
      plan, [](const PlanPtr& node) -> Result<PlanPtr> { return MapExprs(node, FoldChecked); });
}

}  // namespace tusk::df
