#include "dataframe/optimizer/map_exprs.h"

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

// Changes expressions and notes whether one has become another.
class Mapper {
 public:
  Mapper(const ExprChange& change, const arrow::Schema& schema)
      : change_(change), schema_(schema) {}

  Status Map(ExprPtr* expr) { return Map(schema_, expr); }
  Status Map(const arrow::Schema& schema, ExprPtr* expr) {
    if (*expr == nullptr) return Status::Ok();
    ASSIGN_OR_RETURN(ExprPtr mapped, change_(*expr, schema));
    changed_ |= mapped != *expr;
    *expr = std::move(mapped);
    return Status::Ok();
  }
  Status Map(std::vector<NamedExpr>* named) {
    for (NamedExpr& one : *named) RETURN_IF_ERROR(Map(&one.expr));
    return Status::Ok();
  }
  Status Map(std::vector<SortKey>* keys) {
    for (SortKey& key : *keys) RETURN_IF_ERROR(Map(&key.expr));
    return Status::Ok();
  }
  Status Map(std::vector<ExprPtr>* exprs) {
    for (ExprPtr& expr : *exprs) RETURN_IF_ERROR(Map(&expr));
    return Status::Ok();
  }
  bool changed() const { return changed_; }

 private:
  const ExprChange& change_;
  const arrow::Schema& schema_;
  bool changed_ = false;
};

Result<PlanPtr> MapAggregate(const PlanPtr& node, Mapper* mapper) {
  const auto& aggregate = As<AggregateNode>(*node);
  // The arguments of a final aggregation are text.
  if (aggregate.mode() == AggregateMode::kFinal) return node;
  std::vector<NamedExpr> keys = aggregate.keys();
  std::vector<AggregateCall> calls = aggregate.aggregates();
  RETURN_IF_ERROR(mapper->Map(&keys));
  for (AggregateCall& call : calls) {
    RETURN_IF_ERROR(mapper->Map(&call.args));
    RETURN_IF_ERROR(mapper->Map(&call.filter));
  }
  if (!mapper->changed()) return node;
  return AggregateNode::Make(node->child(), std::move(keys), std::move(calls), aggregate.mode());
}

Result<PlanPtr> MapJoin(const PlanPtr& node, Mapper* mapper) {
  JoinSpec spec = As<JoinNode>(*node).spec();
  const auto& children = node->children();
  for (auto& [left, right] : spec.keys) {
    RETURN_IF_ERROR(mapper->Map(*children[0]->schema(), &left));
    RETURN_IF_ERROR(mapper->Map(*children[1]->schema(), &right));
  }
  RETURN_IF_ERROR(mapper->Map(&spec.residual));
  if (!mapper->changed()) return node;
  return JoinNode::Make(children[0], children[1], std::move(spec));
}

Result<PlanPtr> MapWindow(const PlanPtr& node, Mapper* mapper) {
  const auto& window = As<WindowNode>(*node);
  std::vector<ExprPtr> partition_by = window.partition_by();
  std::vector<SortKey> order_by = window.order_by();
  std::vector<WindowCall> calls = window.calls();
  RETURN_IF_ERROR(mapper->Map(&partition_by));
  RETURN_IF_ERROR(mapper->Map(&order_by));
  for (WindowCall& call : calls) RETURN_IF_ERROR(mapper->Map(&call.args));
  if (!mapper->changed()) return node;
  return WindowNode::Make(node->child(), std::move(partition_by), std::move(order_by),
                          std::move(calls));
}

}  // namespace

SchemaPtr InputSchema(const PlanNode& node) {
  arrow::FieldVector fields;
  if (node.kind() == PlanKind::kScan) {
    const auto& scan = As<ScanNode>(node);
    for (const ScanNode::Column& column : scan.columns()) {
      fields.push_back(scan.source().schema->GetFieldByName(column.source)->WithName(column.name));
    }
  }
  for (const PlanPtr& child : node.children()) {
    const arrow::FieldVector& more = child->schema()->fields();
    fields.insert(fields.end(), more.begin(), more.end());
    if (node.kind() == PlanKind::kUnion) break;
  }
  return arrow::schema(std::move(fields));
}

Result<PlanPtr> MapExprs(const PlanPtr& node, const ExprChange& change) {
  const SchemaPtr schema = InputSchema(*node);
  Mapper mapper(change, *schema);
  switch (node->kind()) {
    case PlanKind::kScan: {
      const auto& scan = As<ScanNode>(*node);
      ExprPtr predicate = scan.predicate();
      RETURN_IF_ERROR(mapper.Map(&predicate));
      if (!mapper.changed()) return node;
      return ScanNode::Make(scan.shared_source(), scan.columns(), std::move(predicate));
    }
    case PlanKind::kFilter: {
      ExprPtr condition = As<FilterNode>(*node).condition();
      RETURN_IF_ERROR(mapper.Map(&condition));
      if (!mapper.changed()) return node;
      return FilterNode::Make(node->child(), std::move(condition));
    }
    case PlanKind::kProject: {
      std::vector<NamedExpr> columns = As<ProjectNode>(*node).columns();
      RETURN_IF_ERROR(mapper.Map(&columns));
      if (!mapper.changed()) return node;
      return ProjectNode::Make(node->child(), std::move(columns));
    }
    case PlanKind::kAggregate:
      return MapAggregate(node, &mapper);
    case PlanKind::kJoin:
      return MapJoin(node, &mapper);
    case PlanKind::kSort: {
      const auto& sort = As<SortNode>(*node);
      std::vector<SortKey> keys = sort.keys();
      RETURN_IF_ERROR(mapper.Map(&keys));
      if (!mapper.changed()) return node;
      return SortNode::Make(node->child(), std::move(keys), sort.limit(), sort.offset());
    }
    case PlanKind::kWindow:
      return MapWindow(node, &mapper);
    default:
      return node;
  }
}

}  // namespace tusk::df
