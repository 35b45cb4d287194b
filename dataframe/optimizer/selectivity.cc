#include <algorithm>
#include <cmath>
#include <string_view>

#include <arrow/scalar.h>
#include <arrow/type.h>

#include "dataframe/expr/expr.h"
#include "dataframe/optimizer/statistics.h"
#include "dataframe/type/scalar_number.h"

namespace tusk::df {
namespace {

// What is taken where nothing is known: the usual guesses of databases.
constexpr double kEqual = 1.0 / 25;
constexpr double kRange = 1.0 / 3;
constexpr double kBetween = 1.0 / 8;
constexpr double kPrefix = 1.0 / 20;
constexpr double kContains = 1.0 / 10;
constexpr double kUnknown = 1.0 / 4;
constexpr double kNull = 1.0 / 20;

const ColumnStatistics* Find(const PlanEstimate& input, const Expr& expr) {
  if (expr.kind() != ExprKind::kColumn) return nullptr;
  const auto found = input.columns.find(expr.name());
  return found == input.columns.end() ? nullptr : &found->second;
}

double EqualSelectivity(const Expr& value, const PlanEstimate& input) {
  const ColumnStatistics* column = Find(input, value);
  if (column != nullptr && column->distinct.has_value()) {
    return 1.0 / std::max(1.0, *column->distinct);
  }
  // Of a table of five regions a region is a fifth.
  return std::max(kEqual, 1.0 / std::max(1.0, input.base_rows));
}

// How the column of a range condition is bounded: "x < 5" has an upper bound.
struct Bound {
  std::string column;
  bool upper = false;
  std::optional<double> value;
};

std::optional<Bound> BoundOf(const Expr& expr) {
  if (expr.kind() != ExprKind::kCall || expr.args().size() != 2) return std::nullopt;
  const bool less = expr.name() == "<" || expr.name() == "<=";
  const bool greater = expr.name() == ">" || expr.name() == ">=";
  if (!less && !greater) return std::nullopt;
  const Expr& left = *expr.args()[0];
  const Expr& right = *expr.args()[1];
  if (left.kind() != ExprKind::kColumn || right.kind() != ExprKind::kLiteral) return std::nullopt;
  return Bound{.column = left.name(), .upper = less, .value = ScalarNumber(*right.value())};
}

// The part of a column's values between two bounds, taken as spread evenly; nothing when the
// column's range is not known.
std::optional<double> PartOfRange(const ColumnStatistics* column, std::optional<double> low,
                                  std::optional<double> high) {
  if (column == nullptr || !column->min.has_value() || !column->max.has_value()) {
    return std::nullopt;
  }
  const double width = *column->max - *column->min;
  if (!(width > 0)) return std::nullopt;
  const double from = std::max(low.value_or(*column->min), *column->min);
  const double to = std::min(high.value_or(*column->max), *column->max);
  return std::clamp((to - from) / width, 0.0, 1.0);
}

double RangeSelectivity(const Bound& bound, const PlanEstimate& input) {
  const auto found = input.columns.find(bound.column);
  const ColumnStatistics* column = found == input.columns.end() ? nullptr : &found->second;
  if (!bound.value.has_value()) return kRange;
  const auto part = bound.upper ? PartOfRange(column, std::nullopt, bound.value)
                                : PartOfRange(column, bound.value, std::nullopt);
  return part.value_or(kRange);
}

double BetweenSelectivity(const Bound& low, const Bound& high, const PlanEstimate& input) {
  const auto found = input.columns.find(low.column);
  const ColumnStatistics* column = found == input.columns.end() ? nullptr : &found->second;
  if (!low.value.has_value() || !high.value.has_value()) return kBetween;
  return PartOfRange(column, low.value, high.value).value_or(kBetween);
}

// Conjuncts are taken as independent, but for two bounds of one column.
double AndSelectivity(const Expr& condition, const PlanEstimate& input) {
  std::vector<ExprPtr> conjuncts;
  for (const ExprPtr& arg : condition.args()) {
    for (ExprPtr& part : SplitConjunction(arg)) conjuncts.push_back(std::move(part));
  }
  std::map<std::string, std::pair<std::optional<Bound>, std::optional<Bound>>> bounds;
  double result = 1;
  for (const ExprPtr& conjunct : conjuncts) {
    const std::optional<Bound> bound = BoundOf(*conjunct);
    if (!bound.has_value()) {
      result *= Selectivity(*conjunct, input);
      continue;
    }
    auto& [low, high] = bounds[bound->column];
    (bound->upper ? high : low) = bound;
  }
  for (const auto& [column, pair] : bounds) {
    const auto& [low, high] = pair;
    if (low.has_value() && high.has_value()) {
      result *= BetweenSelectivity(*low, *high, input);
    } else {
      result *= RangeSelectivity(low.has_value() ? *low : *high, input);
    }
  }
  return result;
}

double LikeSelectivity(const Expr& expr) {
  const Expr& pattern = *expr.args()[1];
  if (pattern.kind() != ExprKind::kLiteral || !pattern.value()->is_valid ||
      pattern.value()->type->id() != arrow::Type::STRING) {
    return kContains;
  }
  const auto text = static_cast<const arrow::StringScalar&>(*pattern.value()).view();
  return !text.empty() && text.front() == '%' ? kContains : kPrefix;
}

bool IsLiteral(const Expr& expr) { return expr.kind() == ExprKind::kLiteral; }

double CallSelectivity(const Expr& expr, const PlanEstimate& input) {
  const std::string& name = expr.name();
  const auto& args = expr.args();
  if (name == "and") return AndSelectivity(expr, input);
  if (name == "or") {
    double none = 1;
    for (const ExprPtr& arg : args) none *= 1 - Selectivity(*arg, input);
    return 1 - none;
  }
  if (name == "not" && args.size() == 1) return 1 - Selectivity(*args[0], input);
  if (name == "is_null" || name == "is_not_null") {
    const ColumnStatistics* column = args.empty() ? nullptr : Find(input, *args[0]);
    const double null = column == nullptr ? kNull : column->null_fraction.value_or(kNull);
    return name == "is_null" ? null : 1 - null;
  }
  if (name == "in" && !args.empty()) {
    const double count = static_cast<double>(args.size()) - 1;
    return std::min(count * EqualSelectivity(*args[0], input), 0.75);
  }
  if (args.size() != 2) return kUnknown;
  if (name == "=" || name == "is_not_distinct_from") {
    return EqualSelectivity(IsLiteral(*args[0]) ? *args[1] : *args[0], input);
  }
  if (name == "<>" || name == "is_distinct_from") {
    return 1 - EqualSelectivity(IsLiteral(*args[0]) ? *args[1] : *args[0], input);
  }
  if (name == "<" || name == "<=" || name == ">" || name == ">=") {
    const auto bound = BoundOf(expr);
    return bound.has_value() ? RangeSelectivity(*bound, input) : kRange;
  }
  if (name == "like" || name == "ilike") return LikeSelectivity(expr);
  if (name == "starts_with") return kPrefix;
  if (name == "contains" || name == "ends_with") return kContains;
  return kUnknown;
}

}  // namespace

double Selectivity(const Expr& condition, const PlanEstimate& input) {
  switch (condition.kind()) {
    case ExprKind::kLiteral: {
      const auto& value = condition.value();
      if (!value->is_valid || value->type->id() != arrow::Type::BOOL) return 0;
      return static_cast<const arrow::BooleanScalar&>(*value).value ? 1 : 0;
    }
    case ExprKind::kColumn:
      return 0.5;
    case ExprKind::kCall:
      return std::clamp(CallSelectivity(condition, input), 0.0, 1.0);
    default:
      return kUnknown;
  }
}

}  // namespace tusk::df
