#include <algorithm>
#include <array>
#include <cmath>

#include <arrow/scalar.h>
#include <arrow/type.h>

#include "dataframe/expr/cast.h"
#include "dataframe/expr/expr.h"
#include "dataframe/expr/function/civil_time.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

/// How tightly a text holds together; PostgreSQL's order.
enum class Rank : uint8_t {
  kOr = 0,
  kAnd,
  kNot,
  kIs,
  kComparison,
  kLike,  // also IN
  kOther,
  kSum,
  kProduct,
  kSign,
  kAtom,
};

// The words that PostgreSQL's grammar reserves: a column of such a name has to be quoted.
constexpr std::array<std::string_view, 77> kReserved = {"all",          "analyse",
                                                        "analyze",      "and",
                                                        "any",          "array",
                                                        "as",           "asc",
                                                        "asymmetric",   "both",
                                                        "case",         "cast",
                                                        "check",        "collate",
                                                        "column",       "constraint",
                                                        "create",       "current_catalog",
                                                        "current_date", "current_role",
                                                        "current_time", "current_timestamp",
                                                        "current_user", "default",
                                                        "deferrable",   "desc",
                                                        "distinct",     "do",
                                                        "else",         "end",
                                                        "except",       "false",
                                                        "fetch",        "for",
                                                        "foreign",      "from",
                                                        "grant",        "group",
                                                        "having",       "in",
                                                        "initially",    "intersect",
                                                        "into",         "lateral",
                                                        "leading",      "limit",
                                                        "localtime",    "localtimestamp",
                                                        "not",          "null",
                                                        "offset",       "on",
                                                        "only",         "or",
                                                        "order",        "placing",
                                                        "primary",      "references",
                                                        "returning",    "select",
                                                        "session_user", "some",
                                                        "symmetric",    "system_user",
                                                        "table",        "then",
                                                        "to",           "trailing",
                                                        "true",         "union",
                                                        "unique",       "user",
                                                        "using",        "variadic",
                                                        "when",         "where",
                                                        "window"};

/// What binds a call that is written between its two arguments.
struct Operator {
  std::string_view name;
  std::string_view text;
  Rank rank;
};
constexpr std::array<Operator, 16> kOperators = {{
    {"+", "+", Rank::kSum},
    {"-", "-", Rank::kSum},
    {"*", "*", Rank::kProduct},
    {"/", "/", Rank::kProduct},
    {"%", "%", Rank::kProduct},
    {"||", "||", Rank::kOther},
    {"=", "=", Rank::kComparison},
    {"<>", "<>", Rank::kComparison},
    {"<", "<", Rank::kComparison},
    {"<=", "<=", Rank::kComparison},
    {">", ">", Rank::kComparison},
    {">=", ">=", Rank::kComparison},
    {"is_distinct_from", "is distinct from", Rank::kIs},
    {"is_not_distinct_from", "is not distinct from", Rank::kIs},
    {"like", "like", Rank::kLike},
    {"ilike", "ilike", Rank::kLike},
}};

struct Text {
  std::string text;
  Rank rank = Rank::kAtom;
};

Text TextOf(const Expr& expr);

/// The text of a part that stands where only `least` or tighter may stand.
std::string Part(const Expr& expr, Rank least) {
  Text part = TextOf(expr);
  return part.rank < least ? "(" + part.text + ")" : std::move(part.text);
}

Rank Above(Rank rank) { return static_cast<Rank>(static_cast<int>(rank) + 1); }

std::string Quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  return out + quote;
}

std::string ColumnText(const std::string& name) {
  const auto plain_start = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const bool plain =
      !name.empty() && plain_start(name.front()) &&
      std::ranges::all_of(name, [&](char c) { return plain_start(c) || (c >= '0' && c <= '9'); });
  if (plain && !std::ranges::binary_search(kReserved, std::string_view(name))) return name;
  return Quoted(name, '"');
}

std::string JoinParts(const std::vector<ExprPtr>& parts, size_t first = 0) {
  std::string out;
  for (size_t i = first; i < parts.size(); ++i) {
    if (i > first) out += ", ";
    out += ExprText(*parts[i]);
  }
  return out;
}

