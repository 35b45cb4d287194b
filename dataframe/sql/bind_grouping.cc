#include <algorithm>

#include "common/base/status_macros.h"
#include "dataframe/sql/bind_select.h"

namespace tusk::df::sql {

namespace {

/// Also those inside of windows, as in sum(sum(x)) OVER ().
bool ContainsAggregate(const ExprPtr& expr) {
  if (expr == nullptr) return false;
  if (expr->kind() == ExprKind::kAggregate) return true;
  const auto any = [](const std::vector<ExprPtr>& parts) {
    return std::any_of(parts.begin(), parts.end(), ContainsAggregate);
  };
  return any(expr->args()) || any(expr->partition_by()) ||
         std::any_of(expr->order_by().begin(), expr->order_by().end(),
                     [](const SortKey& key) { return ContainsAggregate(key.expr); });
}

}  // namespace

bool SelectBinder::IsGrouped() const {
  if (select_.Has("groupClause") || select_.Child("havingClause")) return true;
  return std::any_of(items_.begin(), items_.end(),
                     [](const Item& item) { return ContainsAggregate(item.expr); }) ||
         std::any_of(order_by_.begin(), order_by_.end(),
                     [](const Order& order) { return ContainsAggregate(order.key.expr); }) ||
         std::any_of(distinct_on_.begin(), distinct_on_.end(), ContainsAggregate);
}

Status SelectBinder::RewriteOverGroups(GroupRewriter& rewriter) {
  const auto rewrite = [&](ExprPtr& expr) -> Status {
    if (expr == nullptr) return Status::Ok();
    ASSIGN_OR_RETURN(expr, rewriter.Rewrite(expr));
    return Status::Ok();
  };
  for (Item& item : items_) {
    if (Status status = rewrite(item.expr); !status.ok()) {
      return context_.Located(status, item.node);
    }
  }
  for (Order& order : order_by_) {
    if (Status status = rewrite(order.key.expr); !status.ok()) {
      return context_.Located(status, order.node);
    }
  }
  for (ExprPtr& expr : distinct_on_) RETURN_IF_ERROR(rewrite(expr));
  for (ExprPtr& expr : having_.plain) RETURN_IF_ERROR(rewrite(expr));
  for (ExprPtr& expr : having_.with_subqueries) RETURN_IF_ERROR(rewrite(expr));
  for (std::vector<SubqueryJoin>* joins : {&having_.joins, &after_grouping_}) {
    for (SubqueryJoin& join : *joins) {
      for (auto& [left, right] : join.spec.keys) RETURN_IF_ERROR(rewrite(left));
      RETURN_IF_ERROR(rewrite(join.spec.residual));
    }
  }
  return Status::Ok();
}

Status SelectBinder::ApplyGrouping() {
  GroupRewriter rewriter(context_, scope_);
  for (const ExprPtr& key : group_by_) rewriter.AddKey(key);
  const bool one_group = group_by_.empty();
  if (!key_sets_.empty() && !correlation_.empty()) {
    return context_.Unsupported(select_.Child("whereClause"),
                                "GROUPING SETS over rows that depend on the outer query");
  }
  std::string set_column;
  if (!key_sets_.empty()) {
    set_column = context_.NewColumn("grouping_set");
    rewriter.set_sets(key_sets_, set_column);
  }
  if (!correlation_.residual.empty() ||
      (one_group && !correlation_.empty() && use_ != QueryUse::kScalar)) {
    return context_.Unsupported(
        select_.Child("whereClause"),
        one_group && use_ != QueryUse::kScalar
            ? "IN and EXISTS with an aggregate over rows that depend on the outer query"
            : "a subquery that aggregates may compare columns of the outer query by = only",
        "join the tables and group the result");
  }
  rewriter.set_groups_may_be_missing(one_group && !correlation_.empty());
  // A group for each value of what is compared with the outer query.
  for (auto& [outer, inner] : correlation_.keys) inner = Expr::Column(rewriter.AddKey(inner));
  if (Status status = RewriteOverGroups(rewriter); !status.ok()) {
    return context_.Located(status, select_);
  }
  const Tree place =
      select_.List("targetList").empty() ? select_ : select_.List("targetList").front();
  if (!key_sets_.empty()) {
    ASSIGN_OR_RETURN(plan_, At(context_, place,
                               GroupBySets(context_, plan_, rewriter.keys(), rewriter.aggregates(),
                                           key_sets_, set_column)));
    return Status::Ok();
  }
  ASSIGN_OR_RETURN(plan_, At(context_, place,
                             AggregateNode::Make(plan_, std::move(rewriter.keys()),
                                                 std::move(rewriter.aggregates()))));
  return Status::Ok();
}

Result<BoundQuery> SelectBinder::ValueOfGroup() {
  ASSIGN_OR_RETURN(const RowRange range, BindLimit(context_, select_));
  const bool windows = std::any_of(items_.begin(), items_.end(),
                                   [](const Item& item) { return HasWindow(*item.expr); });
  const bool has_row = range.offset == 0 && range.limit.value_or(1) > 0;
  if (!after_grouping_.empty() || !having_.joins.empty() || windows || !has_row) {
    return context_.Unsupported(
        select_.Child("whereClause"),
        "subqueries, windows and LIMIT inside of a subquery that depends on the outer query");
  }
  BoundQuery bound;
  bound.plan = plan_;
  for (const Item& item : items_) bound.columns.push_back({item.name, ""});
  bound.correlation = std::move(correlation_);
  bound.value = items_.front().expr;
  if (ExprPtr condition = MakeConjunction(having_.plain)) {
    bound.value = Expr::Call("case", {std::move(condition), bound.value, Expr::Null()});
  }
  return bound;
}

}  // namespace tusk::df::sql
