#include "dataframe/api/dataframe.h"

#include <algorithm>
#include <optional>

#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/api/functions.h"
#include "dataframe/api/join_plans.h"
#include "dataframe/api/plan_steps.h"
#include "dataframe/expr/bind.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

/// `condition` as an expression.
Result<ExprPtr> ConditionOf(const Operand& condition) {
  RETURN_IF_ERROR(condition.column().error());
  return condition.column().expr();
}

Result<PlanPtr> SelectFrom(const PlanPtr& plan, std::span<const Column> columns) {
  ASSIGN_OR_RETURN(std::vector<NamedExpr> named, NamedColumns(columns));
  return ProjectColumns(plan, std::move(named));
}

Result<PlanPtr> AddTo(const PlanPtr& plan, std::span<const Column> columns) {
  ASSIGN_OR_RETURN(const std::vector<NamedExpr> named, NamedColumns(columns));
  std::vector<NamedExpr> all = AllColumns(*plan);
  const size_t before = all.size();
  for (const NamedExpr& column : named) {
    const auto end = all.begin() + static_cast<ptrdiff_t>(before);
    const auto same = std::find_if(
        all.begin(), end, [&](const NamedExpr& other) { return other.name == column.name; });
    if (same == end) {
      all.push_back(column);
    } else {
      same->expr = column.expr;
    }
  }
  return ProjectColumns(plan, std::move(all));
}

Result<PlanPtr> DropFrom(const PlanPtr& plan, std::span<const Column> columns) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn(columns, *plan->schema()));
  std::vector<NamedExpr> kept = AllColumns(*plan);
  std::erase_if(kept, [&names](const NamedExpr& column) {
    return std::find(names.begin(), names.end(), column.name) != names.end();
  });
  if (kept.empty()) return Status(StatusCode::kInvalidArgument, "at least one column must be left");
  return ProjectNode::Make(plan, std::move(kept));
}

Result<PlanPtr> RenameIn(const PlanPtr& plan, const std::string& from, const std::string& to,
                         const SourcePlace& place) {
  RETURN_IF_ERROR(Bind(Expr::Column(from, place), *plan->schema()).status());
  std::vector<NamedExpr> columns = AllColumns(*plan);
  for (NamedExpr& column : columns) {
    if (column.name == from) column.name = to;
  }
  return ProjectNode::Make(plan, std::move(columns));
}

Result<PlanPtr> SortBy(const PlanPtr& plan, std::span<const Column> columns,
                       std::optional<int64_t> limit) {
  ASSIGN_OR_RETURN(std::vector<SortKey> keys, SortKeys(columns));
  return SortNode::Make(plan, std::move(keys), limit);
}

Result<PlanPtr> ExplodeColumn(const PlanPtr& plan, const Column& column, bool keep_empty) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesIn({&column, 1}, *plan->schema()));
  Result<PlanPtr> exploded = ExplodeNode::Make(plan, names.front(), keep_empty);
  if (!exploded.ok()) return AtExpr(exploded.status(), *column.expr());
  return exploded;
}

/// Whether a column of `type` gets `value`, which is not null, for null.
bool Fills(const arrow::DataType& value, const arrow::DataType& type) {
  if (IsIntegerType(value)) return IsNumeric(type);
  if (IsFloatType(value)) return IsFloatType(type);
  if (IsDecimalType(value)) return IsDecimalType(type) || IsFloatType(type);
  return value.id() == type.id();
}

/// `value` for null in column `name`, which keeps its type where the value is a number of it.
Column Filled(const std::string& name, const TypePtr& type, const Column& value) {
  const bool number = value.expr()->kind() == ExprKind::kLiteral &&
                      IsIntegerType(*value.expr()->value()->type) && IsNumeric(*type);
  const ExprPtr fill = number ? Expr::Cast(value.expr(), type, false, value.place()) : value.expr();
  return Column(Expr::Call("coalesce", {Expr::Column(name, value.place()), fill}, value.place()))
      .As(name);
}

Result<PlanPtr> FillAll(const PlanPtr& plan, const Operand& value) {
  RETURN_IF_ERROR(value.column().error());
  ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(value.column().expr(), *plan->schema()));
  std::vector<Column> columns;
  for (const auto& field : plan->schema()->fields()) {
    const bool fills = Fills(*bound->type(), *field->type());
    columns.push_back(fills ? Filled(field->name(), field->type(), value.column())
                            : Column(Expr::Column(field->name())));
  }
  return SelectFrom(plan, columns);
}

Result<PlanPtr> FillColumns(const PlanPtr& plan, const std::vector<std::string>& names,
                            const Operand& value) {
  RETURN_IF_ERROR(value.column().error());
  std::vector<Column> columns;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const BoundExprPtr bound,
                     Bind(Expr::Column(name, value.column().place()), *plan->schema()));
    columns.push_back(Filled(name, bound->type(), value.column()));
  }
  return AddTo(plan, columns);
}

