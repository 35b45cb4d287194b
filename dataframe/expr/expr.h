#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "dataframe/type/type_text.h"

namespace tusk::df {

class Expr;
/// Expressions are immutable trees that share their branches.
using ExprPtr = std::shared_ptr<const Expr>;

/// Where in the user's text an expression was written: "late.cc:9", or "line 3, column 14" of a
/// statement. Empty when unknown.
struct SourcePlace {
  std::string text;
  friend bool operator==(const SourcePlace&, const SourcePlace&) = default;
};

/// One key of an order. Nulls come last whatever the direction, unless asked for.
struct SortKey {
  ExprPtr expr;
  bool descending = false;
  bool nulls_first = false;
};

/// The rows around the current one that a window aggregate sees, as SQL's ROWS or RANGE BETWEEN.
struct WindowFrame {
  /// Rows are counted, or distances of the order key's values. kInterval: distances are
  /// microseconds, of a date, timestamp or duration; kRange counts a date's days.
  enum class Unit : uint8_t { kRows = 0, kRange = 1, kInterval = 2 };
  Unit unit = Unit::kRange;
  /// How far before (negative) or after the current row; nothing: unbounded. 0: the current row
  /// (but for kRows: and its peers).
  std::optional<int64_t> start;
  std::optional<int64_t> end = 0;
  friend bool operator==(const WindowFrame&, const WindowFrame&) = default;
};

/// "rows between 3 preceding and current row".
std::string FrameText(const WindowFrame& frame);

enum class ExprKind : uint8_t {
  kColumn = 0,     ///< a column by name
  kLiteral = 1,    ///< a value
  kCall = 2,       ///< a scalar function or operator: `name` and arguments
  kCast = 3,       ///< to a type
  kAggregate = 4,  ///< an aggregate function, only where rows are grouped
  kWindow = 5,     ///< a function over a window, only in a select list
};

/// An expression as the user wrote it: names and values, not yet checked against any schema (`Bind`
/// does that). Operators are calls of functions with the operator's name ("+", "<=", "and", "not",
/// "is_null", "like"); CASE is the call "case" with condition, value, ..., else value; IN over a
/// list is the call "in". Thread-safe to share.
class Expr {
 public:
  static ExprPtr Column(std::string name, SourcePlace place = {});
  static ExprPtr Literal(std::shared_ptr<arrow::Scalar> value, SourcePlace place = {});
  static ExprPtr Call(std::string function, std::vector<ExprPtr> args, SourcePlace place = {});
  /// `or_null`: a value that does not fit becomes null (SQL's TRY_CAST) instead of an error.
  static ExprPtr Cast(ExprPtr arg, TypePtr type, bool or_null = false, SourcePlace place = {});
  /// `filter` may be null. Without arguments "count" counts rows. Parameters of the function
  /// (quantile's fraction) are literal arguments behind the first.
  static ExprPtr Aggregate(std::string function, std::vector<ExprPtr> args, bool distinct = false,
                           ExprPtr filter = nullptr, SourcePlace place = {});
  static ExprPtr Window(std::string function, std::vector<ExprPtr> args,
                        std::vector<ExprPtr> partition_by, std::vector<SortKey> order_by,
                        std::optional<WindowFrame> frame = std::nullopt, SourcePlace place = {});

  /// Literals of C++ values.
  static ExprPtr Of(bool value);
  static ExprPtr Of(int64_t value);
  static ExprPtr Of(double value);
  static ExprPtr Of(std::string_view value);
  /// Text; else it would be a bool.
  static ExprPtr Of(const char* value);
  static ExprPtr Null();

