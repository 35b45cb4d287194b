#include "dataframe/sql/literal.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df::sql {

namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr size_t kMaxDecimalDigits = 38;

/// Bits of the parser's mask of interval fields, as PostgreSQL's datetime.h numbers them.
enum IntervalField : int64_t {
  kMonthField = 1 << 1,
  kYearField = 1 << 2,
  kDayField = 1 << 3,
  kHourField = 1 << 10,
  kMinuteField = 1 << 11,
  kSecondField = 1 << 12,
};

struct Interval {
  int64_t months = 0;
  int64_t days = 0;
  int64_t nanos = 0;
};

/// One unit of an interval: so many months, days or nanoseconds.
struct Unit {
  std::string_view name;
  int64_t months = 0;
  int64_t days = 0;
  int64_t nanos = 0;
};

constexpr Unit kUnits[] = {
    {"year", 12},
    {"yr", 12},
    {"y", 12},
    {"quarter", 3},
    {"month", 1},
    {"mon", 1},
    {"decade", 120},
    {"century", 1200},
    {"week", 0, 7},
    {"w", 0, 7},
    {"day", 0, 1},
    {"d", 0, 1},
    {"hour", 0, 0, 3600 * kNanosPerSecond},
    {"hr", 0, 0, 3600 * kNanosPerSecond},
    {"h", 0, 0, 3600 * kNanosPerSecond},
    {"minute", 0, 0, 60 * kNanosPerSecond},
    {"min", 0, 0, 60 * kNanosPerSecond},
    {"m", 0, 0, 60 * kNanosPerSecond},
    {"second", 0, 0, kNanosPerSecond},
    {"sec", 0, 0, kNanosPerSecond},
    {"s", 0, 0, kNanosPerSecond},
    {"millisecond", 0, 0, 1'000'000},
    {"ms", 0, 0, 1'000'000},
    {"microsecond", 0, 0, 1'000},
    {"us", 0, 0, 1'000},
    {"nanosecond", 0, 0, 1},
};

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (name == unit.name) return &unit;
    if (name.ends_with('s') && name.substr(0, name.size() - 1) == unit.name) return &unit;
  }
  if (name == "centuries") return FindUnit("century");
  return nullptr;
}

