#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/sql/bind_expression.h"
#include "dataframe/sql/bind_query.h"
#include "dataframe/sql/group_rewriter.h"
#include "dataframe/sql/scope.h"
#include "dataframe/sql/scope_host.h"

namespace tusk::df::sql {

/// A subquery that is to be joined to the rows whose expressions speak of it. The left side of the
/// keys and the residual are over those rows.
struct SubqueryJoin {
  PlanPtr right;
  JoinSpec spec;
  Tree node;
};

/// A condition taken apart: what filters at once, what joins, what filters after the joins.
struct Condition {
  std::vector<ExprPtr> plain;
  std::vector<SubqueryJoin> joins;
  std::vector<ExprPtr> with_subqueries;
};

/// Binds one SELECT: FROM, WHERE, grouping, windows, the select list, DISTINCT, ORDER BY and LIMIT,
/// in the order in which SQL evaluates them.
///
/// Expressions are bound first, over the columns of FROM. Subqueries inside of them become columns
/// of joins to come (`before_grouping_`, `after_grouping_`), grouping rewrites the expressions over
/// its keys and aggregates, windows over their columns. Then the plan is put together.
class SelectBinder final : public ExpressionHost {
 public:
  SelectBinder(BindContext& context, const QueryEnvironment& environment, const Tree& select,
               QueryUse use, const OutputNaming& naming)
      : context_(context),
        environment_(environment),
        select_(select),
        use_(use),
        naming_(naming),
        binder_(context, *this) {}
  SelectBinder(const SelectBinder&) = delete;
  SelectBinder& operator=(const SelectBinder&) = delete;

  /// Once.
  Result<BoundQuery> Bind();

  Result<ExprPtr> BindColumn(const Tree& reference, Clause clause) override;
  Result<ExprPtr> BindSubquery(const Tree& link, Clause clause) override;
  Result<Tree> FindWindow(const std::string& name, const Tree& node) override;

 private:
  /// A column of the select list.
  struct Item {
    std::string name;
    /// The user's alias; empty without one.
    std::string alias;
    ExprPtr expr;
    Tree node;
  };
  /// A key of ORDER BY: an item, or an expression of its own.
  struct Order {
    SortKey key;
    std::optional<size_t> item;
    Tree node;
  };

  // bind_select.cc: the parts in their order.
  Status BindFrom();
  Status BindItems();
  Status AddStar(const ColumnName& name, const Tree& node);
  std::string NameOfItem(const Tree& value, const Expr& expr) const;
  Status BindGroupBy();
  Status BindGroupingSets();
  Result<ExprPtr> BindGroupKey(const Tree& node);
  Result<Tree> GroupTarget(const Tree& node) const;
  Status BindOrderBy();
  Status BindDistinctOn();
  const Item* FindAlias(const std::string& name) const;
  Result<ExprPtr> BindOuterColumn(const ColumnName& name, const Tree& reference, Clause clause);

  // bind_condition.cc: WHERE, HAVING, and joining what they need.
  Result<Condition> BindCondition(const Tree& node, Clause clause);
  Status BindConjunct(const Tree& node, Clause clause, Condition& condition);
  Status ApplyWhere(Condition condition);
  Status ApplyHaving(Condition condition);
  Status TakeOutCorrelated(std::vector<ExprPtr>& conjuncts);
  Status Filter(const std::vector<ExprPtr>& conjuncts, const Tree& node);
  Status Join(SubqueryJoin join);
  Status JoinAll(std::vector<SubqueryJoin>& joins);

  // bind_subquery.cc: subqueries inside of expressions.
  Result<BoundQuery> BindInner(const Tree& link, QueryUse use);
  Result<SubqueryJoin> ExistenceJoin(const Tree& link, bool negated);
  Result<SubqueryJoin> ComparisonJoin(const Tree& link, bool negated, Clause clause);
  Result<ExprPtr> ScalarValue(const Tree& link, Clause clause);
  Result<ExprPtr> ExistenceValue(const Tree& link, Clause clause);
  Result<ExprPtr> ComparisonValue(const Tree& link, Clause clause);
  ExprPtr AddMark(const PlanPtr& right, JoinSpec spec, const Tree& link, Clause clause);
  struct Comparison;
  Result<Comparison> BindComparison(const Tree& link, Clause clause);
  std::vector<SubqueryJoin>& Pending(Clause clause);

  // bind_grouping.cc
  bool IsGrouped() const;
  Status ApplyGrouping();
  Status RewriteOverGroups(GroupRewriter& rewriter);
  Status AddCorrelationKeys(std::vector<NamedExpr>& keys);
  Result<BoundQuery> ValueOfGroup();

  // finish_select.cc: from rows to the query's columns.
  Status ApplyWindows();
  Status ApplyDistinctOn();
  Result<BoundQuery> Finish();
  Result<BoundQuery> Rows() const;
  Status CheckCorrelated(const RowRange& range) const;
  Status CheckItemsAreOwn() const;
  Status Project(BoundQuery& bound, std::vector<SortKey>& keys, size_t& hidden);
  Status Sort(BoundQuery& bound, std::vector<SortKey> keys, const RowRange& range);
  bool OrderMatters(const RowRange& range) const;

  BindContext& context_;
  const QueryEnvironment& environment_;
  const Tree select_;
  const QueryUse use_;
  const OutputNaming& naming_;
  ExpressionBinder binder_;

  PlanPtr plan_;
  Scope scope_;
  std::vector<Item> items_;
  std::vector<ExprPtr> group_by_;
  /// Of GROUPING SETS and the like: sets of positions in `group_by_`; else empty.
  KeySets key_sets_;
  Condition having_;
  std::vector<Order> order_by_;
  std::vector<ExprPtr> distinct_on_;
  Correlation correlation_;
  /// Subqueries of WHERE, of group keys and inside of aggregates; then those of the rest.
  std::vector<SubqueryJoin> before_grouping_;
  std::vector<SubqueryJoin> after_grouping_;
  /// While the expression behind an alias is bound: aliases do not speak of aliases.
  bool in_alias_ = false;
  bool grouped_ = false;
  /// The value of HAVING over the group of a correlated scalar subquery.
  ExprPtr group_condition_;
};

}  // namespace tusk::df::sql
