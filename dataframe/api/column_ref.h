#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "dataframe/expr/expr.h"

namespace tusk::df {

class Operand;
class Window;

/// "late.cc:9".
SourcePlace PlaceOf(const std::source_location& where);

/// A column of a dataframe, or what is computed from columns, as the user writes it:
///
///   col("dep_delay") > 15 && !col("cancelled")
///   (col("price") * (1 - col("discount"))).As("paid")
///
/// Where a column is wanted a text is its name; where a value is wanted (at both sides of an
/// operator) a text is a value. Nothing is checked before a dataframe takes the column; a mistake
/// in building one is kept in it and told by the action. `&&` and `||` do not short-cut: they make
/// SQL's AND and OR, with three values. A cheap, immutable value.
class Column {
 public:
  // NOLINTBEGIN(google-explicit-constructor): a text is a column's name.
  Column(const char* name, const std::source_location& where = std::source_location::current());
  Column(std::string_view name,
         const std::source_location& where = std::source_location::current());
  Column(const std::string& name,
         const std::source_location& where = std::source_location::current());
  // NOLINTEND(google-explicit-constructor)
  /// The column `name`, written at `place`.
  Column(std::string_view name, SourcePlace place);
  /// An expression that is there already; not null.
  explicit Column(ExprPtr expr) : expr_(std::move(expr)) {}
  /// A column that could not be built.
  explicit Column(Status error) : error_(std::move(error)) {}

  /// The same under another name.
  Column As(std::string name) const;

  /// As a key of Sort, TopK and Window::OrderBy: greatest first; nulls first instead of last.
  Column Desc() const;
  Column Asc() const;
  Column NullsFirst() const;
  Column NullsLast() const;

  Column IsNull() const;
  Column IsNotNull() const;
  /// Equal to one of the values; null when none is and one of them is null.
  Column In(const std::vector<Operand>& values) const;
  /// Both ends count.
  Column Between(const Operand& low, const Operand& high) const;
  /// SQL's pattern: % any characters, _ any one.
  Column Like(const Operand& pattern) const;
  Column NotLike(const Operand& pattern) const;
  /// The same whatever the case.
  Column ILike(const Operand& pattern) const;
  /// Equal, where null is a value like others.
  Column EqualsOrBothNull(const Operand& other) const;

  /// Of a type by its name ("int64", "decimal(15,2)", "date", ...: `ParseType`); a value that does
  /// not fit is an error of the query.
  Column Cast(std::string_view type) const;
  /// The same, but a value that does not fit becomes null.
  Column TryCast(std::string_view type) const;

  /// Of an aggregate: of each value once; of the rows alone for which `condition` is true.
  Column Distinct() const;
  Column Where(const Operand& condition) const;
  /// An aggregate or a window function (RowNumber, Lag, ...) for each row over rows around it.
  Column Over(const Window& window) const;

  // clang-format off
  friend Column operator+(const Operand& a, const Operand& b);
  friend Column operator-(const Operand& a, const Operand& b);
  friend Column operator*(const Operand& a, const Operand& b);
  friend Column operator/(const Operand& a, const Operand& b);
  friend Column operator%(const Operand& a, const Operand& b);
  friend Column operator==(const Operand& a, const Operand& b);
  friend Column operator!=(const Operand& a, const Operand& b);
  friend Column operator<(const Operand& a, const Operand& b);
  friend Column operator<=(const Operand& a, const Operand& b);
  friend Column operator>(const Operand& a, const Operand& b);
  friend Column operator>=(const Operand& a, const Operand& b);
  friend Column operator&&(const Operand& a, const Operand& b);
  friend Column operator||(const Operand& a, const Operand& b);
  // clang-format on
  Column operator!() const;
  Column operator-() const;

