#include <algorithm>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/api/window_columns.h"
#include "dataframe/sql/bind_from.h"
#include "dataframe/sql/bind_select.h"

namespace tusk::df::sql {

Status SelectBinder::ApplyWindows() {
  WindowColumns columns(
      [this](const std::string& function) { return context_.NewColumn(function); });
  for (Item& item : items_) item.expr = columns.Rewrite(item.expr);
  for (Order& order : order_by_) order.key.expr = columns.Rewrite(order.key.expr);
  for (ExprPtr& expr : distinct_on_) expr = columns.Rewrite(expr);
  if (columns.groups().empty()) return Status::Ok();
  if (!correlation_.empty()) {
    return context_.Unsupported(select_.Child("whereClause"),
                                "window functions over rows that depend on the outer query");
  }
  for (const WindowGroup& group : columns.groups()) {
    ASSIGN_OR_RETURN(plan_, At(context_, items_.front().node,
                               WindowNode::Make(plan_, group.first->partition_by(),
                                                group.first->order_by(), group.calls)));
  }
  return Status::Ok();
}

Status SelectBinder::ApplyDistinctOn() {
  if (distinct_on_.empty()) return Status::Ok();
  const std::string number = context_.NewColumn("row_number");
  std::vector<SortKey> order;
  for (const Order& key : order_by_) order.push_back(key.key);
  WindowFrame all;
  all.end.reset();
  ASSIGN_OR_RETURN(plan_, At(context_, items_.front().node,
                             WindowNode::Make(plan_, distinct_on_, std::move(order),
                                              {WindowCall{"row_number", {}, all, number}})));
  return Filter({Expr::Call("=", {Expr::Column(number), Expr::Of(int64_t{1})})},
                items_.front().node);
}

Status SelectBinder::CheckCorrelated(const RowRange& range) const {
  if (correlation_.empty()) return Status::Ok();
  const bool distinct = select_.Has("distinctClause") && use_ == QueryUse::kScalar;
  if (!range.all() || !distinct_on_.empty() || (distinct && !correlation_.residual.empty())) {
    return context_.Unsupported(
        select_.Child("whereClause"),
        "LIMIT and DISTINCT in a subquery that depends on the outer query are not supported");
  }
  for (const Item& item : items_) {
    if (!ReadsOnly(*item.expr, *plan_)) {
      return context_.Unsupported(item.node,
                                  "columns of the outer query in the SELECT list of a subquery",
                                  "take them outside of the subquery");
    }
  }
  return Status::Ok();
}

bool SelectBinder::OrderMatters(const RowRange& range) const {
  if (order_by_.empty()) return false;
  return use_ == QueryUse::kResult || use_ == QueryUse::kTable || !range.all();
}

Status SelectBinder::Project(BoundQuery& bound, std::vector<SortKey>& keys, size_t& hidden) {
  OutputNamer namer(context_, naming_);
  std::vector<NamedExpr> exprs;
  for (const Item& item : items_) {
    bound.columns.push_back(namer.Next(item.name));
    exprs.push_back({bound.columns.back().column, item.expr});
  }
  for (SortKey& key : keys) {
    const auto same = std::find_if(exprs.begin(), exprs.end(), [&](const NamedExpr& expr) {
      return expr.expr->Equals(*key.expr);
    });
    if (same != exprs.end()) {
      key.expr = Expr::Column(same->name, key.expr->place());
      continue;
    }
    if (select_.Has("distinctClause") && distinct_on_.empty()) {
      return context_.Invalid(select_.List("sortClause").front(),
                              "ORDER BY of a SELECT DISTINCT takes columns of its list only");
    }
    const std::string name = namer.Next("order_by").column;
    exprs.push_back({name, key.expr});
    key.expr = Expr::Column(name, key.expr->place());
    ++hidden;
  }
  // What the outer query compares with goes along.
  std::vector<std::string> compared;
  for (const auto& [outer, inner] : correlation_.keys) {
    for (std::string& column : ColumnsOf(*inner)) compared.push_back(std::move(column));
  }
  for (const ExprPtr& conjunct : correlation_.residual) {
    for (std::string& column : ColumnsOf(*conjunct)) compared.push_back(std::move(column));
  }
  std::sort(compared.begin(), compared.end());
  compared.erase(std::unique(compared.begin(), compared.end()), compared.end());
  for (const std::string& column : compared) {
    if (plan_->schema()->GetFieldIndex(column) >= 0) {
      exprs.push_back({column, Expr::Column(column)});
    }
  }
  ASSIGN_OR_RETURN(bound.plan,
                   At(context_, items_.front().node, ProjectNode::Make(plan_, std::move(exprs))));
  return Status::Ok();
}

Status SelectBinder::Sort(BoundQuery& bound, std::vector<SortKey> keys, const RowRange& range) {
  if (!keys.empty()) {
    ASSIGN_OR_RETURN(bound.plan,
                     At(context_, select_.List("sortClause").front(),
                        SortNode::Make(bound.plan, std::move(keys), range.limit, range.offset)));
  } else if (!range.all()) {
    ASSIGN_OR_RETURN(bound.plan, LimitNode::Make(bound.plan, range.limit, range.offset));
  }
  return Status::Ok();
}

Result<BoundQuery> SelectBinder::Finish() {
  ASSIGN_OR_RETURN(const RowRange range, BindLimit(context_, select_));
  const bool has_row = range.offset == 0 && range.limit.value_or(1) > 0;
  if (use_ == QueryUse::kExistence && has_row && !grouped_) {
    return BoundQuery{plan_, {}, std::move(correlation_), nullptr};
  }
  RETURN_IF_ERROR(CheckCorrelated(range));
  if (items_.empty()) {
    return context_.ErrorAt(StatusCode::kInvalidArgument, -1, "a SELECT without columns");
  }
  BoundQuery bound;
  std::vector<SortKey> keys;
  if (OrderMatters(range)) {
    for (const Order& order : order_by_) keys.push_back(order.key);
  }
  size_t hidden = 0;
  RETURN_IF_ERROR(Project(bound, keys, hidden));
  const bool members = use_ == QueryUse::kMembers || use_ == QueryUse::kExistence;
  const bool distinct = select_.Has("distinctClause") && distinct_on_.empty();
  if (distinct && !(members && range.all())) {
    std::vector<NamedExpr> columns;
    for (const auto& field : bound.plan->schema()->fields()) {
      columns.push_back({field->name(), Expr::Column(field->name())});
    }
    ASSIGN_OR_RETURN(bound.plan, AggregateNode::Make(bound.plan, std::move(columns), {}));
  }
  RETURN_IF_ERROR(Sort(bound, std::move(keys), range));
  if (hidden > 0) {
    std::vector<NamedExpr> columns;
    for (const OutputColumn& column : bound.columns) {
      columns.push_back({column.column, Expr::Column(column.column)});
    }
    ASSIGN_OR_RETURN(bound.plan, ProjectNode::Make(bound.plan, std::move(columns)));
  }
  bound.correlation = std::move(correlation_);
  return bound;
}

}  // namespace tusk::df::sql
