#include <algorithm>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

// Rebuilds a plan from its root so that each step makes what is asked of it: at least the wanted
// columns, in the order that they had, and always one.
class Pruner {
 public:
  // `narrow`: columns that a child hands out beyond what is asked for are dropped by projections
  // where rows are going to be moved or held.
  explicit Pruner(bool narrow) : narrow_(narrow) {}

  Result<PlanPtr> Prune(const PlanPtr& node, const ColumnSet& wanted);

  // Exactly these columns.
  Result<PlanPtr> PruneTo(const PlanPtr& node, const std::vector<std::string>& names) {
    ASSIGN_OR_RETURN(PlanPtr pruned, Prune(node, ColumnSet(names.begin(), names.end())));
    return WithColumns(std::move(pruned), names);
  }

 private:
  // Below a step that moves or holds rows.
  Result<PlanPtr> PruneHeld(const PlanPtr& node, const ColumnSet& wanted);
  Result<PlanPtr> PruneChild(const PlanPtr& node, const ColumnSet& wanted, bool held);
  Result<PlanPtr> PruneScan(const PlanPtr& node, ColumnSet wanted);
  Result<PlanPtr> PruneValues(const PlanPtr& node, const ColumnSet& wanted);
  Result<PlanPtr> PruneProject(const PlanPtr& node, const ColumnSet& wanted);
  Result<PlanPtr> PruneAggregate(const PlanPtr& node, const ColumnSet& wanted);
  Result<PlanPtr> PruneJoin(const PlanPtr& node, const ColumnSet& wanted);
  Result<PlanPtr> PruneSort(const PlanPtr& node, ColumnSet wanted);
  Result<PlanPtr> PruneWindow(const PlanPtr& node, const ColumnSet& wanted);
  Result<PlanPtr> PruneUnion(const PlanPtr& node, const ColumnSet& wanted);

  const bool narrow_;
};

// The wanted columns of a schema in its order; the cheapest one when there is none.
std::vector<std::string> WantedNames(const arrow::Schema& schema, const ColumnSet& wanted) {
  std::vector<std::string> names;
  for (const auto& field : schema.fields()) {
    if (wanted.contains(field->name())) names.push_back(field->name());
  }
  if (!names.empty() || schema.num_fields() == 0) return names;
  const auto cost = [](const std::shared_ptr<arrow::Field>& field) {
    return RowBytes(arrow::Schema({field}));
  };
  const auto& fields = schema.fields();
  const auto cheapest =
      std::min_element(fields.begin(), fields.end(),
                       [&](const auto& a, const auto& b) { return cost(a) < cost(b); });
  return {(*cheapest)->name()};
}

Result<PlanPtr> Pruner::Prune(const PlanPtr& node, const ColumnSet& wanted) {
  switch (node->kind()) {
    case PlanKind::kScan:
      return PruneScan(node, wanted);
    case PlanKind::kValues:
      return PruneValues(node, wanted);
    case PlanKind::kFilter: {
      ColumnSet below = wanted;
      AddColumns(As<FilterNode>(*node).condition(), &below);
      return PruneChild(node, below, false);
    }
    case PlanKind::kProject:
      return PruneProject(node, wanted);
    case PlanKind::kAggregate:
      return PruneAggregate(node, wanted);
    case PlanKind::kJoin:
      return PruneJoin(node, wanted);
    case PlanKind::kSort:
      return PruneSort(node, wanted);
    case PlanKind::kLimit:
      return PruneChild(node, wanted, true);
    case PlanKind::kWindow:
      return PruneWindow(node, wanted);
    case PlanKind::kUnion:
      return PruneUnion(node, wanted);
    case PlanKind::kExplode: {
      ColumnSet below = wanted;
      below.insert(As<ExplodeNode>(*node).column());
      return PruneChild(node, below, false);
    }
    case PlanKind::kShuffleRead:
      return node;
    case PlanKind::kBloomProbe: {
      ColumnSet below = wanted;
      for (const ExprPtr& key : As<BloomProbeNode>(*node).keys()) AddColumns(key, &below);
      ASSIGN_OR_RETURN(PlanPtr child, Prune(node->child(), below));
      if (child == node->child()) return node;
      return node->WithChildren({std::move(child), As<BloomProbeNode>(*node).filter()});
    }
    case PlanKind::kBloomBuild:  // all columns are the key
    case PlanKind::kMapBatches:  // the function is given what it was given when it was written
    case PlanKind::kWrite: {
      ASSIGN_OR_RETURN(PlanPtr child, PruneTo(node->child(), NamesOf(*node->child()->schema())));
      if (child == node->child()) return node;
      return node->WithChildren({std::move(child)});
    }
  }
  return node;
}

