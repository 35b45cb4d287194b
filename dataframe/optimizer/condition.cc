#include "dataframe/optimizer/condition.h"

#include <algorithm>

#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/plan_visitor.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

// Functions that are null when one argument is.
bool IsStrict(const std::string& function) {
  static constexpr std::string_view kStrict[] = {
      "+",         "-",         "*",       "/",      "%",          "div",       "neg",
      "=",         "<>",        "<",       "<=",     ">",          ">=",        "like",
      "ilike",     "substring", "upper",   "lower",  "trim",       "ltrim",     "rtrim",
      "length",    "||",        "replace", "left",   "right",      "abs",       "round",
      "ceil",      "floor",     "trunc",   "sqrt",   "year",       "month",     "day",
      "quarter",   "hour",      "minute",  "second", "date_trunc", "date_part", "starts_with",
      "ends_with", "contains",  "strpos"};
  return std::find(std::begin(kStrict), std::end(kStrict), function) != std::end(kStrict);
}

// True when `expr` is null where all of `columns` are.
bool NullWithNulls(const Expr& expr, const ColumnSet& columns) {
  switch (expr.kind()) {
    case ExprKind::kColumn:
      return columns.contains(expr.name());
    case ExprKind::kLiteral:
      return !expr.value()->is_valid;
    case ExprKind::kCast:
      return NullWithNulls(*expr.args()[0], columns);
    case ExprKind::kCall:
      if (expr.name() == "not") return NullWithNulls(*expr.args()[0], columns);
      if (expr.name() == "in") {
        return !expr.args().empty() && NullWithNulls(*expr.args()[0], columns);
      }
      return IsStrict(expr.name()) &&
             std::any_of(expr.args().begin(), expr.args().end(),
                         [&](const ExprPtr& arg) { return NullWithNulls(*arg, columns); });
    default:
      return false;
  }
}

// True when `expr`, a condition, is true where all of `columns` are null: what NOT makes false.
bool TrueWithNulls(const Expr& expr, const ColumnSet& columns) {
  if (BoolLiteral(expr) == true) return true;
  if (IsCall(expr, "is_null")) return NullWithNulls(*expr.args()[0], columns);
  return false;
}

void AddDisjuncts(const ExprPtr& condition, std::vector<ExprPtr>* out) {
  if (!IsCall(*condition, "or")) return out->push_back(condition);
  for (const ExprPtr& arg : condition->args()) AddDisjuncts(arg, out);
}

}  // namespace

ColumnSet ColumnNames(const arrow::Schema& schema) {
  ColumnSet names;
  for (const auto& field : schema.fields()) names.insert(field->name());
  return names;
}

void AddColumns(const ExprPtr& expr, ColumnSet* columns) {
  if (expr == nullptr) return;
  for (std::string& name : ColumnsOf(*expr)) columns->insert(std::move(name));
}

bool ReadsOnly(const Expr& expr, const ColumnSet& columns) {
  const std::vector<std::string> read = ColumnsOf(expr);
  return !read.empty() && std::all_of(read.begin(), read.end(), [&](const std::string& name) {
    return columns.contains(name);
  });
}

ExprPtr Substitute(const ExprPtr& expr, const std::map<std::string, ExprPtr>& by) {
  return RewriteExpr(expr, [&](const ExprPtr& part) -> ExprPtr {
    if (part->kind() != ExprKind::kColumn) return nullptr;
    const auto found = by.find(part->name());
    return found == by.end() ? nullptr : found->second;
  });
}

bool IsCall(const Expr& expr, std::string_view function) {
  return expr.kind() == ExprKind::kCall && expr.name() == function;
}

std::optional<bool> BoolLiteral(const Expr& expr) {
  if (expr.kind() != ExprKind::kLiteral || !expr.value()->is_valid ||
      expr.value()->type->id() != arrow::Type::BOOL) {
    return std::nullopt;
  }
  return static_cast<const arrow::BooleanScalar&>(*expr.value()).value;
}

bool IsNullLiteral(const Expr& expr) {
  return expr.kind() == ExprKind::kLiteral && !expr.value()->is_valid;
}

std::vector<ExprPtr> SplitDisjunction(const ExprPtr& condition) {
  std::vector<ExprPtr> out;
  if (condition != nullptr) AddDisjuncts(condition, &out);
  return out;
}