/// The unit of a bare number in INTERVAL '90' DAY: the smallest of the fields.
const Unit* UnitOfFields(int64_t fields) {
  if ((fields & kSecondField) != 0 || fields == 0) return FindUnit("second");
  if ((fields & kMinuteField) != 0) return FindUnit("minute");
  if ((fields & kHourField) != 0) return FindUnit("hour");
  if ((fields & kDayField) != 0) return FindUnit("day");
  if ((fields & kMonthField) != 0) return FindUnit("month");
  return FindUnit("year");
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Cuts the leading characters off `text` for which `wanted` holds.
template <typename Wanted>
std::string_view TakeWhile(std::string_view& text, Wanted wanted) {
  const auto end = std::find_if_not(text.begin(), text.end(), wanted);
  const std::string_view taken = text.substr(0, static_cast<size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

/// "12" or "1.5" as a whole and millionths; false for anything else or for too many digits.
bool ReadQuantity(std::string_view number, int64_t& whole, int64_t& millionths) {
  const size_t point = number.find('.');
  const std::string_view integer = number.substr(0, point);
  whole = millionths = 0;
  if (!integer.empty()) {
    const auto [end, error] =
        std::from_chars(integer.data(), integer.data() + integer.size(), whole);
    if (error != std::errc() || end != integer.data() + integer.size()) return false;
  }
  if (point == std::string_view::npos) return !integer.empty();
  std::string fraction(number.substr(point + 1));
  if (fraction.size() > 6 || (fraction.empty() && integer.empty())) return false;
  if (!std::all_of(fraction.begin(), fraction.end(), IsDigit)) return false;
  fraction.resize(6, '0');
  std::from_chars(fraction.data(), fraction.data() + 6, millionths);
  return true;
}

/// total += factor * unit; false on overflow.
bool Accumulate(int64_t& total, int64_t factor, int64_t unit) {
  int64_t product = 0;
  return !__builtin_mul_overflow(factor, unit, &product) &&
         !__builtin_add_overflow(total, product, &total);
}

bool AddQuantity(std::string_view number, const Unit& unit, int64_t sign, Interval& interval) {
  int64_t whole = 0;
  int64_t millionths = 0;
  if (!ReadQuantity(number, whole, millionths)) return false;
  if (!Accumulate(interval.months, sign * whole, unit.months)) return false;
  if (!Accumulate(interval.days, sign * whole, unit.days)) return false;
  if (!Accumulate(interval.nanos, sign * whole, unit.nanos)) return false;
  if (millionths == 0) return true;
  // Half a month has no fixed length; half a year and half a day have.
  if (unit.months % 12 != 0 || millionths * unit.months % 1'000'000 != 0) return false;
  interval.months += sign * (unit.months * millionths / 1'000'000);
  const int64_t of_days = unit.days * 24 * 3600 * (kNanosPerSecond / 1'000'000);
  interval.nanos += sign * millionths * of_days;
  // Millionths of an hour are below int64's bound in nanoseconds.
  interval.nanos += sign * (millionths * (unit.nanos / 1000) / 1000);
  return true;
}

/// "hh:mm[:ss[.f]]" behind its hours.
bool AddClock(std::string_view hours, std::string_view& rest, int64_t sign, Interval& interval) {
  constexpr const char* kNames[] = {"minute", "second"};
  if (!AddQuantity(hours, *FindUnit("hour"), sign, interval)) return false;
  for (const char* name : kNames) {
    if (!rest.starts_with(':')) return true;
    rest.remove_prefix(1);
    const std::string_view part = TakeWhile(rest, [](char c) { return IsDigit(c) || c == '.'; });
    if (!AddQuantity(part, *FindUnit(name), sign, interval)) return false;
  }
  return true;
}

bool ReadInterval(std::string_view rest, int64_t fields, Interval& interval) {
  const auto is_blank = [](char c) { return c == ' ' || c == ','; };
  TakeWhile(rest, is_blank);
  if (rest.empty()) return false;
  while (!rest.empty()) {
    int64_t sign = 1;
    if (rest.front() == '-' || rest.front() == '+') {
      sign = rest.front() == '-' ? -1 : 1;
      rest.remove_prefix(1);
    }
    const std::string_view number = TakeWhile(rest, [](char c) { return IsDigit(c) || c == '.'; });
    if (number.empty()) return false;
    if (rest.starts_with(':')) {
      if (!AddClock(number, rest, sign, interval)) return false;
    } else {
      TakeWhile(rest, is_blank);
      std::string word(
          TakeWhile(rest, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }));
      std::transform(word.begin(), word.end(), word.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      const Unit* unit = word.empty() ? UnitOfFields(fields) : FindUnit(word);
      if (unit == nullptr || !AddQuantity(number, *unit, sign, interval)) return false;
    }
    TakeWhile(rest, is_blank);
  }
  return true;
}

/// Digits with a point as a decimal of just the digits that are there.
Result<std::shared_ptr<arrow::Scalar>> ParseDecimal(std::string_view text) {
  std::string digits;
  size_t scale = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.') point = true;
    if (!IsDigit(c)) continue;
    scale += point ? 1 : 0;
    if (c != '0' || !digits.empty()) digits += c;
  }
  const size_t precision = std::max({digits.size(), scale, size_t{1}});
  if (precision > kMaxDecimalDigits) return std::shared_ptr<arrow::Scalar>();
  if (digits.empty()) digits = "0";
  ASSIGN_OR_RETURN(
      auto value,
      FromArrow(arrow::Decimal128::FromString(text.starts_with('-') ? "-" + digits : digits)));
  return std::shared_ptr<arrow::Scalar>(std::make_shared<arrow::Decimal128Scalar>(
      value, arrow::decimal128(static_cast<int32_t>(precision), static_cast<int32_t>(scale))));
}

}  // namespace

Result<std::shared_ptr<arrow::Scalar>> ParseNumber(std::string_view text) {
  const bool exponent = text.find_first_of("eE") != std::string_view::npos;
  int64_t integer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error == std::errc() && end == text.data() + text.size()) {
    if (integer == static_cast<int32_t>(integer)) {
      return std::shared_ptr<arrow::Scalar>(
          std::make_shared<arrow::Int32Scalar>(static_cast<int32_t>(integer)));
    }
    return std::shared_ptr<arrow::Scalar>(std::make_shared<arrow::Int64Scalar>(integer));
  }
  if (!exponent) {
    ASSIGN_OR_RETURN(auto decimal, ParseDecimal(text));
    if (decimal != nullptr) return decimal;
  }
  double number = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || stop != text.data() + text.size()) {
    return Status::Error(StatusCode::kInvalidArgument, "no number that a double holds: {}", text);
  }
  return std::shared_ptr<arrow::Scalar>(std::make_shared<arrow::DoubleScalar>(number));
}