Result<PlanPtr> Pruner::PruneHeld(const PlanPtr& node, const ColumnSet& wanted) {
  ASSIGN_OR_RETURN(PlanPtr pruned, Prune(node, wanted));
  if (!narrow_) return pruned;
  return WithColumns(pruned, WantedNames(*pruned->schema(), wanted));
}

Result<PlanPtr> Pruner::PruneChild(const PlanPtr& node, const ColumnSet& wanted, bool held) {
  ASSIGN_OR_RETURN(PlanPtr child,
                   held ? PruneHeld(node->child(), wanted) : Prune(node->child(), wanted));
  if (child == node->child()) return node;
  return node->WithChildren({std::move(child)});
}

Result<PlanPtr> Pruner::PruneScan(const PlanPtr& node, ColumnSet wanted) {
  const auto& scan = As<ScanNode>(*node);
  ColumnSet conditions;
  AddColumns(scan.predicate(), &conditions);
  const std::vector<std::string> names = WantedNames(*node->schema(), wanted);
  const ColumnSet visible(names.begin(), names.end());
  std::vector<ScanNode::Column> columns;
  bool changed = false;
  for (const ScanNode::Column& column : scan.columns()) {
    ScanNode::Column one = column;
    one.hidden = !visible.contains(column.name);
    if (one.hidden && !conditions.contains(column.name)) {
      changed = true;
      continue;
    }
    changed |= one.hidden != column.hidden;
    columns.push_back(std::move(one));
  }
  if (!changed) return node;
  return ScanNode::Make(scan.shared_source(), std::move(columns), scan.predicate());
}

Result<PlanPtr> Pruner::PruneValues(const PlanPtr& node, const ColumnSet& wanted) {
  const auto& rows = As<ValuesNode>(*node).rows();
  std::vector<int> indices;
  for (const std::string& name : WantedNames(*node->schema(), wanted)) {
    indices.push_back(node->schema()->GetFieldIndex(name));
  }
  if (static_cast<int>(indices.size()) == rows->num_columns()) return node;
  ASSIGN_OR_RETURN(auto fewer, FromArrow(rows->SelectColumns(indices)));
  return ValuesNode::Make(std::move(fewer));
}

Result<PlanPtr> Pruner::PruneProject(const PlanPtr& node, const ColumnSet& wanted) {
  const auto& project = As<ProjectNode>(*node);
  const std::vector<std::string> names = WantedNames(*node->schema(), wanted);
  const ColumnSet kept(names.begin(), names.end());
  std::vector<NamedExpr> columns;
  ColumnSet below;
  for (const NamedExpr& column : project.columns()) {
    if (!kept.contains(column.name)) continue;
    AddColumns(column.expr, &below);
    columns.push_back(column);
  }
  ASSIGN_OR_RETURN(PlanPtr child, Prune(node->child(), below));
  if (child == node->child() && columns.size() == project.columns().size()) return node;
  return ProjectNode::Make(std::move(child), std::move(columns));
}