Result<PlanPtr> WithoutNulls(const PlanPtr& plan, std::span<const Column> columns) {
  std::vector<ExprPtr> conditions;
  for (const Column& column : columns) {
    RETURN_IF_ERROR(column.error());
    conditions.push_back(Expr::Call("is_not_null", {column.expr()}, column.place()));
  }
  if (conditions.empty()) return plan;
  return FilterNode::Make(plan, MakeConjunction(conditions));
}

std::string ListOf(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<PlanPtr> UnionByName(const PlanPtr& left, const PlanPtr& right) {
  std::vector<std::string> only_left, only_right;
  std::vector<NamedExpr> columns;
  for (const auto& field : left->schema()->fields()) {
    if (right->schema()->GetFieldIndex(field->name()) < 0) only_left.push_back(field->name());
    columns.push_back({field->name(), Expr::Column(field->name())});
  }
  for (const auto& field : right->schema()->fields()) {
    if (left->schema()->GetFieldIndex(field->name()) < 0) only_right.push_back(field->name());
  }
  if (!only_left.empty() || !only_right.empty()) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "both sides of a union must have the same columns; only on the left: "
                         "{}; only on the right: {}\n  do: Select, Rename or Drop first",
                         only_left.empty() ? "none" : ListOf(only_left),
                         only_right.empty() ? "none" : ListOf(only_right));
  }
  ASSIGN_OR_RETURN(PlanPtr aligned, ProjectNode::Make(right, std::move(columns)));
  return UnionNode::Make({left, std::move(aligned)});
}

Result<PlanPtr> SampleRows(const PlanPtr& plan, double fraction, uint64_t seed) {
  if (!(fraction >= 0 && fraction <= 1)) {
    return Status::Error(StatusCode::kInvalidArgument, "a fraction is between 0 and 1, not {}",
                         fraction);
  }
  if (fraction == 1) return plan;
  std::vector<ExprPtr> values = {Expr::Of(static_cast<int64_t>(seed))};
  for (const NamedExpr& column : AllColumns(*plan)) values.push_back(column.expr);
  const auto bound = static_cast<uint64_t>(fraction * 18446744073709551616.0);
  return FilterNode::Make(
      plan, Expr::Call("<", {Expr::Call("hash", std::move(values)),
                             Expr::Literal(std::make_shared<arrow::UInt64Scalar>(bound))}));
}

/// Arguments become columns of their own, of the types that the function takes; the result gets its
/// name and place behind it.
Result<PlanPtr> MapEachRow(const PlanPtr& plan, const std::vector<std::string>& columns,
                           const std::string& name, const std::vector<TypePtr>& types,
                           const TypePtr& result, const std::string& function) {
  if (columns.size() != types.size()) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "the function takes {} values, but {} columns are named", types.size(),
                         columns.size());
  }
  const arrow::Schema& schema = *plan->schema();
  std::vector<NamedExpr> given = AllColumns(*plan);
  for (size_t i = 0; i < columns.size(); ++i) {
    given.push_back({FreshName(schema, fmt::format("argument {}#", i)),
                     Expr::Cast(Expr::Column(columns[i]), types[i])});
  }
  ASSIGN_OR_RETURN(PlanPtr arguments, ProjectNode::Make(plan, std::move(given)));
  arrow::FieldVector fields = schema.fields();
  if (schema.GetFieldIndex(internal::kRowResult) >= 0) {
    return Status::Error(StatusCode::kInvalidArgument, "a column cannot be called {} here",
                         internal::kRowResult);
  }
  fields.push_back(arrow::field(internal::kRowResult, result));
  ASSIGN_OR_RETURN(PlanPtr mapped, MapBatchesNode::Make(std::move(arguments), function,
                                                        arrow::schema(std::move(fields))));
  std::vector<NamedExpr> all;
  bool replaced = false;
  for (const NamedExpr& column : AllColumns(*plan)) {
    const bool same = column.name == name;
    replaced |= same;
    all.push_back({column.name, same ? Expr::Column(internal::kRowResult) : column.expr});
  }
  if (!replaced) all.push_back({name, Expr::Column(internal::kRowResult)});
  return ProjectNode::Make(std::move(mapped), std::move(all));
}

}  // namespace

// Each method: what is wrong already stays; else a step, with its place when it fails.

DataFrame DataFrame::Select(std::span<const Column> columns) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(SelectFrom(*plan_, columns), FirstPlace(columns), "Select"));
}

DataFrame DataFrame::WithColumns(std::span<const Column> columns) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(AddTo(*plan_, columns), FirstPlace(columns), "WithColumns"));
}

