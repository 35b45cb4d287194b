#pragma once

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/sql/bind_context.h"
#include "dataframe/sql/grouping_sets.h"
#include "dataframe/sql/scope.h"

namespace tusk::df::sql {

/// Rewrites expressions over the rows before a grouping into expressions over the groups: parts
/// that equal a key become the key's column, aggregates become columns, each once. Other columns of
/// the rows are an error; columns of other origin (of subqueries to be joined, of the outer query)
/// stay.
class GroupRewriter {
 public:
  GroupRewriter(BindContext& context, const Scope& rows) : context_(context) {
    for (const ScopeColumn& column : rows.columns) rows_.insert(column.column);
  }

  /// A key; its column's name.
  std::string AddKey(const ExprPtr& key);
  /// Counts become 0 where the group's columns are null: after an outer join of groups.
  void set_groups_may_be_missing(bool value) { groups_may_be_missing_ = value; }

  /// The rows are grouped by these sets of the keys, with the number of the set as `set_column`.
  void set_sets(KeySets sets, std::string set_column) {
    sets_ = std::move(sets);
    set_column_ = std::move(set_column);
  }

  Result<ExprPtr> Rewrite(const ExprPtr& expr);

  std::vector<NamedExpr>& keys() { return keys_; }
  std::vector<AggregateCall>& aggregates() { return aggregates_; }

 private:
  ExprPtr ColumnOf(const ExprPtr& aggregate);
  Result<ExprPtr> RewriteParts(const ExprPtr& expr);
  Result<ExprPtr> RewriteGrouping(const Expr& expr) const;
  Result<ExprPtr> RewriteWindow(const ExprPtr& expr);
  Result<std::vector<ExprPtr>> RewriteAll(const std::vector<ExprPtr>& exprs);

  BindContext& context_;
  std::unordered_set<std::string> rows_;
  std::vector<NamedExpr> keys_;
  std::vector<ExprPtr> known_;
  std::vector<AggregateCall> aggregates_;
  bool groups_may_be_missing_ = false;
  KeySets sets_;
  std::string set_column_;
};

}  // namespace tusk::df::sql