std::string FloatText(const std::shared_ptr<arrow::Scalar>& value, double number) {
  if (!std::isfinite(number)) {
    return TypeText(*value->type) + " " + Quoted(ScalarText(value), '\'');
  }
  std::string text = value->type->id() == arrow::Type::FLOAT
                         ? fmt::format("{}", static_cast<float>(number))
                         : fmt::format("{}", number);
  // With a point alone it would be read as a decimal.
  if (text.find('e') == std::string::npos) text += "e0";
  if (value->type->id() == arrow::Type::FLOAT) return "float " + Quoted(text, '\'');
  return text;
}

Text LiteralText(const std::shared_ptr<arrow::Scalar>& value) {
  const arrow::DataType& type = *value->type;
  if (!value->is_valid) {
    if (type.id() == arrow::Type::NA) return {"null"};
    return {"cast(null as " + TypeText(type) + ")"};
  }
  const auto signed_rank = [](const std::string& text) {
    return text.starts_with('-') ? Rank::kSign : Rank::kAtom;
  };
  switch (type.id()) {
    case arrow::Type::STRING:
      return {Quoted(ScalarText(value), '\'')};
    case arrow::Type::BOOL:
      return {ScalarText(value)};
    case arrow::Type::INT64: {
      const std::string text = ScalarText(value);
      return {text, signed_rank(text)};
    }
    case arrow::Type::DOUBLE: {
      const std::string text =
          FloatText(value, static_cast<const arrow::DoubleScalar&>(*value).value);
      return {text, signed_rank(text)};
    }
    case arrow::Type::FLOAT:
      return {FloatText(value, static_cast<const arrow::FloatScalar&>(*value).value)};
    case arrow::Type::DECIMAL128: {
      const std::string text = ScalarText(value);
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      // A plain number is read as a decimal of just its digits.
      const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
      const bool plain =
          decimal.scale() > 0 && (digits == decimal.precision() ||
                                  (digits == decimal.precision() + 1 && text.find("0.") <= 1));
      if (plain) return {text, signed_rank(text)};
      return {TypeText(type) + " '" + text + "'"};
    }
    default:
      return {TypeText(type) + " " + Quoted(ScalarText(value), '\'')};
  }
}

Text CaseText(const Expr& expr) {
  std::string out = "case";
  const std::vector<ExprPtr>& args = expr.args();
  for (size_t i = 0; i + 1 < args.size(); i += 2) {
    out += " when " + ExprText(*args[i]) + " then " + ExprText(*args[i + 1]);
  }
  if (args.size() % 2 == 1) {
    const Expr& last = *args.back();
    const bool plain_null =
        last.kind() == ExprKind::kLiteral && last.value()->type->id() == arrow::Type::NA;
    if (!plain_null) out += " else " + ExprText(last);
  }
  return {out + " end"};
}

/// "x in (1, 2)"; `word` is "in" or "not in".
Text InText(const Expr& expr, std::string_view word) {
  return {fmt::format("{} {} ({})", Part(*expr.args()[0], Above(Rank::kLike)), word,
                      JoinParts(expr.args(), 1)),
          Rank::kLike};
}

bool IsIn(const Expr& expr) {
  return expr.kind() == ExprKind::kCall && expr.name() == "in" && expr.args().size() > 1;
}

bool IsLike(const Expr& expr) {
  return expr.kind() == ExprKind::kCall && (expr.name() == "like" || expr.name() == "ilike") &&
         expr.args().size() == 2;
}

Text NotText(const Expr& expr) {
  const Expr& arg = *expr.args()[0];
  if (IsIn(arg)) return InText(arg, "not in");
  if (IsLike(arg)) {
    return {fmt::format("{} not {} {}", Part(*arg.args()[0], Above(Rank::kLike)), arg.name(),
                        Part(*arg.args()[1], Above(Rank::kLike))),
            Rank::kLike};
  }
  return {"not " + Part(arg, Rank::kNot), Rank::kNot};
}

Text InfixText(const Expr& expr, std::string_view word, Rank rank) {
  // Left-associative, but comparisons do not chain.
  const bool chains = rank != Rank::kComparison && rank != Rank::kIs && rank != Rank::kLike;
  std::string out = Part(*expr.args()[0], chains ? rank : Above(rank));
  for (size_t i = 1; i < expr.args().size(); ++i) {
    out += fmt::format(" {} {}", word, Part(*expr.args()[i], Above(rank)));
  }
  return {std::move(out), rank};
}