DataFrame DataFrame::Rename(const std::string& from, const std::string& to,
                            const Location& where) const {
  if (!plan_.ok()) return *this;
  const SourcePlace place = PlaceOf(where);
  return Next(AtPlace(RenameIn(*plan_, from, to, place), place, "Rename"));
}

DataFrame DataFrame::Drop(std::span<const Column> columns) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(DropFrom(*plan_, columns), FirstPlace(columns), "Drop"));
}

DataFrame DataFrame::Cast(const Column& column, std::string_view type) const {
  return WithColumns(column.Cast(type));
}

DataFrame DataFrame::Filter(const Operand& condition) const {
  if (!plan_.ok()) return *this;
  const Result<ExprPtr> expr = ConditionOf(condition);
  if (!expr.ok()) return Next(expr.status());
  return Next(AtPlace(FilterNode::Make(*plan_, *expr), (*expr)->place(), "Filter"));
}

DataFrame DataFrame::Distinct() const {
  if (!plan_.ok()) return *this;
  return Next(AggregateNode::Make(*plan_, AllColumns(**plan_), {}));
}

DataFrame DataFrame::Limit(int64_t rows, int64_t offset, const Location& where) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(LimitNode::Make(*plan_, rows, offset), PlaceOf(where), "Limit"));
}

DataFrame DataFrame::Sort(std::span<const Column> keys) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(SortBy(*plan_, keys, std::nullopt), FirstPlace(keys), "Sort"));
}

DataFrame DataFrame::TopK(int64_t rows, std::span<const Column> keys) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(SortBy(*plan_, keys, rows), FirstPlace(keys), "TopK"));
}

DataFrame DataFrame::Sample(double fraction, uint64_t seed, const Location& where) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(SampleRows(*plan_, fraction, seed), PlaceOf(where), "Sample"));
}

DataFrame DataFrame::MapBatches(SchemaPtr result, const std::string& function,
                                const Location& where) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(MapBatchesNode::Make(*plan_, function, std::move(result)), PlaceOf(where),
                      "MapBatches"));
}

DataFrame DataFrame::MapRows(const std::vector<std::string>& columns, const std::string& name,
                             const std::vector<TypePtr>& types, const TypePtr& result,
                             const std::string& function, const Location& where) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(MapEachRow(*plan_, columns, name, types, result, function), PlaceOf(where),
                      "MapRows"));
}

DataFrame DataFrame::Explode(const Column& column, bool keep_empty) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(ExplodeColumn(*plan_, column, keep_empty), column.place(), "Explode"));
}

DataFrame DataFrame::FillNull(const Operand& value) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(FillAll(*plan_, value), value.column().place(), "FillNull"));
}

DataFrame DataFrame::FillNull(const std::vector<std::string>& columns, const Operand& value) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(FillColumns(*plan_, columns, value), value.column().place(), "FillNull"));
}

DataFrame DataFrame::DropNulls() const {
  if (!plan_.ok()) return *this;
  std::vector<Column> columns;
  for (const auto& field : (*plan_)->schema()->fields()) {
    if (field->nullable()) columns.emplace_back(Expr::Column(field->name()));
  }
  return DropNulls(std::span<const Column>(columns));
}

DataFrame DataFrame::DropNulls(std::span<const Column> columns) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(WithoutNulls(*plan_, columns), FirstPlace(columns), "DropNulls"));
}

GroupedFrame DataFrame::GroupBy(std::span<const Column> keys) const {
  return GroupedFrame(session_, plan_, {keys.begin(), keys.end()});
}

DataFrame DataFrame::Agg(std::span<const Column> columns) const {
  return GroupedFrame(session_, plan_, {}).Agg(columns);
}

DataFrame DataFrame::ValueCounts(const Column& column) const {
  return GroupBy(column).Count().Sort(Column("count", column.place()).Desc(),
                                      Column(column.name(), column.place()));
}

DataFrame DataFrame::Join(const DataFrame& other, const JoinOn& on, JoinType type) const {
  if (!plan_.ok()) return *this;
  if (!other.plan_.ok()) return other;
  return Next(AtPlace(JoinPlans(*plan_, *other.plan_, on, type), on.place(), "Join"));
}

DataFrame DataFrame::CrossJoin(const DataFrame& other, const Location& where) const {
  if (!plan_.ok()) return *this;
  if (!other.plan_.ok()) return other;
  return Next(AtPlace(CrossJoinPlans(*plan_, *other.plan_), PlaceOf(where), "CrossJoin"));
}

DataFrame DataFrame::Union(const DataFrame& other, const Location& where) const {
  if (!plan_.ok()) return *this;
  if (!other.plan_.ok()) return other;
  return Next(AtPlace(UnionByName(*plan_, *other.plan_), PlaceOf(where), "Union"));
}

Result<SchemaPtr> DataFrame::Schema() const {
  RETURN_IF_ERROR(plan_.status());
  return (*plan_)->schema();
}

}  // namespace tusk::df
