#include "dataframe/api/functions.h"

#include <string>

#include "dataframe/api/aggregate_of.h"

namespace tusk::df {
namespace {

/// A value that the user has not written as an operand: of no place, so that the call gets the
/// column's.
template <typename T>
Operand Plain(T value) {
  return Column(Expr::Of(value));
}

Column OfTwo(const char* function, const Column& y, const Column& x) {
  if (!x.error().ok()) return x;
  return AggregateOf(function, y, {x.expr()});
}

}  // namespace

// Aggregates.

Column Count(const std::source_location& where) { return AggregateOf("count", where); }
Column Count(const Column& value) { return AggregateOf("count", value); }
Column CountDistinct(const Column& value) { return Count(value).Distinct(); }
Column CountIf(const Column& condition) { return AggregateOf("count_if", condition); }
Column Sum(const Column& value) { return AggregateOf("sum", value); }
Column Mean(const Column& value) { return AggregateOf("avg", value); }
Column Min(const Column& value) { return AggregateOf("min", value); }
Column Max(const Column& value) { return AggregateOf("max", value); }
Column First(const Column& value) { return AggregateOf("first", value); }
Column Last(const Column& value) { return AggregateOf("last", value); }
Column AnyValue(const Column& value) { return AggregateOf("any_value", value); }
Column StdDev(const Column& value) { return AggregateOf("stddev", value); }
Column Variance(const Column& value) { return AggregateOf("variance", value); }
Column Skewness(const Column& value) { return AggregateOf("skewness", value); }
Column Kurtosis(const Column& value) { return AggregateOf("kurtosis", value); }
Column Median(const Column& value) { return AggregateOf("median", value); }
Column Quantile(const Column& value, double fraction) {
  return AggregateOf("quantile", value, {Expr::Of(fraction)});
}
Column ApproxQuantile(const Column& value, double fraction) {
  return AggregateOf("approx_quantile", value, {Expr::Of(fraction)});
}
Column ApproxCountDistinct(const Column& value) {
  return AggregateOf("approx_count_distinct", value);
}
Column Product(const Column& value) { return AggregateOf("product", value); }
Column Mode(const Column& value) { return AggregateOf("mode", value); }
Column CollectList(const Column& value) { return AggregateOf("list", value); }
Column StringAgg(const Column& text, std::string_view separator) {
  return AggregateOf("string_agg", text, {Expr::Of(separator)});
}
Column BoolAnd(const Column& condition) { return AggregateOf("bool_and", condition); }
Column BoolOr(const Column& condition) { return AggregateOf("bool_or", condition); }

Column Corr(const Column& y, const Column& x) { return OfTwo("corr", y, x); }
Column CovarSamp(const Column& y, const Column& x) { return OfTwo("covar_samp", y, x); }
Column CovarPop(const Column& y, const Column& x) { return OfTwo("covar_pop", y, x); }

// Conditions and nulls.

WhenClause When(const Operand& condition) { return WhenClause({condition}); }

WhenClause::Branches WhenClause::Then(const Operand& value) const {
  std::vector<Operand> args = args_;
  args.push_back(value);
  return Branches(std::move(args));
}

WhenClause::Branches::Branches(std::vector<Operand> args)
    : Column(Call("case",
                  [&args] {
                    std::vector<Operand> all = args;
                    all.emplace_back(Column(Expr::Null()));
                    return all;
                  }())),
      args_(std::move(args)) {}

WhenClause WhenClause::Branches::When(const Operand& condition) const {
  std::vector<Operand> args = args_;
  args.push_back(condition);
  return WhenClause(std::move(args));
}

Column WhenClause::Branches::Otherwise(const Operand& value) const {
  std::vector<Operand> args = args_;
  args.push_back(value);
  return Call("case", args);
}

Column Coalesce(const std::vector<Operand>& values) { return Call("coalesce", values); }
Column NullIf(const Operand& value, const Operand& other) { return Call("nullif", {value, other}); }
Column If(const Operand& condition, const Operand& then, const Operand& otherwise) {
  return Call("if", {condition, then, otherwise});
}
Column Greatest(const std::vector<Operand>& values) { return Call("greatest", values); }
Column Least(const std::vector<Operand>& values) { return Call("least", values); }
Column IsNan(const Column& value) { return Call("is_nan", {value}); }
Column IsFinite(const Column& value) { return Call("is_finite", {value}); }

// Text. Positions count characters from 1.

Column Upper(const Column& text) { return Call("upper", {text}); }
Column Lower(const Column& text) { return Call("lower", {text}); }
Column InitCap(const Column& text) { return Call("initcap", {text}); }
Column Trim(const Column& text) { return Call("trim", {text}); }
Column LTrim(const Column& text) { return Call("ltrim", {text}); }
Column RTrim(const Column& text) { return Call("rtrim", {text}); }
Column Length(const Column& text) { return Call("length", {text}); }
Column Reverse(const Column& text) { return Call("reverse", {text}); }
Column Repeat(const Column& text, const Operand& times) { return Call("repeat", {text, times}); }
Column Replace(const Column& text, const Operand& from, const Operand& to) {
  return Call("replace", {text, from, to});
}
Column Substring(const Column& text, const Operand& start) {
  return Call("substring", {text, start});
}
Column Substring(const Column& text, const Operand& start, const Operand& length) {
  return Call("substring", {text, start, length});
}
Column Left(const Column& text, const Operand& characters) {
  return Call("left", {text, characters});
}
Column Right(const Column& text, const Operand& characters) {
  return Call("right", {text, characters});
}
Column LPad(const Column& text, const Operand& characters, const Operand& fill) {
  return Call("lpad", {text, characters, fill});
}
Column RPad(const Column& text, const Operand& characters, const Operand& fill) {
  return Call("rpad", {text, characters, fill});
}
Column StartsWith(const Column& text, const Operand& start) {
  return Call("starts_with", {text, start});
}
Column EndsWith(const Column& text, const Operand& end) { return Call("ends_with", {text, end}); }
Column Contains(const Column& text, const Operand& what) { return Call("contains", {text, what}); }
Column StrPos(const Column& text, const Operand& what) { return Call("strpos", {text, what}); }
Column Concat(const std::vector<Operand>& values) { return Call("concat", values); }
Column ConcatWs(std::string_view separator, const std::vector<Operand>& values) {
  std::vector<Operand> args = {Plain(separator)};
  args.insert(args.end(), values.begin(), values.end());
  return Call("concat_ws", args);
}
Column Split(const Column& text, const Operand& separator) {
  return Call("split", {text, separator});
}
Column SplitPart(const Column& text, const Operand& separator, const Operand& index) {
  return Call("split_part", {text, separator, index});
}
Column RegexpMatches(const Column& text, std::string_view pattern) {
  return Call("regexp_matches", {text, Plain(pattern)});
}
Column RegexpExtract(const Column& text, std::string_view pattern, int64_t group) {
  return Call("regexp_extract", {text, Plain(pattern), Plain(group)});
}
Column RegexpReplace(const Column& text, std::string_view pattern, std::string_view replacement,
                     std::string_view flags) {
  if (flags.empty()) return Call("regexp_replace", {text, Plain(pattern), Plain(replacement)});
  return Call("regexp_replace", {text, Plain(pattern), Plain(replacement), Plain(flags)});
}

// Numbers.

Column Abs(const Column& value) { return Call("abs", {value}); }
Column Round(const Column& value, int64_t digits) {
  return digits == 0 ? Call("round", {value}) : Call("round", {value, Plain(digits)});
}
Column Ceil(const Column& value) { return Call("ceil", {value}); }
Column Floor(const Column& value) { return Call("floor", {value}); }
Column Trunc(const Column& value) { return Call("trunc", {value}); }
Column Sqrt(const Column& value) { return Call("sqrt", {value}); }
Column Exp(const Column& value) { return Call("exp", {value}); }
Column Ln(const Column& value) { return Call("ln", {value}); }
Column Log10(const Column& value) { return Call("log10", {value}); }
Column Log2(const Column& value) { return Call("log2", {value}); }
Column Power(const Operand& base, const Operand& exponent) {
  return Call("power", {base, exponent});
}
Column Sign(const Column& value) { return Call("sign", {value}); }
Column Sin(const Column& value) { return Call("sin", {value}); }
Column Cos(const Column& value) { return Call("cos", {value}); }
Column Tan(const Column& value) { return Call("tan", {value}); }
Column Atan2(const Operand& y, const Operand& x) { return Call("atan2", {y, x}); }
Column Div(const Operand& a, const Operand& b) { return Call("div", {a, b}); }

// Dates and times.

Column Year(const Column& date) { return Call("year", {date}); }
Column Quarter(const Column& date) { return Call("quarter", {date}); }
Column Month(const Column& date) { return Call("month", {date}); }
Column Week(const Column& date) { return Call("week", {date}); }
Column Day(const Column& date) { return Call("day", {date}); }
Column DayOfWeek(const Column& date) { return Call("dayofweek", {date}); }
Column DayOfYear(const Column& date) { return Call("dayofyear", {date}); }
Column Hour(const Column& time) { return Call("hour", {time}); }
Column Minute(const Column& time) { return Call("minute", {time}); }
Column Second(const Column& time) { return Call("second", {time}); }
Column Epoch(const Column& time) { return Call("epoch", {time}); }
Column DateTrunc(std::string_view unit, const Column& time) {
  return Call("date_trunc", {Plain(unit), time});
}
Column DateDiff(std::string_view unit, const Column& from, const Column& to) {
  return Call("date_diff", {Plain(unit), from, to});
}
Column MakeDate(const Operand& year, const Operand& month, const Operand& day) {
  return Call("make_date", {year, month, day});
}
Column LastDay(const Column& date) { return Call("last_day", {date}); }
Column ToDate(const Column& text, std::string_view format) {
  return format.empty() ? Call("to_date", {text}) : Call("to_date", {text, Plain(format)});
}
Column ToTimestamp(const Column& text, std::string_view format) {
  return format.empty() ? Call("to_timestamp", {text})
                        : Call("to_timestamp", {text, Plain(format)});
}
Column FormatTime(const Column& time, std::string_view format) {
  return Call("strftime", {time, Plain(format)});
}

}  // namespace tusk::df
