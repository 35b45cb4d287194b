#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"
#include "dataframe/sql/bind_context.h"
#include "dataframe/sql/scope.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

class SelectBinder;

/// What a query's rows are for.
enum class QueryUse : uint8_t {
  kResult = 0,     ///< the statement's answer
  kTable = 1,      ///< of a FROM clause, a WITH, a view
  kScalar = 2,     ///< (SELECT ...) as a value
  kMembers = 3,    ///< IN (SELECT ...), ANY, ALL
  kExistence = 4,  ///< EXISTS (SELECT ...)
};

/// A column that a query hands out: the user's name and the plan's.
struct OutputColumn {
  std::string name;
  std::string column;
};

/// How a subquery depends on the row of the query around it.
struct Correlation {
  /// Equal pairs: over the outer query's columns, over the subquery's plan.
  std::vector<std::pair<ExprPtr, ExprPtr>> keys;
  /// Further conditions over the columns of both.
  std::vector<ExprPtr> residual;

  bool empty() const { return keys.empty() && residual.empty(); }
};

/// A query as a plan.
struct BoundQuery {
  PlanPtr plan;
  /// Of a query for existence: may be none.
  std::vector<OutputColumn> columns;
  Correlation correlation;
  /// Of a correlated scalar query that aggregates without GROUP BY: its value over the plan's
  /// columns after the join, where a row without a match has nulls in them; null otherwise.
  ExprPtr value;
};

/// How the columns of a query are to be called.
struct OutputNaming {
  /// By the user's names alone; else plans call them "prefix.name", unique in the statement.
  bool is_result = false;
  std::string prefix;
  /// Names that stand over the query's own, as in v(a, b).
  std::vector<std::string> aliases;
};

/// The queries of WITH clauses that a query sees, innermost first.
struct CommonTables {
  const CommonTables* outer = nullptr;
  std::vector<std::pair<std::string, BoundQuery>> tables;

  const BoundQuery* Find(const std::string& name) const;
};

/// What a query sees of the statement around it.
struct QueryEnvironment {
  const CommonTables* common_tables = nullptr;
  /// The query of whose row a subquery may speak.
  SelectBinder* outer = nullptr;
};

/// Binds a node SelectStmt of any form: SELECT, VALUES, set operations, with WITH, ORDER BY and
/// LIMIT.
Result<BoundQuery> BindQuery(BindContext& context, const QueryEnvironment& environment,
                             const Tree& select, QueryUse use, const OutputNaming& naming);

/// LIMIT and OFFSET of a node SelectStmt.
struct RowRange {
  std::optional<int64_t> limit;
  int64_t offset = 0;

  bool all() const { return !limit.has_value() && offset == 0; }
};
Result<RowRange> BindLimit(BindContext& context, const Tree& select);

/// Gives out the names of a query's columns in order.
class OutputNamer {
 public:
  OutputNamer(BindContext& context, const OutputNaming& naming)
      : context_(context), naming_(naming) {}
  OutputColumn Next(const std::string& name);

 private:
  BindContext& context_;
  const OutputNaming& naming_;
  size_t given_ = 0;
  std::unordered_set<std::string> used_;
};

/// The same rows with the columns called anew: `columns` in order, named by `naming`.
Result<BoundQuery> RenameColumns(BindContext& context, const PlanPtr& plan,
                                 const std::vector<OutputColumn>& columns,
                                 const OutputNaming& naming);

/// Binds a plain VALUES list.
Result<BoundQuery> BindValues(BindContext& context, const Tree& select, const OutputNaming& naming);

/// A table by its node RangeVar, as FROM finds it.
Result<BoundQuery> BindTable(BindContext& context, const Tree& relation);

/// Binds UNION, INTERSECT and EXCEPT, with what stands behind them.
Result<BoundQuery> BindSetOperation(BindContext& context, const QueryEnvironment& environment,
                                    const Tree& select, const OutputNaming& naming);

/// One row of one column, for SELECT without FROM.
Result<PlanPtr> OneRow(BindContext& context);

/// `status` of a plan's Make with the place in the text.
template <typename T>
Result<T> At(const BindContext& context, const Tree& node, Result<T> result) {
  if (result.ok()) return result;
  return context.Located(result.status(), node);
}

}  // namespace tusk::df::sql