  /// The first mistake in it; Ok where there is none.
  const Status& error() const { return error_; }
  /// Null when there is an error.
  const ExprPtr& expr() const { return expr_; }
  /// Where it was written; empty when unknown.
  const SourcePlace& place() const;
  /// The name of the column that it makes: given by As, else the column's own (also of a cast
  /// column), else the text of the expression.
  std::string name() const;
  /// True after Desc, Asc, NullsFirst or NullsLast.
  bool is_sort_key() const { return descending_.has_value() || nulls_first_.has_value(); }
  /// As a key; the expression is null when there is an error.
  SortKey sort_key() const;

 private:
  Column CastTo(std::string_view type, bool or_null) const;
  /// A copy with another expression and without name and order.
  Column With(ExprPtr expr) const;

  ExprPtr expr_;
  Status error_;
  std::string name_;
  std::optional<bool> descending_;
  std::optional<bool> nulls_first_;
};

/// What stands at either side of an operator, or is given to a function as a value: a column, or a
/// value of C++ (bool, integer, float, text, nullptr for null).
class Operand {
 public:
  using Location = std::source_location;
  // NOLINTBEGIN(google-explicit-constructor): values are operands.
  Operand(const Column& column) : column_(column) {}
  Operand(std::nullptr_t, const Location& where = Location::current());
  Operand(const char* value, const Location& where = Location::current());
  Operand(std::string_view value, const Location& where = Location::current());
  Operand(const std::string& value, const Location& where = Location::current());
  template <typename T>
    requires std::is_arithmetic_v<T>
  Operand(T value, const Location& where = Location::current()) : column_(Of(value, where)) {
    static_assert(!std::same_as<T, char>, "write a text of one character: \"x\"");
  }
  // NOLINTEND(google-explicit-constructor)

  const Column& column() const { return column_; }

 private:
  template <typename T>
  static Column Of(T value, const Location& where) {
    if constexpr (std::same_as<T, bool>) {
      return OfBool(value, where);
    } else if constexpr (std::floating_point<T>) {
      return OfDouble(static_cast<double>(value), where);
    } else if constexpr (std::unsigned_integral<T> && sizeof(T) == 8) {
      return OfUnsigned(value, where);
    } else {
      return OfInteger(static_cast<int64_t>(value), where);
    }
  }
  static Column OfBool(bool value, const Location& where);
  static Column OfInteger(int64_t value, const Location& where);
  static Column OfUnsigned(uint64_t value, const Location& where);
  static Column OfDouble(double value, const Location& where);

  Column column_;
};

/// The column of this name.
Column col(std::string_view name,
           const std::source_location& where = std::source_location::current());
/// A value.
Column lit(const Operand& value);
/// A date, "1994-01-31"; a point in time, "1994-01-31 12:00:00"; an exact decimal number, "0.05".
/// A text that is none is a mistake that the action tells.
Column Date(std::string_view text,
            const std::source_location& where = std::source_location::current());
Column Timestamp(std::string_view text,
                 const std::source_location& where = std::source_location::current());
Column Decimal(std::string_view text,
               const std::source_location& where = std::source_location::current());

/// A call of a function by its name, also of those that have no name in functions.h.
Column Call(std::string function, const std::vector<Operand>& args);

/// What may be given where a column is wanted.
template <typename T>
concept ColumnLike = std::convertible_to<T, Column>;

/// `first` and `rest` as columns. Names in `rest` are placed where `first` is: the line of a
/// conversion in here would be of no use to anybody.
template <ColumnLike... Rest>
std::vector<Column> ColumnsFrom(Column first, Rest&&... rest) {
  const SourcePlace place = first.place();
  [[maybe_unused]] const auto convert = [&place]<typename T>(T&& value) {
    if constexpr (std::same_as<std::remove_cvref_t<T>, Column>) {
      return Column(std::forward<T>(value));
    } else {
      return Column(std::string_view(value), place);
    }
  };
  std::vector<Column> columns;
  columns.reserve(1 + sizeof...(rest));
  columns.push_back(std::move(first));
  (columns.push_back(convert(std::forward<Rest>(rest))), ...);
  return columns;
}

}  // namespace tusk::df