ExprPtr MakeDisjunction(const std::vector<ExprPtr>& disjuncts) {
  ExprPtr condition;
  for (const ExprPtr& disjunct : disjuncts) {
    condition = condition == nullptr ? disjunct : Expr::Call("or", {condition, disjunct});
  }
  return condition;
}

bool Contains(const std::vector<ExprPtr>& exprs, const Expr& expr) {
  return std::any_of(exprs.begin(), exprs.end(),
                     [&](const ExprPtr& one) { return one->Equals(expr); });
}

void AddUnique(const std::vector<ExprPtr>& more, std::vector<ExprPtr>* exprs) {
  for (const ExprPtr& one : more) {
    if (!Contains(*exprs, *one)) exprs->push_back(one);
  }
}

bool RejectsNulls(const Expr& condition, const ColumnSet& columns) {
  if (BoolLiteral(condition) == false) return true;
  if (NullWithNulls(condition, columns)) return true;
  if (condition.kind() != ExprKind::kCall) return false;
  const auto& args = condition.args();
  const auto rejects = [&](const ExprPtr& arg) { return RejectsNulls(*arg, columns); };
  if (condition.name() == "and") return std::any_of(args.begin(), args.end(), rejects);
  if (condition.name() == "or") return std::all_of(args.begin(), args.end(), rejects);
  if (condition.name() == "is_not_null") return NullWithNulls(*args[0], columns);
  if (condition.name() == "not") return TrueWithNulls(*args[0], columns);
  return false;
}

ExprPtr ImpliedBy(const ExprPtr& condition, const ColumnSet& columns) {
  if (!IsCall(*condition, "or")) return nullptr;
  std::vector<ExprPtr> implied;
  for (const ExprPtr& disjunct : SplitDisjunction(condition)) {
    std::vector<ExprPtr> about;
    for (const ExprPtr& conjunct : SplitConjunction(disjunct)) {
      if (ReadsOnly(*conjunct, columns)) about.push_back(conjunct);
    }
    if (about.empty()) return nullptr;
    const ExprPtr one = MakeConjunction(about);
    if (!Contains(implied, *one)) implied.push_back(one);
  }
  return MakeDisjunction(implied);
}

size_t ExprSize(const Expr& expr) {
  size_t size = 1;
  for (const ExprPtr& arg : expr.args()) size += ExprSize(*arg);
  return size;
}

Result<PlanPtr> Filtered(PlanPtr child, const std::vector<ExprPtr>& conjuncts) {
  if (conjuncts.empty()) return child;
  return FilterNode::Make(std::move(child), MakeConjunction(conjuncts));
}

Result<PlanPtr> WithColumns(PlanPtr child, const std::vector<std::string>& names) {
  if (NamesOf(*child->schema()) == names) return child;
  std::vector<NamedExpr> columns;
  for (const std::string& name : names) {
    columns.push_back({.name = name, .expr = Expr::Column(name)});
  }
  return ProjectNode::Make(std::move(child), std::move(columns));
}

std::vector<std::string> NamesOf(const arrow::Schema& schema) {
  std::vector<std::string> names;
  for (const auto& field : schema.fields()) names.push_back(field->name());
  return names;
}

bool IsSelection(const ProjectNode& project) {
  return std::all_of(
      project.columns().begin(), project.columns().end(), [](const NamedExpr& column) {
        return column.expr->kind() == ExprKind::kColumn && column.expr->name() == column.name;
      });
}

Result<PlanPtr> EmptyPlan(const SchemaPtr& schema) {
  ASSIGN_OR_RETURN(auto rows, FromArrow(arrow::RecordBatch::MakeEmpty(schema)));
  return ValuesNode::Make(std::move(rows));
}

bool IsEmptyPlan(const PlanNode& plan) {
  return plan.kind() == PlanKind::kValues && As<ValuesNode>(plan).rows()->num_rows() == 0;
}

FreshNames::FreshNames(const PlanPtr& plan) {
  VisitPlan(plan, [&](const PlanPtr& node) {
    for (const auto& field : node->schema()->fields()) taken_.insert(field->name());
    if (node->kind() != PlanKind::kScan) return;
    for (const ScanNode::Column& column : As<ScanNode>(*node).columns()) {
      taken_.insert(column.name);
    }
  });
}

std::string FreshNames::Make(const std::string& base) {
  std::string name = base;
  for (int i = 1; !taken_.insert(name).second; ++i) name = fmt::format("{}_{}", base, i);
  return name;
}

}  // namespace tusk::df
