#include "dataframe/expr/bind.h"

#include <algorithm>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/nearest_name.h"
#include "common/base/status_macros.h"
#include "dataframe/expr/bound_nodes.h"
#include "dataframe/expr/cast.h"
#include "dataframe/expr/function_registry.h"
#include "dataframe/type/arrow_runtime.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

constexpr std::string_view kAt = "\n  at: ";

std::string ColumnHint(const std::string& name, const arrow::Schema& schema) {
  std::vector<std::string_view> names;
  for (const auto& field : schema.fields()) names.push_back(field->name());
  if (names.empty()) return "there are no columns here";
  const std::string_view nearest = NearestName(names, name);
  if (!nearest.empty()) return fmt::format("did you mean {}?", nearest);
  constexpr size_t kShown = 12;
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    if (i > 0) list += ", ";
    list += names[i];
  }
  if (names.size() > kShown) list += fmt::format(" and {} more", names.size() - kShown);
  return "the columns are: " + list;
}

Result<BoundExprPtr> BindColumn(const Expr& expr, const arrow::Schema& schema) {
  const std::vector<int> found = schema.GetAllFieldIndices(expr.name());
  if (found.empty()) {
    return ExpressionError(expr, fmt::format("there is no column {}", expr.name()),
                           ColumnHint(expr.name(), schema));
  }
  if (found.size() > 1) {
    return ExpressionError(expr, fmt::format("there are {} columns {}", found.size(), expr.name()),
                           "rename all but one");
  }
  const arrow::Field& field = *schema.field(found[0]);
  if (!IsAdmittedType(*field.type())) {
    return ExpressionError(expr, fmt::format("column {} has the type {}, which is not supported",
                                             expr.name(), TypeText(*field.type())));
  }
  return MakeBoundColumn(found[0], field.type(), field.nullable());
}

Result<BoundExprPtr> BindLiteral(const Expr& expr) {
  const Result<TypePtr> type = AdmitType(expr.value()->type);
  if (!type.ok()) return ExpressionError(expr, std::string(type.status().message()));
  if ((*type)->Equals(*expr.value()->type)) return MakeBoundConstant(expr.value());
  arrow::Result<std::shared_ptr<arrow::Scalar>> value = expr.value()->CastTo(*type);
  if (!value.ok()) return ExpressionError(expr, value.status().message());
  return MakeBoundConstant(std::move(*value));
}

Result<BoundExprPtr> BindCast(const ExprPtr& expr, const arrow::Schema& schema) {
  ASSIGN_OR_RETURN(BoundExprPtr arg, Bind(expr->args()[0], schema));
  if (!IsAdmittedType(*expr->type())) {
    return ExpressionError(
        *expr, fmt::format("there are no columns of the type {}", TypeText(*expr->type())));
  }
  return MakeBoundCast(std::move(arg), expr->type(), expr->or_null(), expr);
}

/// The overload of a call for its arguments, as an error of the call where there is none.
Result<Overload> ResolveCall(const Expr& expr, const std::vector<BoundExprPtr>& args) {
  const Result<const ScalarFunction*> function = FunctionRegistry::Get().Find(expr.name());
  if (!function.ok()) return ExpressionError(expr, std::string(function.status().message()));
  std::vector<TypePtr> types;
  std::vector<std::shared_ptr<arrow::Scalar>> literals;
  for (const BoundExprPtr& arg : args) {
    types.push_back(arg->type());
    literals.push_back(arg->Constant());
  }
  Result<Overload> overload = (*function)->resolve(types, literals);
  if (!overload.ok()) {
    const std::string message(overload.status().message());
    // How an operator is written is not what was wrong.
    const char first = expr.name().front();
    if (first < 'a' || first > 'z')
      return ExpressionError(expr, message, "cast a side to a type that has " + expr.name());
    const bool told = message.find((*function)->usage) != std::string::npos;
    return ExpressionError(expr, message, told ? "" : "write " + (*function)->usage);
  }
  if (overload->arg_types.size() != args.size()) {
    return Status::Error(StatusCode::kInternal, "{} takes {} arguments for {}", expr.name(),
                         overload->arg_types.size(), args.size());
  }
  return overload;
}

Result<BoundExprPtr> BindCall(const ExprPtr& expr, const arrow::Schema& schema) {
  std::vector<BoundExprPtr> args;
  for (const ExprPtr& arg : expr->args()) {
    ASSIGN_OR_RETURN(BoundExprPtr bound, Bind(arg, schema));
    args.push_back(std::move(bound));
  }
  ASSIGN_OR_RETURN(Overload overload, ResolveCall(*expr, args));
  for (size_t i = 0; i < args.size(); ++i) {
    ASSIGN_OR_RETURN(args[i],
                     MakeBoundCast(std::move(args[i]), overload.arg_types[i], false, expr));
  }
  if (expr->name() == "case" || expr->name() == "if") return MakeBoundCase(std::move(args));
  if (expr->name() == "coalesce") return MakeBoundCoalesce(std::move(args));
  return MakeBoundCall(std::move(overload), std::move(args), expr);
}

}  // namespace

Result<BoundExprPtr> Bind(const ExprPtr& expr, const arrow::Schema& schema) {
  InitializeArrow();
  switch (expr->kind()) {
    case ExprKind::kColumn:
      return BindColumn(*expr, schema);
    case ExprKind::kLiteral:
      return BindLiteral(*expr);
    case ExprKind::kCall:
      return BindCall(expr, schema);
    case ExprKind::kCast:
      return BindCast(expr, schema);
    case ExprKind::kAggregate:
      return ExpressionError(*expr,
                             fmt::format("{} is an aggregate and cannot stand here", expr->name()),
                             "aggregate first, then use the column of the result");
    case ExprKind::kWindow:
      return ExpressionError(*expr, fmt::format("{} over a window cannot stand here", expr->name()),
                             "compute it as a column first, then use the column");
  }
  return Status(StatusCode::kInternal, "an expression of no known kind");
}

Result<std::shared_ptr<arrow::Field>> FieldOf(const NamedExpr& named, const arrow::Schema& schema) {
  ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(named.expr, schema));
  return arrow::field(named.name, bound->type(), bound->nullable());
}

Status ErrorAt(const Status& status, const Expr& where) {
  if (status.message().find(kAt) != std::string_view::npos) return status;
  const Status placed = ExpressionError(where, std::string(status.message()));
  return Status(status.code(), std::string(placed.message()));
}

Status ExpressionError(const Expr& expr, const std::string& message, const std::string& hint) {
  std::string text = message + std::string(kAt);
  if (!expr.place().text.empty()) text += expr.place().text + "  ";
  text += ExprText(expr);
  if (!hint.empty()) text += "\n  do: " + hint;
  return Status(StatusCode::kInvalidArgument, std::move(text));
}

}  // namespace tusk::df
