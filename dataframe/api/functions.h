#pragma once

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dataframe/api/column_ref.h"

namespace tusk::df {

// Functions of columns. Where one takes a Column, a text is the name of a column; where it takes an
// Operand, a text is a value: Contains("name", "green"). They mean what SQL's functions of the same
// words mean; Call("name", {...}) reaches those that are not here.

// Aggregates: for GroupBy().Agg(), DataFrame::Agg(), and Over() a window. Nulls do not count;
// of no values the result is null, a count is 0.

/// Rows.
Column Count(const std::source_location& where = std::source_location::current());
/// Values that are not null; different ones of them.
Column Count(const Column& value);
Column CountDistinct(const Column& value);
/// Rows for which it is true.
Column CountIf(const Column& condition);
/// Of integers an int64, where overflow is an error; of decimals a decimal; of floats a double.
Column Sum(const Column& value);
/// A double.
Column Mean(const Column& value);
Column Min(const Column& value);
Column Max(const Column& value);
/// One of the values: the first, the last of those that are seen; any.
Column First(const Column& value);
Column Last(const Column& value);
Column AnyValue(const Column& value);
/// Of the sample, as SQL has it: divided by the number of values less one.
Column StdDev(const Column& value);
Column Variance(const Column& value);
Column Skewness(const Column& value);
Column Kurtosis(const Column& value);
/// Exact, interpolated. All values of a group meet in one task.
Column Median(const Column& value);
Column Quantile(const Column& value, double fraction);
/// From a sketch: off by about 1 %, in little memory.
Column ApproxQuantile(const Column& value, double fraction);
Column ApproxCountDistinct(const Column& value);
Column Product(const Column& value);
/// The most frequent value.
Column Mode(const Column& value);
/// All values as a list; as a text.
Column CollectList(const Column& value);
Column StringAgg(const Column& text, std::string_view separator = ",");
Column BoolAnd(const Column& condition);
Column BoolOr(const Column& condition);
Column Corr(const Column& y, const Column& x);
Column CovarSamp(const Column& y, const Column& x);
Column CovarPop(const Column& y, const Column& x);

// Conditions and nulls.

class WhenClause;

/// The value of the first condition that is true:
///   When(col("x") > 0).Then("up").When(col("x") < 0).Then("down").Otherwise("level")
/// Without Otherwise the rest is null.
WhenClause When(const Operand& condition);

/// A WHEN whose THEN is still to come.
class WhenClause {
 public:
  /// A column already, and open for further branches.
  class Branches : public Column {
   public:
    WhenClause When(const Operand& condition) const;
    Column Otherwise(const Operand& value) const;

   private:
    friend class WhenClause;
    explicit Branches(std::vector<Operand> args);
    std::vector<Operand> args_;
  };
  Branches Then(const Operand& value) const;

 private:
  friend WhenClause When(const Operand& condition);
  explicit WhenClause(std::vector<Operand> args) : args_(std::move(args)) {}
  std::vector<Operand> args_;
};

/// The first that is not null.
Column Coalesce(const std::vector<Operand>& values);
/// Null where both are equal.
Column NullIf(const Operand& value, const Operand& other);
Column If(const Operand& condition, const Operand& then, const Operand& otherwise);
/// Of several columns in one row; nulls are passed over.
Column Greatest(const std::vector<Operand>& values);
Column Least(const std::vector<Operand>& values);
Column IsNan(const Column& value);
Column IsFinite(const Column& value);

// Text. Positions count characters from 1.

Column Upper(const Column& text);
Column Lower(const Column& text);
Column InitCap(const Column& text);
/// Spaces taken off at both ends, the left, the right.
Column Trim(const Column& text);
Column LTrim(const Column& text);
Column RTrim(const Column& text);
/// In characters.
Column Length(const Column& text);
Column Reverse(const Column& text);
Column Repeat(const Column& text, const Operand& times);
Column Replace(const Column& text, const Operand& from, const Operand& to);
Column Substring(const Column& text, const Operand& start);
Column Substring(const Column& text, const Operand& start, const Operand& length);
Column Left(const Column& text, const Operand& characters);
Column Right(const Column& text, const Operand& characters);
Column LPad(const Column& text, const Operand& characters, const Operand& fill = " ");
Column RPad(const Column& text, const Operand& characters, const Operand& fill = " ");
Column StartsWith(const Column& text, const Operand& start);
Column EndsWith(const Column& text, const Operand& end);
Column Contains(const Column& text, const Operand& what);
/// Where `what` begins; 0: nowhere.
Column StrPos(const Column& text, const Operand& what);
/// Nulls are passed over.
Column Concat(const std::vector<Operand>& values);
Column ConcatWs(std::string_view separator, const std::vector<Operand>& values);
/// A list of texts; part `index` of it.
Column Split(const Column& text, const Operand& separator);
Column SplitPart(const Column& text, const Operand& separator, const Operand& index);
/// RE2's expressions, found anywhere in the text.
Column RegexpMatches(const Column& text, std::string_view pattern);
Column RegexpExtract(const Column& text, std::string_view pattern, int64_t group = 0);
/// The first match, or with `flags` "g" all of them.
Column RegexpReplace(const Column& text, std::string_view pattern, std::string_view replacement,
                     std::string_view flags = "");

// Numbers.

Column Abs(const Column& value);
/// To so many digits behind the point; half away from zero.
Column Round(const Column& value, int64_t digits = 0);
Column Ceil(const Column& value);
Column Floor(const Column& value);
Column Trunc(const Column& value);
Column Sqrt(const Column& value);
Column Exp(const Column& value);
Column Ln(const Column& value);
Column Log10(const Column& value);
Column Log2(const Column& value);
Column Power(const Operand& base, const Operand& exponent);
Column Sign(const Column& value);
Column Sin(const Column& value);
Column Cos(const Column& value);
Column Tan(const Column& value);
Column Atan2(const Operand& y, const Operand& x);
/// Of integers, cut towards zero.
Column Div(const Operand& a, const Operand& b);

// Dates and times.

Column Year(const Column& date);
Column Quarter(const Column& date);
Column Month(const Column& date);
/// Of ISO.
Column Week(const Column& date);
Column Day(const Column& date);
/// 0 is Sunday.
Column DayOfWeek(const Column& date);
Column DayOfYear(const Column& date);
Column Hour(const Column& time);
Column Minute(const Column& time);
Column Second(const Column& time);
/// Seconds since 1970.
Column Epoch(const Column& time);
/// Units: "year", "quarter", "month", "week", "day", "hour", "minute", "second".
Column DateTrunc(std::string_view unit, const Column& time);
/// Borders of the unit between two.
Column DateDiff(std::string_view unit, const Column& from, const Column& to);
Column MakeDate(const Operand& year, const Operand& month, const Operand& day);
Column LastDay(const Column& date);
/// Formats as of strftime; "" is ISO's.
Column ToDate(const Column& text, std::string_view format = "");
Column ToTimestamp(const Column& text, std::string_view format = "");
Column FormatTime(const Column& time, std::string_view format);

}  // namespace tusk::df
