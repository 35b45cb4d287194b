#include "dataframe/api/join_plans.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/api/plan_steps.h"
#include "dataframe/expr/bind.h"

namespace tusk::df {
namespace {

std::string RightName(const arrow::Schema& left, const std::string& name) {
  return left.GetFieldIndex(name) >= 0 ? name + "_right" : name;
}

/// The right side with names that the left one does not have.
Result<PlanPtr> Renamed(const PlanPtr& left, const PlanPtr& right) {
  std::vector<NamedExpr> columns;
  bool changed = false;
  for (const auto& field : right->schema()->fields()) {
    columns.push_back({RightName(*left->schema(), field->name()), Expr::Column(field->name())});
    changed |= columns.back().name != field->name();
  }
  if (!changed) return right;
  return ProjectNode::Make(right, std::move(columns));
}

bool ReadsOnly(const Expr& expr, const arrow::Schema& schema) {
  const std::vector<std::string> names = ColumnsOf(expr);
  return !names.empty() && std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return schema.GetFieldIndex(name) >= 0;
  });
}

/// Splits a condition into equal pairs and the rest.
Status ReadCondition(const Column& condition, const arrow::Schema& left, const arrow::Schema& right,
                     JoinSpec* spec) {
  RETURN_IF_ERROR(condition.error());
  arrow::FieldVector both = left.fields();
  both.insert(both.end(), right.fields().begin(), right.fields().end());
  RETURN_IF_ERROR(Bind(condition.expr(), *arrow::schema(std::move(both))).status());
  std::vector<ExprPtr> rest;
  for (const ExprPtr& conjunct : SplitConjunction(condition.expr())) {
    const bool equality = conjunct->kind() == ExprKind::kCall && conjunct->name() == "=";
    if (equality && ReadsOnly(*conjunct->args()[0], left) &&
        ReadsOnly(*conjunct->args()[1], right)) {
      spec->keys.emplace_back(conjunct->args()[0], conjunct->args()[1]);
    } else if (equality && ReadsOnly(*conjunct->args()[1], left) &&
               ReadsOnly(*conjunct->args()[0], right)) {
      spec->keys.emplace_back(conjunct->args()[1], conjunct->args()[0]);
    } else {
      rest.push_back(conjunct);
    }
  }
  spec->residual = MakeConjunction(rest);
  if (!spec->keys.empty()) return Status::Ok();
  return ExpressionError(*condition.expr(),
                         "a join needs a column of one side that equals one of the other, or every "
                         "row is compared with every row",
                         "write CrossJoin(...).Filter(...) if that is what you want");
}

Status CheckType(JoinType type) {
  switch (type) {
    case JoinType::kInner:
    case JoinType::kLeft:
    case JoinType::kRight:
    case JoinType::kFull:
    case JoinType::kSemi:
    case JoinType::kAnti:
      return Status::Ok();
    default:
      return Status::Error(StatusCode::kInvalidArgument,
                           "joins are inner, left, right, full, semi or anti, and not {}",
                           JoinTypeName(type));
  }
}

/// What is handed out of a join by names: each of them once.
std::vector<NamedExpr> MergedColumns(const PlanNode& left, const PlanNode& right,
                                     const std::vector<std::string>& names, JoinType type) {
  std::vector<NamedExpr> columns;
  const auto is_key = [&names](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& field : left.schema()->fields()) {
    const std::string& name = field->name();
    ExprPtr value = Expr::Column(name);
    if (is_key(name) && type == JoinType::kRight) value = Expr::Column(name + "_right");
    if (is_key(name) && type == JoinType::kFull)
      value = Expr::Call("coalesce", {value, Expr::Column(name + "_right")});
    columns.push_back({name, std::move(value)});
  }
  for (const auto& field : right.schema()->fields()) {
    if (is_key(field->name())) continue;
    const std::string name = RightName(*left.schema(), field->name());
    columns.push_back({name, Expr::Column(name)});
  }
  return columns;
}

}  // namespace

Result<PlanPtr> JoinPlans(const PlanPtr& left, const PlanPtr& right, const JoinOn& on,
                          JoinType type) {
  RETURN_IF_ERROR(CheckType(type));
  ASSIGN_OR_RETURN(const PlanPtr renamed, Renamed(left, right));
  JoinSpec spec;
  spec.type = type;
  if (on.condition() != nullptr) {
    RETURN_IF_ERROR(ReadCondition(*on.condition(), *left->schema(), *renamed->schema(), &spec));
    return JoinNode::Make(left, renamed, std::move(spec));
  }
  if (on.names().empty())
    return Status(StatusCode::kInvalidArgument,
                  "a join needs the names of columns, or a condition");
  for (const std::string& name : on.names()) {
    const ExprPtr key = Expr::Column(name, on.place());
    RETURN_IF_ERROR(Bind(key, *left->schema()).status());
    RETURN_IF_ERROR(Bind(key, *right->schema()).status());
    spec.keys.emplace_back(key, Expr::Column(name + "_right", on.place()));
  }
  ASSIGN_OR_RETURN(PlanPtr joined, JoinNode::Make(left, renamed, std::move(spec)));
  if (type == JoinType::kSemi || type == JoinType::kAnti) return joined;
  return ProjectNode::Make(std::move(joined), MergedColumns(*left, *right, on.names(), type));
}

Result<PlanPtr> CrossJoinPlans(const PlanPtr& left, const PlanPtr& right) {
  ASSIGN_OR_RETURN(const PlanPtr renamed, Renamed(left, right));
  return JoinNode::Make(left, renamed, JoinSpec());
}

}  // namespace tusk::df