Text CallText(const Expr& expr) {
  const std::string& name = expr.name();
  const std::vector<ExprPtr>& args = expr.args();
  if (name == "case" && args.size() >= 2) return CaseText(expr);
  if (IsIn(expr)) return InText(expr, "in");
  if (args.size() == 1) {
    if (name == "not") return NotText(expr);
    // Two signs in a row would begin a comment.
    if (name == "neg") return {"-" + Part(*args[0], Rank::kAtom), Rank::kSign};
    if (name == "is_null") return {Part(*args[0], Above(Rank::kIs)) + " is null", Rank::kIs};
    if (name == "is_not_null") {
      return {Part(*args[0], Above(Rank::kIs)) + " is not null", Rank::kIs};
    }
  }
  if (args.size() >= 2) {
    if (name == "or") return InfixText(expr, "or", Rank::kOr);
    if (name == "and") return InfixText(expr, "and", Rank::kAnd);
    const auto found = std::ranges::find(kOperators, name, &Operator::name);
    if (found != kOperators.end() && args.size() == 2) {
      return InfixText(expr, found->text, found->rank);
    }
  }
  return {name + "(" + JoinParts(args) + ")"};
}

std::string AggregateText(const Expr& expr) {
  const std::string_view args = expr.name() == "count" && expr.args().empty() ? "*" : "";
  std::string out = fmt::format("{}({}{}{})", expr.name(), expr.distinct() ? "distinct " : "", args,
                                JoinParts(expr.args()));
  if (expr.filter() != nullptr) out += " filter (where " + ExprText(*expr.filter()) + ")";
  return out;
}

std::string DistanceText(uint64_t distance, WindowFrame::Unit unit) {
  if (unit != WindowFrame::Unit::kInterval) return fmt::format("{}", distance);
  if (distance % kMicrosOfDay != 0) return fmt::format("interval '{} microseconds'", distance);
  return fmt::format("interval '{} days'", distance / kMicrosOfDay);
}

std::string BoundText(const std::optional<int64_t>& bound, WindowFrame::Unit unit,
                      std::string_view unbounded) {
  if (!bound) return "unbounded " + std::string(unbounded);
  if (*bound == 0) return "current row";
  if (*bound > 0) return DistanceText(static_cast<uint64_t>(*bound), unit) + " following";
  // The absolute value as unsigned, for the least integer has no opposite.
  return DistanceText(uint64_t{0} - static_cast<uint64_t>(*bound), unit) + " preceding";
}

std::string WindowText(const Expr& expr) {
  std::string over;
  const auto add = [&](const std::string& clause) {
    if (!over.empty()) over += ' ';
    over += clause;
  };
  if (!expr.partition_by().empty()) add("partition by " + JoinParts(expr.partition_by()));
  std::string keys;
  for (const SortKey& key : expr.order_by()) {
    if (!keys.empty()) keys += ", ";
    keys += ExprText(*key.expr);
    if (key.descending) keys += " desc";
    if (key.nulls_first) keys += " nulls first";
  }
  if (!keys.empty()) add("order by " + keys);
  if (expr.frame()) add(FrameText(*expr.frame()));
  return AggregateText(expr) + " over (" + over + ")";
}

Text TextOf(const Expr& expr) {
  switch (expr.kind()) {
    case ExprKind::kColumn:
      return {ColumnText(expr.name())};
    case ExprKind::kLiteral:
      return LiteralText(expr.value());
    case ExprKind::kCall:
      return CallText(expr);
    case ExprKind::kCast:
      return {fmt::format("{}({} as {})", expr.or_null() ? "try_cast" : "cast",
                          ExprText(*expr.args()[0]), TypeText(*expr.type()))};
    case ExprKind::kAggregate:
      return {AggregateText(expr)};
    case ExprKind::kWindow:
      return {WindowText(expr)};
  }
  return {"?"};
}

}  // namespace

std::string FrameText(const WindowFrame& frame) {
  return fmt::format("{} between {} and {}",
                     frame.unit == WindowFrame::Unit::kRows ? "rows" : "range",
                     BoundText(frame.start, frame.unit, "preceding"),
                     BoundText(frame.end, frame.unit, "following"));
}

std::string ExprText(const Expr& expr) { return TextOf(expr).text; }

}  // namespace tusk::df