Result<PlanPtr> Pruner::PruneAggregate(const PlanPtr& node, const ColumnSet& wanted) {
  const auto& aggregate = As<AggregateNode>(*node);
  if (aggregate.mode() != AggregateMode::kComplete) {
    return PruneChild(node, ColumnNames(*node->child()->schema()), false);
  }
  std::vector<AggregateCall> calls;
  for (const AggregateCall& call : aggregate.aggregates()) {
    if (wanted.contains(call.name)) calls.push_back(call);
  }
  // One group, also of no rows, needs an aggregate to be there.
  if (calls.empty() && aggregate.keys().empty()) calls.push_back(aggregate.aggregates().front());
  ColumnSet below;
  for (const NamedExpr& key : aggregate.keys()) AddColumns(key.expr, &below);
  for (const AggregateCall& call : calls) {
    for (const ExprPtr& arg : call.args) AddColumns(arg, &below);
    AddColumns(call.filter, &below);
  }
  ASSIGN_OR_RETURN(PlanPtr child, Prune(node->child(), below));
  if (child == node->child() && calls.size() == aggregate.aggregates().size()) return node;
  return AggregateNode::Make(std::move(child), aggregate.keys(), std::move(calls));
}

Result<PlanPtr> Pruner::PruneJoin(const PlanPtr& node, const ColumnSet& wanted) {
  const auto& join = As<JoinNode>(*node);
  ColumnSet all = wanted;
  for (const auto& [left, right] : join.spec().keys) {
    AddColumns(left, &all);
    AddColumns(right, &all);
  }
  AddColumns(join.spec().residual, &all);
  std::vector<PlanPtr> children;
  bool changed = false;
  for (const PlanPtr& child : node->children()) {
    // Names of the two sides differ: what the other side has is not found here.
    ASSIGN_OR_RETURN(PlanPtr pruned, PruneHeld(child, all));
    changed |= pruned != child;
    children.push_back(std::move(pruned));
  }
  return changed ? node->WithChildren(std::move(children)) : Result<PlanPtr>(node);
}

Result<PlanPtr> Pruner::PruneSort(const PlanPtr& node, ColumnSet wanted) {
  for (const SortKey& key : As<SortNode>(*node).keys()) AddColumns(key.expr, &wanted);
  return PruneChild(node, wanted, true);
}

Result<PlanPtr> Pruner::PruneWindow(const PlanPtr& node, const ColumnSet& wanted) {
  const auto& window = As<WindowNode>(*node);
  std::vector<WindowCall> calls;
  for (const WindowCall& call : window.calls()) {
    if (wanted.contains(call.name)) calls.push_back(call);
  }
  if (calls.empty()) return Prune(node->child(), wanted);
  ColumnSet below = wanted;
  for (const ExprPtr& key : window.partition_by()) AddColumns(key, &below);
  for (const SortKey& key : window.order_by()) AddColumns(key.expr, &below);
  for (const WindowCall& call : calls) {
    for (const ExprPtr& arg : call.args) AddColumns(arg, &below);
  }
  ASSIGN_OR_RETURN(PlanPtr child, PruneHeld(node->child(), below));
  if (child == node->child() && calls.size() == window.calls().size()) return node;
  return WindowNode::Make(std::move(child), window.partition_by(), window.order_by(),
                          std::move(calls));
}

Result<PlanPtr> Pruner::PruneUnion(const PlanPtr& node, const ColumnSet& wanted) {
  std::vector<int> positions;
  for (const std::string& name : WantedNames(*node->schema(), wanted)) {
    positions.push_back(node->schema()->GetFieldIndex(name));
  }
  std::vector<PlanPtr> children;
  bool changed = false;
  for (const PlanPtr& child : node->children()) {
    std::vector<std::string> names;
    for (const int position : positions) {
      names.push_back(child->schema()->field(position)->name());
    }
    ASSIGN_OR_RETURN(PlanPtr pruned, PruneTo(child, names));
    changed |= pruned != child;
    children.push_back(std::move(pruned));
  }
  return changed ? UnionNode::Make(std::move(children)) : Result<PlanPtr>(node);
}

Result<PlanPtr> Run(const PlanPtr& plan, bool narrow) {
  Pruner pruner(narrow);
  if (plan->kind() == PlanKind::kWrite) return pruner.Prune(plan, {});
  return pruner.PruneTo(plan, NamesOf(*plan->schema()));
}

}  // namespace

Result<PlanPtr> PruneColumns(const PlanPtr& plan, const RuleContext& /*context*/) {
  return Run(plan, false);
}

Result<PlanPtr> NarrowColumns(const PlanPtr& plan, const RuleContext& /*context*/) {
  return Run(plan, true);
}

}  // namespace tusk::df
