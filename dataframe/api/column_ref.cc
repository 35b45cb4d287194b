#include "dataframe/api/column_ref.h"

#include <string>

#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "common/base/status_macros.h"
#include "dataframe/api/plan_steps.h"
#include "dataframe/api/window.h"
#include "dataframe/expr/bind.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

Column Literal(std::shared_ptr<arrow::Scalar> value, const std::source_location& where) {
  return Column(Expr::Literal(std::move(value), PlaceOf(where)));
}

/// The call of `function`, placed where the first placed argument is.
Column CallOf(std::string function, std::span<const Column> args) {
  std::vector<ExprPtr> exprs;
  SourcePlace place;
  for (const Column& arg : args) {
    if (!arg.error().ok()) return arg;
    if (place.text.empty()) place = arg.place();
    exprs.push_back(arg.expr());
  }
  return Column(Expr::Call(std::move(function), std::move(exprs), std::move(place)));
}

Column Binary(const char* function, const Operand& a, const Operand& b) {
  const Column args[] = {a.column(), b.column()};
  return CallOf(function, args);
}

/// A literal of `type` from its text.
Column Parsed(std::string_view text, const TypePtr& type, const std::source_location& where) {
  const ExprPtr cast =
      Expr::Cast(Expr::Literal(arrow::MakeScalar(std::string(text)), PlaceOf(where)), type, false,
                 PlaceOf(where));
  static const SchemaPtr kNoColumns = arrow::schema(arrow::FieldVector{});
  const Result<BoundExprPtr> bound = Bind(cast, *kNoColumns);
  if (!bound.ok()) return Column(bound.status());
  if (const auto value = (*bound)->Constant()) return Literal(value, where);
  return Column(cast);
}

const Expr* AggregateIn(const ExprPtr& expr) {
  return expr->kind() == ExprKind::kAggregate ? expr.get() : nullptr;
}

}  // namespace

SourcePlace PlaceOf(const std::source_location& where) {
  std::string_view file = where.file_name();
  file = file.substr(file.rfind('/') + 1);
  return {.text = fmt::format("{}:{}", file, where.line())};
}

Column::Column(const char* name, const std::source_location& where)
    : Column(std::string_view(name), where) {}
Column::Column(std::string_view name, const std::source_location& where)
    : Column(name, PlaceOf(where)) {}
Column::Column(const std::string& name, const std::source_location& where)
    : Column(std::string_view(name), where) {}
Column::Column(std::string_view name, SourcePlace place)
    : expr_(Expr::Column(std::string(name), std::move(place))) {}

Column Column::With(ExprPtr expr) const { return Column(std::move(expr)); }

Column Column::As(std::string name) const {
  Column named = *this;
  named.name_ = std::move(name);
  return named;
}

Column Column::Desc() const {
  Column key = *this;
  key.descending_ = true;
  return key;
}

Column Column::Asc() const {
  Column key = *this;
  key.descending_ = false;
  return key;
}

Column Column::NullsFirst() const {
  Column key = *this;
  key.nulls_first_ = true;
  return key;
}

Column Column::NullsLast() const {
  Column key = *this;
  key.nulls_first_ = false;
  return key;
}

Column Column::IsNull() const { return CallOf("is_null", {this, 1}); }
Column Column::IsNotNull() const { return CallOf("is_not_null", {this, 1}); }

Column Column::In(const std::vector<Operand>& values) const {
  std::vector<Column> args = {*this};
  for (const Operand& value : values) args.push_back(value.column());
  // Nothing is one of no values, not even null.
  if (values.empty()) return Column(Expr::Literal(arrow::MakeScalar(false), place()));
  return CallOf("in", args);
}

Column Column::Between(const Operand& low, const Operand& high) const {
  return *this >= low && *this <= high;
}

Column Column::Like(const Operand& pattern) const { return Binary("like", *this, pattern); }
Column Column::NotLike(const Operand& pattern) const { return !Like(pattern); }
Column Column::ILike(const Operand& pattern) const { return Binary("ilike", *this, pattern); }
Column Column::EqualsOrBothNull(const Operand& other) const {
  return Binary("is_not_distinct_from", *this, other);
}

Column Column::CastTo(std::string_view type, bool or_null) const {
  if (!error_.ok()) return *this;
  const Result<TypePtr> parsed = ParseType(type);
  if (!parsed.ok()) return Column(AtExpr(parsed.status(), *expr_));
  Column cast = With(Expr::Cast(expr_, *parsed, or_null, place()));
  cast.name_ = name();
  return cast;
}

Column Column::Cast(std::string_view type) const { return CastTo(type, false); }
Column Column::TryCast(std::string_view type) const { return CastTo(type, true); }

Column Column::Distinct() const {
  if (!error_.ok()) return *this;
  const Expr* const aggregate = AggregateIn(expr_);
  if (aggregate == nullptr)
    return Column(ExpressionError(*expr_, "Distinct() is for aggregates, and this is none"));
  Column distinct = *this;
  distinct.expr_ =
      Expr::Aggregate(aggregate->name(), aggregate->args(), true, aggregate->filter(), place());
  return distinct;
}

