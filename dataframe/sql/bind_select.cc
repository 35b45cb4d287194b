#include "dataframe/sql/bind_select.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "dataframe/sql/bind_from.h"

namespace tusk::df::sql {

Result<BoundQuery> SelectBinder::Bind() {
  RETURN_IF_ERROR(BindFrom());
  ASSIGN_OR_RETURN(Condition where, BindCondition(select_.Child("whereClause"), Clause::kWhere));
  RETURN_IF_ERROR(ApplyWhere(std::move(where)));
  RETURN_IF_ERROR(BindItems());
  RETURN_IF_ERROR(BindGroupBy());
  ASSIGN_OR_RETURN(having_, BindCondition(select_.Child("havingClause"), Clause::kHaving));
  RETURN_IF_ERROR(BindOrderBy());
  RETURN_IF_ERROR(BindDistinctOn());
  RETURN_IF_ERROR(JoinAll(before_grouping_));
  grouped_ = IsGrouped();
  if (grouped_) {
    RETURN_IF_ERROR(ApplyGrouping());
    const bool one_group = group_by_.empty();
    if (one_group && !correlation_.empty()) return ValueOfGroup();
  }
  RETURN_IF_ERROR(ApplyHaving(std::move(having_)));
  RETURN_IF_ERROR(ApplyWindows());
  RETURN_IF_ERROR(ApplyDistinctOn());
  return Finish();
}

Status SelectBinder::BindFrom() {
  const std::vector<Tree> items = select_.List("fromClause");
  if (items.empty()) {
    ASSIGN_OR_RETURN(plan_, OneRow(context_));
    return Status::Ok();
  }
  ASSIGN_OR_RETURN(FromItem from, FromBinder(context_, environment_.common_tables).BindAll(items));
  plan_ = std::move(from.plan);
  scope_ = std::move(from.scope);
  return Status::Ok();
}

const SelectBinder::Item* SelectBinder::FindAlias(const std::string& name) const {
  for (const auto same : {SameName, SameNameAnyCase}) {
    for (const Item& item : items_) {
      if (!item.alias.empty() && same(name, item.alias)) return &item;
    }
  }
  return nullptr;
}

Result<ExprPtr> SelectBinder::BindColumn(const Tree& reference, Clause clause) {
  ASSIGN_OR_RETURN(const ColumnName name, NameOfColumn(context_, reference));
  if (name.star) {
    return context_.Invalid(reference, "* is no value here",
                            "name the columns, or write count(*) to count rows");
  }
  ASSIGN_OR_RETURN(const ScopeColumn* column,
                   scope_.Find(context_, name.table, name.name, reference));
  if (column != nullptr) return Expr::Column(column->column, context_.PlaceOf(reference));
  const bool sees_aliases =
      clause == Clause::kGroupBy || clause == Clause::kHaving || clause == Clause::kOrderBy;
  if (sees_aliases && name.table.empty() && !in_alias_) {
    if (const Item* item = FindAlias(name.name)) {
      in_alias_ = true;
      Result<ExprPtr> expr = binder_.Bind(item->node, clause);
      in_alias_ = false;
      return expr;
    }
  }
  return BindOuterColumn(name, reference, clause);
}

Result<ExprPtr> SelectBinder::BindOuterColumn(const ColumnName& name, const Tree& reference,
                                              Clause clause) {
  bool next = true;
  for (SelectBinder* outer = environment_.outer; outer != nullptr;
       outer = outer->environment_.outer) {
    ASSIGN_OR_RETURN(const ScopeColumn* column,
                     outer->scope_.Find(context_, name.table, name.name, reference));
    if (column == nullptr) {
      next = false;
      continue;
    }
    if (!next) {
      return context_.Unsupported(
          reference,
          fmt::format("column \"{}\" belongs to a query two levels further out", name.name),
          "join the tables in the query between");
    }
    if (clause == Clause::kGroupBy || clause == Clause::kAggregate || clause == Clause::kWindow) {
      return context_.Unsupported(
          reference,
          fmt::format("column \"{}\" of the outer query in {} of a subquery is not supported",
                      name.name, ClauseName(clause)),
          "compare it in the subquery's WHERE");
    }
    return Expr::Column(column->column, context_.PlaceOf(reference));
  }
  return NoSuchColumn(context_, scope_, name, reference);
}

Result<Tree> SelectBinder::FindWindow(const std::string& name, const Tree& node) {
  std::vector<std::string> known;
  for (const Tree& window : select_.List("windowClause")) {
    if (window.Text("name") != name) {
      known.push_back(window.Text("name"));
    } else if (!window.Text("refname").empty()) {
      return context_.Unsupported(node, "a window made from another one is not supported");
    } else {
      return window;
    }
  }
  return context_.Invalid(node, fmt::format("there is no window \"{}\"", name),
                          NearestHint(known, name));
}

Status SelectBinder::AddStar(const ColumnName& name, const Tree& node) {
  if (scope_.columns.empty()) return context_.Invalid(node, "SELECT * needs a FROM");
  if (!name.table.empty() && !scope_.HasTable(name.table)) {
    return NoSuchColumn(context_, scope_, name, node);
  }
  for (const ScopeColumn& column : scope_.columns) {
    const bool wanted =
        name.table.empty() ? !column.merged_away : SameNameAnyCase(name.table, column.table);
    if (wanted) {
      items_.push_back(
          {column.name, "", Expr::Column(column.column, context_.PlaceOf(node)), node});
    }
  }
  return Status::Ok();
}

std::string SelectBinder::NameOfItem(const Tree& value, const Expr& expr) const {
  if (value.Is("ColumnRef")) {
    for (const ScopeColumn& column : scope_.columns) {
      if (column.column == expr.name()) return column.name;
    }
    return value.List("fields").back().sval();
  }
  if (value.Is("SubLink")) return "subquery";
  return {};
}

Status SelectBinder::BindItems() {
  for (const Tree& target : select_.List("targetList")) {
    const Tree value = target.Child("val");
    if (value.Is("ColumnRef")) {
      ASSIGN_OR_RETURN(const ColumnName name, NameOfColumn(context_, value));
      if (name.star) {
        RETURN_IF_ERROR(AddStar(name, value));
        continue;
      }
    }
    Item item;
    item.alias = target.Text("name");
    item.node = value;
    ASSIGN_OR_RETURN(item.expr, binder_.Bind(value, Clause::kSelect));
    item.name = item.alias.empty() ? NameOfItem(value, *item.expr) : item.alias;
    if (item.name.empty()) item.name = context_.script().ItemText(target.location());
    items_.push_back(std::move(item));
  }
  if (items_.empty() && use_ != QueryUse::kExistence) {
    return context_.ErrorAt(StatusCode::kInvalidArgument, -1, "a SELECT without columns");
  }
  return Status::Ok();
}

Result<Tree> SelectBinder::GroupTarget(const Tree& node) const {
  if (!node.Is("A_Const") || !node.Has("ival")) return node;
  const int64_t number = node.Child("ival").Number("ival");
  if (number < 1 || number > static_cast<int64_t>(items_.size())) {
    return context_.Invalid(node, fmt::format("there is no column {} in the SELECT list", number));
  }
  return items_[static_cast<size_t>(number - 1)].node;
}

Result<ExprPtr> SelectBinder::BindGroupKey(const Tree& node) {
  ASSIGN_OR_RETURN(const Tree target, GroupTarget(node));
  if (target != node && target.Is("ColumnRef")) {
    // An item that came out of a * has no node of its own.
    const auto number = static_cast<size_t>(node.Child("ival").Number("ival"));
    return items_[number - 1].expr;
  }
  return binder_.Bind(target, Clause::kGroupBy);
}

Status SelectBinder::BindGroupBy() {
  if (HasGroupingSets(select_.List("groupClause"))) return BindGroupingSets();
  for (const Tree& node : select_.List("groupClause")) {
    ASSIGN_OR_RETURN(group_by_.emplace_back(), BindGroupKey(node));
  }
  return Status::Ok();
}

Status SelectBinder::BindGroupingSets() {
  ASSIGN_OR_RETURN(const auto sets, ExpandGroupingSets(context_, select_.List("groupClause")));
  for (const std::vector<Tree>& nodes : sets) {
    std::vector<size_t>& set = key_sets_.emplace_back();
    for (const Tree& node : nodes) {
      ASSIGN_OR_RETURN(ExprPtr key, BindGroupKey(node));
      const auto known = std::find_if(group_by_.begin(), group_by_.end(),
                                      [&key](const ExprPtr& other) { return other->Equals(*key); });
      set.push_back(static_cast<size_t>(known - group_by_.begin()));
      if (known == group_by_.end()) group_by_.push_back(std::move(key));
    }
  }
  return Status::Ok();
}

Status SelectBinder::BindOrderBy() {
  for (const Tree& node : select_.List("sortClause")) {
    const Tree by = node.Child("node");
    Order order;
    order.node = by;
    if (by.Is("A_Const") && by.Has("ival")) {
      RETURN_IF_ERROR(GroupTarget(by).status());
      order.item = static_cast<size_t>(by.Child("ival").Number("ival") - 1);
    } else if (by.Is("ColumnRef")) {
      ASSIGN_OR_RETURN(const ColumnName name, NameOfColumn(context_, by));
      const Item* item = name.table.empty() && !name.star ? FindAlias(name.name) : nullptr;
      if (item != nullptr) order.item = static_cast<size_t>(item - items_.data());
    }
    if (order.item) {
      order.key.descending = node.Text("sortby_dir") == "SORTBY_DESC";
      order.key.nulls_first = node.Text("sortby_nulls") == "SORTBY_NULLS_FIRST";
      order.key.expr = items_[*order.item].expr;
    } else {
      ASSIGN_OR_RETURN(std::vector<SortKey> keys, binder_.BindSortKeys({node}, Clause::kOrderBy));
      order.key = std::move(keys.front());
      const auto same = std::find_if(items_.begin(), items_.end(), [&](const Item& item) {
        return item.expr->Equals(*order.key.expr);
      });
      if (same != items_.end()) order.item = static_cast<size_t>(same - items_.begin());
    }
    order_by_.push_back(std::move(order));
  }
  return Status::Ok();
}

Status SelectBinder::BindDistinctOn() {
  for (const Tree& node : select_.List("distinctClause")) {
    if (!node || node.type().empty()) continue;  // plain DISTINCT
    ASSIGN_OR_RETURN(const Tree target, GroupTarget(node));
    ASSIGN_OR_RETURN(ExprPtr key, binder_.Bind(target, Clause::kOrderBy));
    distinct_on_.push_back(std::move(key));
  }
  return Status::Ok();
}

}  // namespace tusk::df::sql
