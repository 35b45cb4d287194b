#include <algorithm>
#include <unordered_map>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

constexpr size_t kMaxSize = 500;

void CountColumns(const Expr& expr, std::unordered_map<std::string, int>* counts) {
  if (expr.kind() == ExprKind::kColumn) ++(*counts)[expr.name()];
  for (const ExprPtr& arg : expr.args()) CountColumns(*arg, counts);
}

bool IsCheap(const Expr& expr) {
  return expr.kind() == ExprKind::kColumn || expr.kind() == ExprKind::kLiteral;
}

// True when nothing that costs would be computed twice.
bool MayInline(const ProjectNode& outer, const ProjectNode& inner) {
  std::unordered_map<std::string, int> uses;
  for (const NamedExpr& column : outer.columns()) CountColumns(*column.expr, &uses);
  size_t size = 0;
  for (const NamedExpr& column : inner.columns()) {
    const int count = uses[column.name];
    if (count > 1 && !IsCheap(*column.expr)) return false;
    size += static_cast<size_t>(count) * ExprSize(*column.expr);
  }
  return size <= kMaxSize;
}

bool IsIdentity(const ProjectNode& project) {
  if (NamesOf(*project.schema()) != NamesOf(*project.child()->schema())) return false;
  return IsSelection(project);
}

// A projection that picks, renames and reorders what a scan reads is the scan's own business.
// Null when it does more.
Result<PlanPtr> IntoScan(const ProjectNode& project, const ScanNode& scan) {
  std::map<std::string, ExprPtr> names;
  ColumnSet taken;
  std::vector<ScanNode::Column> columns;
  for (const NamedExpr& column : project.columns()) {
    if (column.expr->kind() != ExprKind::kColumn) return PlanPtr();
    const auto read =
        std::find_if(scan.columns().begin(), scan.columns().end(),
                     [&](const ScanNode::Column& one) { return one.name == column.expr->name(); });
    if (!names.emplace(read->name, Expr::Column(column.name)).second) return PlanPtr();
    columns.push_back({.source = read->source, .name = column.name});
    taken.insert(column.name);
  }
  if (columns.empty()) return PlanPtr();
  ColumnSet needed;
  AddColumns(scan.predicate(), &needed);
  for (const ScanNode::Column& column : scan.columns()) {
    if (names.contains(column.name) || !needed.contains(column.name)) continue;
    if (!taken.insert(column.name).second) return PlanPtr();
    columns.push_back({.source = column.source, .name = column.name, .hidden = true});
  }
  ExprPtr predicate = scan.predicate();
  if (predicate != nullptr) predicate = Substitute(predicate, names);
  return ScanNode::Make(scan.shared_source(), std::move(columns), std::move(predicate));
}

Result<PlanPtr> MergeProject(const PlanPtr& node) {
  const auto& project = As<ProjectNode>(*node);
  if (IsIdentity(project)) return node->child();
  if (node->child()->kind() == PlanKind::kScan) {
    ASSIGN_OR_RETURN(PlanPtr scan, IntoScan(project, As<ScanNode>(*node->child())));
    return scan == nullptr ? node : scan;
  }
  if (node->child()->kind() != PlanKind::kProject) return node;
  const auto& inner = As<ProjectNode>(*node->child());
  if (!MayInline(project, inner)) return node;
  std::map<std::string, ExprPtr> meaning;
  for (const NamedExpr& column : inner.columns()) meaning[column.name] = column.expr;
  std::vector<NamedExpr> columns = project.columns();
  for (NamedExpr& column : columns) column.expr = Substitute(column.expr, meaning);
  ASSIGN_OR_RETURN(const PlanPtr merged, ProjectNode::Make(inner.child(), std::move(columns)));
  // A literal in the place of a column may have changed the choice of a function's types.
  if (!merged->schema()->Equals(*node->schema())) return node;
  return MergeProject(merged);
}

Result<PlanPtr> Merge(const PlanPtr& node) {
  if (node->kind() == PlanKind::kProject) return MergeProject(node);
  if (node->kind() != PlanKind::kFilter || node->child()->kind() != PlanKind::kFilter) return node;
  // The inner condition first, as it was evaluated.
  std::vector<ExprPtr> all = SplitConjunction(As<FilterNode>(*node->child()).condition());
  AddUnique(SplitConjunction(As<FilterNode>(*node).condition()), &all);
  return FilterNode::Make(node->child()->child(), MakeConjunction(all));
}

}  // namespace

Result<PlanPtr> MergeNodes(const PlanPtr& plan, const RuleContext& /*context*/) {
  return RewriteBottomUp(plan, Merge);
}

}  // namespace tusk::df
