#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/sql/bind_context.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

/// The part of a query that an expression stands in; decides what it may hold.
enum class Clause : uint8_t {
  kValues = 0,  ///< VALUES, LIMIT: no columns
  kJoin = 1,
  kWhere = 2,
  kGroupBy = 3,
  kAggregate = 4,  ///< the arguments and the filter of an aggregate
  kHaving = 5,
  kSelect = 6,
  kOrderBy = 7,
  kWindow = 8,  ///< the arguments and keys of a window function
};
/// "WHERE", "the SELECT list", ...
std::string_view ClauseName(Clause clause);

/// What expressions need of the query around them.
class ExpressionHost {
 public:
  virtual ~ExpressionHost() = default;
  /// A node ColumnRef.
  virtual Result<ExprPtr> BindColumn(const Tree& reference, Clause clause) = 0;
  /// The value of a node SubLink.
  virtual Result<ExprPtr> BindSubquery(const Tree& link, Clause clause) = 0;
  /// The definition of a window that WINDOW names.
  virtual Result<Tree> FindWindow(const std::string& name, const Tree& node) = 0;
};

/// Makes `Expr` of the parser's expressions: names by the host's scope, functions by their names
/// here, operators as calls, constants as literals. Types are not checked, plans do that.
class ExpressionBinder {
 public:
  ExpressionBinder(BindContext& context, ExpressionHost& host) : context_(context), host_(host) {}

  Result<ExprPtr> Bind(const Tree& node, Clause clause);
  Result<std::vector<ExprPtr>> BindAll(const std::vector<Tree>& nodes, Clause clause);
  /// A list of nodes SortBy.
  Result<std::vector<SortKey>> BindSortKeys(const std::vector<Tree>& nodes, Clause clause);

 private:
  Result<ExprPtr> BindKnown(const Tree& node, Clause clause);
  Result<ExprPtr> BindOther(const Tree& node, Clause clause);
  Result<ExprPtr> BindBoolean(const Tree& node, Clause clause);
  Result<ExprPtr> BindOperator(const Tree& node, Clause clause);
  Result<ExprPtr> BindNamedOperator(const Tree& node, Clause clause);
  Result<ExprPtr> BindRowComparison(const Tree& node, const std::string& name, Clause clause);
  Result<ExprPtr> BindPattern(const Tree& node, Clause clause);
  Result<ExprPtr> BindSimilar(const Tree& node, const ExprPtr& text, Clause clause);
  Result<ExprPtr> BindBetween(const Tree& node, Clause clause);
  Result<ExprPtr> BindIn(const Tree& node, const std::vector<Tree>& items, bool negated,
                         Clause clause);
  Result<ExprPtr> BindArrayComparison(const Tree& node, bool any, Clause clause);
  Result<ExprPtr> BindRowIn(const Tree& node, const std::vector<Tree>& items, Clause clause);
  Result<ExprPtr> BindCase(const Tree& node, Clause clause);
  Result<ExprPtr> BindCast(const Tree& node, Clause clause);
  Result<ExprPtr> BindBooleanTest(const Tree& node, Clause clause);
  Result<ExprPtr> BindClock(const Tree& node);

  Result<ExprPtr> BindFunction(const Tree& node, Clause clause);
  Result<ExprPtr> BindScalarFunction(const Tree& node, std::string name, std::vector<ExprPtr> args);
  Result<ExprPtr> BindDatePart(const Tree& node, std::vector<ExprPtr> args);
  Result<ExprPtr> BindAggregate(const Tree& node, const std::string& name, Clause clause);
  Result<ExprPtr> BindOrderedSet(const Tree& node, const std::string& name, Clause clause);
  Result<ExprPtr> BindWindow(const Tree& node, const std::string& name, Clause clause);
  /// FILTER of an aggregate over a window, into its arguments.
  Status FilterWindow(const Tree& node, const std::string& name, std::vector<ExprPtr>& args);
  Result<WindowFrame> BindFrame(const Tree& window, bool ordered);
  /// How far an end of a frame is from the current row: rows, units of the order key, or
  /// microseconds of it.
  struct FrameOffset {
    int64_t distance = 0;
    bool interval = false;
  };
  Result<FrameOffset> BindFrameOffset(const Tree& window, std::string_view field, bool rows);

  BindContext& context_;
  ExpressionHost& host_;
};

/// `parts` joined by "and" or "or" into a tree of the least depth: thousands of alternatives must
/// not become thousands of levels. Null for no parts.
ExprPtr Balanced(std::string_view function, const std::vector<ExprPtr>& parts);

/// not(expr).
ExprPtr Negate(ExprPtr expr);

/// What the functions of SQL's dialects are called here: "mean" -> "avg", "substr" -> "substring".
std::string_view OwnFunctionName(std::string_view name);

/// True for functions that need OVER.
bool IsWindowOnly(std::string_view name);

}  // namespace tusk::df::sql
