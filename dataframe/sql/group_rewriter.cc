#include "dataframe/sql/group_rewriter.h"

#include <algorithm>

#include "common/base/status_macros.h"

namespace tusk::df::sql {

std::string GroupRewriter::AddKey(const ExprPtr& key) {
  for (const NamedExpr& known : keys_) {
    if (known.expr->Equals(*key)) return known.name;
  }
  // A column keeps its name through the grouping.
  const bool column = key->kind() == ExprKind::kColumn;
  keys_.push_back({column ? key->name() : context_.NewColumn("key"), key});
  return keys_.back().name;
}

Result<std::vector<ExprPtr>> GroupRewriter::RewriteAll(const std::vector<ExprPtr>& exprs) {
  std::vector<ExprPtr> rewritten;
  rewritten.reserve(exprs.size());
  for (const ExprPtr& expr : exprs) {
    ASSIGN_OR_RETURN(ExprPtr part, Rewrite(expr));
    rewritten.push_back(std::move(part));
  }
  return rewritten;
}

ExprPtr GroupRewriter::ColumnOf(const ExprPtr& aggregate) {
  size_t index = 0;
  while (index < known_.size() && !known_[index]->Equals(*aggregate)) ++index;
  if (index == known_.size()) {
    known_.push_back(aggregate);
    AggregateCall call;
    call.function = aggregate->name();
    call.args = aggregate->args();
    call.distinct = aggregate->distinct();
    call.filter = aggregate->filter();
    call.name = context_.NewColumn(aggregate->name());
    aggregates_.push_back(std::move(call));
  }
  ExprPtr column = Expr::Column(aggregates_[index].name, aggregate->place());
  const std::string& function = aggregate->name();
  const bool counts =
      function == "count" || function == "count_if" || function == "approx_count_distinct";
  if (groups_may_be_missing_ && counts) {
    column = Expr::Call("coalesce", {std::move(column), Expr::Of(int64_t{0})}, aggregate->place());
  }
  return column;
}

Result<ExprPtr> GroupRewriter::Rewrite(const ExprPtr& expr) {
  for (const NamedExpr& key : keys_) {
    if (key.expr->Equals(*expr)) return Expr::Column(key.name, expr->place());
  }
  if (expr->kind() == ExprKind::kCall && expr->name() == "grouping") return RewriteGrouping(*expr);
  if (expr->kind() == ExprKind::kAggregate) return ColumnOf(expr);
  if (expr->kind() == ExprKind::kWindow) return RewriteWindow(expr);
  if (expr->kind() == ExprKind::kColumn) {
    if (!rows_.contains(expr->name())) return expr;
    const std::string& name = expr->name();
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("column {} is neither in GROUP BY nor inside of an aggregate\n"
                              "  at: {}\n"
                              "  do: add it to GROUP BY, or take any_value({})",
                              name, expr->place().text, name));
  }
  return RewriteParts(expr);
}

Result<ExprPtr> GroupRewriter::RewriteGrouping(const Expr& expr) const {
  std::vector<size_t> keys;
  for (const ExprPtr& arg : expr.args()) {
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&arg](const NamedExpr& key) {
      return key.expr->Equals(*arg);
    });
    if (found == keys_.end()) {
      return Status(
          StatusCode::kInvalidArgument,
          fmt::format("GROUPING takes keys of GROUP BY only\n  at: {}", expr.place().text));
    }
    keys.push_back(static_cast<size_t>(found - keys_.begin()));
  }
  return GroupingValue(keys, sets_, set_column_);
}

Result<ExprPtr> GroupRewriter::RewriteParts(const ExprPtr& expr) {
  if (expr->args().empty()) return expr;
  ASSIGN_OR_RETURN(std::vector<ExprPtr> args, RewriteAll(expr->args()));
  return args == expr->args() ? expr : expr->WithArgs(std::move(args));
}

Result<ExprPtr> GroupRewriter::RewriteWindow(const ExprPtr& expr) {
  ASSIGN_OR_RETURN(std::vector<ExprPtr> args, RewriteAll(expr->args()));
  ASSIGN_OR_RETURN(std::vector<ExprPtr> partition_by, RewriteAll(expr->partition_by()));
  std::vector<SortKey> order_by = expr->order_by();
  for (SortKey& key : order_by) {
    ASSIGN_OR_RETURN(key.expr, Rewrite(key.expr));
  }
  return Expr::Window(expr->name(), std::move(args), std::move(partition_by), std::move(order_by),
                      expr->frame(), expr->place());
}

}  // namespace tusk::df::sql