Column Column::Where(const Operand& condition) const {
  if (!error_.ok()) return *this;
  if (!condition.column().error().ok()) return condition.column();
  const Expr* const aggregate = AggregateIn(expr_);
  if (aggregate == nullptr)
    return Column(ExpressionError(*expr_, "Where() is for aggregates, and this is none",
                                  "filter the dataframe"));
  ExprPtr filter = condition.column().expr();
  if (aggregate->filter() != nullptr) filter = MakeConjunction({aggregate->filter(), filter});
  Column filtered = *this;
  filtered.expr_ = Expr::Aggregate(aggregate->name(), aggregate->args(), aggregate->distinct(),
                                   std::move(filter), place());
  return filtered;
}

Column Column::Over(const Window& window) const {
  if (!error_.ok()) return *this;
  if (!window.error().ok()) return Column(window.error());
  const Expr* const aggregate = AggregateIn(expr_);
  if (aggregate == nullptr) {
    return Column(ExpressionError(
        *expr_, "Over() is for aggregates and window functions, and this is neither"));
  }
  if (aggregate->distinct() || aggregate->filter() != nullptr) {
    return Column(ExpressionError(*expr_, "Distinct() and Where() have no meaning over a window"));
  }
  return With(Expr::Window(aggregate->name(), aggregate->args(), window.partition_by(),
                           window.order_by(), window.frame(), place()))
      .As(name_);
}

const SourcePlace& Column::place() const {
  static const SourcePlace kUnknown;
  return expr_ == nullptr ? kUnknown : expr_->place();
}

std::string Column::name() const {
  if (!name_.empty() || expr_ == nullptr) return name_;
  return expr_->kind() == ExprKind::kColumn ? expr_->name() : ExprText(*expr_);
}

SortKey Column::sort_key() const {
  return {.expr = expr_,
          .descending = descending_.value_or(false),
          .nulls_first = nulls_first_.value_or(false)};
}

Column operator+(const Operand& a, const Operand& b) { return Binary("+", a, b); }
Column operator-(const Operand& a, const Operand& b) { return Binary("-", a, b); }
Column operator*(const Operand& a, const Operand& b) { return Binary("*", a, b); }
Column operator/(const Operand& a, const Operand& b) { return Binary("/", a, b); }
Column operator%(const Operand& a, const Operand& b) { return Binary("%", a, b); }
Column operator==(const Operand& a, const Operand& b) { return Binary("=", a, b); }
Column operator!=(const Operand& a, const Operand& b) { return Binary("<>", a, b); }
Column operator<(const Operand& a, const Operand& b) { return Binary("<", a, b); }
Column operator<=(const Operand& a, const Operand& b) { return Binary("<=", a, b); }
Column operator>(const Operand& a, const Operand& b) { return Binary(">", a, b); }
Column operator>=(const Operand& a, const Operand& b) { return Binary(">=", a, b); }
Column operator&&(const Operand& a, const Operand& b) { return Binary("and", a, b); }
Column operator||(const Operand& a, const Operand& b) { return Binary("or", a, b); }
Column Column::operator!() const { return CallOf("not", {this, 1}); }
Column Column::operator-() const { return CallOf("neg", {this, 1}); }

Operand::Operand(std::nullptr_t, const Location& where)
    : column_(Literal(Expr::Null()->value(), where)) {}
Operand::Operand(const char* value, const Location& where)
    : Operand(std::string_view(value), where) {}
Operand::Operand(std::string_view value, const Location& where)
    : column_(Literal(arrow::MakeScalar(std::string(value)), where)) {}
Operand::Operand(const std::string& value, const Location& where)
    : Operand(std::string_view(value), where) {}

Column Operand::OfBool(bool value, const Location& where) {
  return Literal(arrow::MakeScalar(value), where);
}
Column Operand::OfInteger(int64_t value, const Location& where) {
  return Literal(arrow::MakeScalar(value), where);
}
Column Operand::OfUnsigned(uint64_t value, const Location& where) {
  // Most of them are sizes, which meet other integers best as one of them.
  if (value <= static_cast<uint64_t>(INT64_MAX))
    return OfInteger(static_cast<int64_t>(value), where);
  return Literal(arrow::MakeScalar(value), where);
}
Column Operand::OfDouble(double value, const Location& where) {
  return Literal(arrow::MakeScalar(value), where);
}

Column col(std::string_view name, const std::source_location& where) { return Column(name, where); }
Column lit(const Operand& value) { return value.column(); }

Column Date(std::string_view text, const std::source_location& where) {
  return Parsed(text, arrow::date32(), where);
}

Column Timestamp(std::string_view text, const std::source_location& where) {
  return Parsed(text, arrow::timestamp(arrow::TimeUnit::MICRO), where);
}

Column Decimal(std::string_view text, const std::source_location& where) {
  arrow::Decimal128 value;
  int32_t precision = 0, scale = 0;
  const Status parsed = FromArrow(arrow::Decimal128::FromString(text, &value, &precision, &scale));
  const ExprPtr written = Expr::Literal(arrow::MakeScalar(std::string(text)), PlaceOf(where));
  if (!parsed.ok() || scale < 0)
    return Column(ExpressionError(*written, "this is no decimal number", "write it as 0.05"));
  const auto type = arrow::decimal128(std::max({precision, scale, 1}), scale);
  return Literal(std::make_shared<arrow::Decimal128Scalar>(value, type), where);
}

Column Call(std::string function, const std::vector<Operand>& args) {
  std::vector<Column> columns;
  for (const Operand& arg : args) columns.push_back(arg.column());
  return CallOf(std::move(function), columns);
}

}  // namespace tusk::df