  ExprKind kind() const { return kind_; }
  /// Of a column: its name. Of a call, aggregate or window: the function's, in lower case.
  const std::string& name() const { return name_; }
  /// Of a literal.
  const std::shared_ptr<arrow::Scalar>& value() const { return value_; }
  /// Of a cast: the target.
  const TypePtr& type() const { return type_; }
  bool or_null() const { return or_null_; }
  /// Arguments of a call, cast, aggregate or window.
  const std::vector<ExprPtr>& args() const { return args_; }
  bool distinct() const { return distinct_; }
  const ExprPtr& filter() const { return filter_; }
  const std::vector<ExprPtr>& partition_by() const { return partition_by_; }
  const std::vector<SortKey>& order_by() const { return order_by_; }
  const std::optional<WindowFrame>& frame() const { return frame_; }
  const SourcePlace& place() const { return place_; }

  /// The same expression with other arguments, as many as before.
  ExprPtr WithArgs(std::vector<ExprPtr> args) const;
  /// The same expression with all parts replaced: arguments, filter, keys of the window; as many as
  /// before.
  ExprPtr WithParts(std::vector<ExprPtr> args, ExprPtr filter, std::vector<ExprPtr> partition_by,
                    std::vector<SortKey> order_by) const;

  /// Equal in everything but the place.
  bool Equals(const Expr& other) const;
  /// Consistent with Equals; the same in every process and release.
  uint64_t Hash() const;

 private:
  Expr() = default;
  static std::shared_ptr<Expr> New(ExprKind kind, SourcePlace place);

  ExprKind kind_ = ExprKind::kColumn;
  std::string name_;
  std::shared_ptr<arrow::Scalar> value_;
  TypePtr type_;
  bool or_null_ = false;
  std::vector<ExprPtr> args_;
  bool distinct_ = false;
  ExprPtr filter_;
  std::vector<ExprPtr> partition_by_;
  std::vector<SortKey> order_by_;
  std::optional<WindowFrame> frame_;
  SourcePlace place_;
};

/// An expression and the name of the column that it makes.
struct NamedExpr {
  std::string name;
  ExprPtr expr;
};

/// `expr` as SQL-like text: "l_extendedprice * (1 - l_discount)". For explain, messages and default
/// column names; parses back to an equal expression where SQL has the words.
std::string ExprText(const Expr& expr);

/// The names of the columns that `expr` reads, each once, in the order of first mention.
std::vector<std::string> ColumnsOf(const Expr& expr);
/// True when an aggregate (outside of windows) or a window is somewhere inside.
bool HasAggregate(const Expr& expr);
bool HasWindow(const Expr& expr);

/// The conjuncts of a condition: "a and (b and c)" -> a, b, c. And the way back; null for none.
std::vector<ExprPtr> SplitConjunction(const ExprPtr& condition);
ExprPtr MakeConjunction(const std::vector<ExprPtr>& conjuncts);

/// `expr` with some of its parts replaced, from the root: where `replace` gives an expression, that
/// one is taken and not looked into; a null pointer goes on to the parts.
template <typename Replace>
ExprPtr RewriteExpr(const ExprPtr& expr, const Replace& replace) {
  if (ExprPtr replaced = replace(expr)) return replaced;
  bool changed = false;
  const auto rewrite = [&](const ExprPtr& part) {
    if (part == nullptr) return part;
    ExprPtr rewritten = RewriteExpr(part, replace);
    changed |= rewritten != part;
    return rewritten;
  };
  const auto rewrite_all = [&](const std::vector<ExprPtr>& parts) {
    std::vector<ExprPtr> rewritten;
    rewritten.reserve(parts.size());
    for (const ExprPtr& part : parts) rewritten.push_back(rewrite(part));
    return rewritten;
  };
  std::vector<ExprPtr> args = rewrite_all(expr->args());
  ExprPtr filter = rewrite(expr->filter());
  std::vector<ExprPtr> partition_by = rewrite_all(expr->partition_by());
  std::vector<SortKey> order_by = expr->order_by();
  for (SortKey& key : order_by) key.expr = rewrite(key.expr);
  if (!changed) return expr;
  return expr->WithParts(std::move(args), std::move(filter), std::move(partition_by),
                         std::move(order_by));
}

}  // namespace tusk::df