Result<std::shared_ptr<arrow::Scalar>> ParseInterval(std::string_view text, int64_t fields) {
  Interval interval;
  if (!ReadInterval(text, fields, interval) ||
      interval.months != static_cast<int32_t>(interval.months) ||
      interval.days != static_cast<int32_t>(interval.days)) {
    return Status::Error(StatusCode::kInvalidArgument, "no interval: '{}'", text);
  }
  const arrow::MonthDayNanoIntervalType::MonthDayNanos value = {
      static_cast<int32_t>(interval.months), static_cast<int32_t>(interval.days), interval.nanos};
  return std::shared_ptr<arrow::Scalar>(std::make_shared<arrow::MonthDayNanoIntervalScalar>(value));
}

Result<ExprPtr> BindConstant(const BindContext& context, const Tree& node) {
  const SourcePlace place = context.PlaceOf(node);
  if (node.Flag("isnull")) {
    return Expr::Literal(std::make_shared<arrow::NullScalar>(), place);
  }
  if (node.Has("sval")) {
    return Expr::Literal(std::make_shared<arrow::StringScalar>(node.Child("sval").Text("sval")),
                         place);
  }
  if (node.Has("boolval")) {
    return Expr::Literal(
        std::make_shared<arrow::BooleanScalar>(node.Child("boolval").Flag("boolval")), place);
  }
  std::string digits;
  if (node.Has("ival")) {
    const int64_t value = node.Child("ival").Number("ival");
    digits = std::to_string(value);
    // The parser's JSON has positive numbers only; a negative one still stands in the text.
    if (value == 0) digits = "-" + std::string(context.script().IntegerFrom(node.location()));
  } else if (node.Has("fval")) {
    digits = node.Child("fval").Text("fval");
  } else {
    return context.Unsupported(node, "bit strings are not supported");
  }
  Result<std::shared_ptr<arrow::Scalar>> number = ParseNumber(digits);
  if (!number.ok()) return context.Located(number.status(), node);
  return Expr::Literal(*number, place);
}

Result<TypePtr> BindTypeName(const BindContext& context, const Tree& type_name) {
  if (type_name.Has("arrayBounds")) {
    return context.Unsupported(type_name, "casts to arrays are not supported");
  }
  const std::vector<std::string> names = type_name.Names("names");
  if (names.empty()) return context.Invalid(type_name, "a type is missing");
  std::string name = names.back();
  if (names.size() > 1 && names.front() == "pg_catalog") {
    // The grammar's own words come under PostgreSQL's internal names.
    constexpr std::pair<std::string_view, std::string_view> kInternal[] = {
        {"int2", "int16"},        {"int4", "int32"},          {"int8", "int64"},
        {"float4", "float"},      {"float8", "double"},       {"bpchar", "string"},
        {"varchar", "string"},    {"numeric", "numeric"},     {"bool", "bool"},
        {"interval", "interval"}, {"timestamp", "timestamp"}, {"timestamptz", "timestamptz"}};
    for (const auto& [internal, ours] : kInternal) {
      if (name == internal) {
        name = ours;
        break;
      }
    }
  }
  const std::vector<Tree> modifiers = type_name.List("typmods");
  const bool decimal = name == "numeric" || name == "decimal";
  if (decimal && !modifiers.empty()) {
    const int64_t scale = modifiers.size() > 1 ? modifiers[1].Child("ival").Number("ival") : 0;
    name = fmt::format("decimal({},{})", modifiers[0].Child("ival").Number("ival"), scale);
  }
  Result<TypePtr> type = ParseType(name);
  if (!type.ok()) return context.Invalid(type_name, type.status().message());
  return type;
}

Result<std::shared_ptr<arrow::Scalar>> EvaluateConstant(const ExprPtr& expr) {
  if (expr->kind() == ExprKind::kLiteral) return expr->value();
  const auto one_row = arrow::RecordBatch::Make(arrow::schema({}), 1, arrow::ArrayVector{});
  ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(expr, *one_row->schema()));
  if (std::shared_ptr<arrow::Scalar> constant = bound->Constant()) return constant;
  ASSIGN_OR_RETURN(const arrow::Datum value, bound->Evaluate(*one_row));
  if (value.is_scalar()) return value.scalar();
  return FromArrow(value.make_array()->GetScalar(0));
}

std::optional<std::string> LiteralText(const Expr& expr) {
  if (expr.kind() != ExprKind::kLiteral || !expr.value()->is_valid) return std::nullopt;
  if (expr.value()->type->id() != arrow::Type::STRING) return std::nullopt;
  return static_cast<const arrow::StringScalar&>(*expr.value()).value->ToString();
}

}  // namespace tusk::df::sql
