#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// Questions about expressions and small changes of them, for the passes of the optimizer.

using ColumnSet = std::set<std::string, std::less<>>;

ColumnSet ColumnNames(const arrow::Schema& schema);
/// Adds what `expr` reads; nothing for null.
void AddColumns(const ExprPtr& expr, ColumnSet* columns);
/// True when `expr` reads at least one column, and of `columns` only.
bool ReadsOnly(const Expr& expr, const ColumnSet& columns);

/// `expr` with expressions in the place of columns; columns not in `by` stay.
ExprPtr Substitute(const ExprPtr& expr, const std::map<std::string, ExprPtr>& by);

bool IsCall(const Expr& expr, std::string_view function);
/// The bool of a literal: true, false, or nothing for null and for what is no such literal.
std::optional<bool> BoolLiteral(const Expr& expr);
/// A literal null of any type.
bool IsNullLiteral(const Expr& expr);

/// Parts of a disjunction: "a or (b or c)" -> a, b, c; and the way back.
std::vector<ExprPtr> SplitDisjunction(const ExprPtr& condition);
ExprPtr MakeDisjunction(const std::vector<ExprPtr>& disjuncts);

bool Contains(const std::vector<ExprPtr>& exprs, const Expr& expr);
/// Adds each that is not there yet.
void AddUnique(const std::vector<ExprPtr>& more, std::vector<ExprPtr>* exprs);

/// True when `condition` cannot be true where all of `columns` are null.
bool RejectsNulls(const Expr& condition, const ColumnSet& columns);

/// What a disjunction says about `columns` alone: "(a = 1 and b = 2) or (a = 3)" says about a:
/// "a = 1 or a = 3". Null when it says nothing.
ExprPtr ImpliedBy(const ExprPtr& condition, const ColumnSet& columns);

/// How many parts an expression has.
size_t ExprSize(const Expr& expr);

/// `child` under a filter of `conjuncts`; `child` itself when there are none.
Result<PlanPtr> Filtered(PlanPtr child, const std::vector<ExprPtr>& conjuncts);
/// `child` with exactly these columns in this order; itself when it has them so.
Result<PlanPtr> WithColumns(PlanPtr child, const std::vector<std::string>& names);
std::vector<std::string> NamesOf(const arrow::Schema& schema);
/// True for a projection to columns of the child under their own names.
bool IsSelection(const ProjectNode& project);
/// A plan without rows.
Result<PlanPtr> EmptyPlan(const SchemaPtr& schema);
bool IsEmptyPlan(const PlanNode& plan);

/// Names that no column of a plan has.
class FreshNames {
 public:
  explicit FreshNames(const PlanPtr& plan);
  /// `base`, or with a number behind.
  std::string Make(const std::string& base);

 private:
  std::set<std::string> taken_;
};

}  // namespace tusk::df
