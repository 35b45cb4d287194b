#include "dataframe/api/plan_steps.h"

#include <algorithm>
#include <map>
#include <utility>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/api/window_columns.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

constexpr std::string_view kAt = "\n  at: ";

/// The error of an aggregate that stands where values of rows do.
Status AggregateAmongRows(const Expr& aggregate) {
  if (IsAggregate(aggregate.name())) {
    return ExpressionError(
        aggregate, fmt::format("{} is an aggregate and cannot stand here", aggregate.name()),
        "write it in Agg(), or Over() a window");
  }
  return ExpressionError(aggregate, fmt::format("{} needs a window", aggregate.name()),
                         "put .Over(Window().OrderBy(...)) behind it");
}

/// Aggregates outside of windows, each different one once.
void CollectAggregates(const ExprPtr& expr, std::vector<ExprPtr>* found) {
  if (expr == nullptr || expr->kind() == ExprKind::kWindow) return;
  if (expr->kind() == ExprKind::kAggregate) {
    const auto same = [&expr](const ExprPtr& other) { return other->Equals(*expr); };
    if (std::none_of(found->begin(), found->end(), same)) found->push_back(expr);
    return;
  }
  for (const ExprPtr& arg : expr->args()) CollectAggregates(arg, found);
}

}  // namespace

Status AtPlace(const Status& status, const SourcePlace& place, std::string_view method) {
  const bool placed = status.ok() || status.message().find(kAt) != std::string_view::npos;
  if (placed || place.text.empty()) return status;
  return Status(status.code(),
                fmt::format("{}{}{}  {}", status.message(), kAt, place.text, method));
}

Result<PlanPtr> AtPlace(Result<PlanPtr> plan, const SourcePlace& place, std::string_view method) {
  if (plan.ok()) return plan;
  return AtPlace(plan.status(), place, method);
}

Status AtExpr(const Status& status, const Expr& expr) {
  const bool placed = status.ok() || status.message().find(kAt) != std::string_view::npos;
  if (placed) return status;
  return Status(status.code(),
                std::string(ExpressionError(expr, std::string(status.message())).message()));
}

SourcePlace FirstPlace(std::span<const Column> columns) {
  for (const Column& column : columns) {
    if (!column.place().text.empty()) return column.place();
  }
  return {};
}

Result<std::vector<NamedExpr>> NamedColumns(std::span<const Column> columns) {
  std::vector<NamedExpr> named;
  for (const Column& column : columns) {
    RETURN_IF_ERROR(column.error());
    if (column.is_sort_key()) {
      return ExpressionError(*column.expr(), "only keys of an order have a direction",
                             "leave out Desc(), Asc(), NullsFirst() and NullsLast()");
    }
    named.push_back({column.name(), column.expr()});
  }
  return named;
}

Result<std::vector<SortKey>> SortKeys(std::span<const Column> columns) {
  std::vector<SortKey> keys;
  for (const Column& column : columns) {
    RETURN_IF_ERROR(column.error());
    keys.push_back(column.sort_key());
  }
  return keys;
}

Result<std::vector<std::string>> NamesIn(std::span<const Column> columns,
                                         const arrow::Schema& schema) {
  std::vector<std::string> names;
  for (const Column& column : columns) {
    RETURN_IF_ERROR(column.error());
    if (column.expr()->kind() != ExprKind::kColumn)
      return ExpressionError(*column.expr(), "the name of a column is wanted here");
    RETURN_IF_ERROR(Bind(column.expr(), schema).status());
    names.push_back(column.expr()->name());
  }
  return names;
}

std::string FreshName(const arrow::Schema& schema, std::string wish) {
  while (schema.GetFieldIndex(wish) >= 0) wish += '_';
  return wish;
}

Result<PlanPtr> ProjectColumns(PlanPtr child, std::vector<NamedExpr> columns) {
  size_t functions = 0;
  WindowColumns windows([&](const std::string& function) {
    return FreshName(*child->schema(), fmt::format("{}#{}", function, ++functions));
  });
  for (NamedExpr& column : columns) {
    std::vector<ExprPtr> aggregates;
    CollectAggregates(column.expr, &aggregates);
    if (!aggregates.empty()) return AggregateAmongRows(*aggregates.front());
    column.expr = windows.Rewrite(column.expr);
  }
  for (const WindowGroup& group : windows.groups()) {
    Result<PlanPtr> computed = WindowNode::Make(std::move(child), group.first->partition_by(),
                                                group.first->order_by(), group.calls);
    if (!computed.ok()) return AtExpr(computed.status(), *group.first);
    child = std::move(*computed);
  }
  return ProjectNode::Make(std::move(child), std::move(columns));
}

Result<PlanPtr> AggregateColumns(const PlanPtr& child, const std::vector<NamedExpr>& keys,
                                 const std::vector<NamedExpr>& columns) {
  std::vector<ExprPtr> aggregates;
  bool direct = true;
  for (const NamedExpr& column : columns) {
    direct &= column.expr->kind() == ExprKind::kAggregate;
    CollectAggregates(column.expr, &aggregates);
  }
  // One of them twice needs a projection as well.
  direct &= aggregates.size() == columns.size();
  std::vector<AggregateCall> calls;
  std::map<const Expr*, std::string> names;
  for (size_t i = 0; i < aggregates.size(); ++i) {
    const Expr& aggregate = *aggregates[i];
    if (!IsAggregate(aggregate.name())) return AggregateAmongRows(aggregate);
    AggregateCall call;
    call.function = aggregate.name();
    call.args = aggregate.args();
    call.distinct = aggregate.distinct();
    call.filter = aggregate.filter();
    call.name = direct ? columns[i].name : fmt::format("{}#{}", aggregate.name(), i + 1);
    names[&aggregate] = call.name;
    // Alone first: an error then names the aggregate.
    const Result<PlanPtr> alone = AggregateNode::Make(child, {}, {call});
    if (!alone.ok()) return AtExpr(alone.status(), aggregate);
    calls.push_back(std::move(call));
  }
  ASSIGN_OR_RETURN(PlanPtr grouped, AggregateNode::Make(child, keys, std::move(calls)));
  if (direct) return grouped;
  std::vector<NamedExpr> made;
  for (const NamedExpr& key : keys) made.push_back({key.name, Expr::Column(key.name)});
  for (const NamedExpr& column : columns) {
    made.push_back({column.name, RewriteExpr(column.expr, [&](const ExprPtr& part) -> ExprPtr {
                      if (part->kind() != ExprKind::kAggregate) return nullptr;
                      for (const ExprPtr& aggregate : aggregates) {
                        if (aggregate->Equals(*part))
                          return Expr::Column(names[aggregate.get()], part->place());
                      }
                      return nullptr;
                    })});
  }
  return ProjectNode::Make(std::move(grouped), std::move(made));
}

std::vector<NamedExpr> AllColumns(const PlanNode& plan) {
  std::vector<NamedExpr> columns;
  for (const auto& field : plan.schema()->fields())
    columns.push_back({field->name(), Expr::Column(field->name())});
  return columns;
}

}  // namespace tusk::df
