#include <algorithm>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

// What an expression may grow to when the columns that it reads are replaced by what they are.
constexpr size_t kMaxSize = 500;

using Conjuncts = std::vector<ExprPtr>;

Result<PlanPtr> Push(const PlanPtr& node, Conjuncts conjuncts);

// Over a node below which nothing can go.
Result<PlanPtr> StayAbove(const PlanPtr& node, const Conjuncts& conjuncts) {
  std::vector<PlanPtr> children;
  bool changed = false;
  for (const PlanPtr& child : node->children()) {
    ASSIGN_OR_RETURN(PlanPtr pushed, Push(child, {}));
    changed |= pushed != child;
    children.push_back(std::move(pushed));
  }
  PlanPtr over = node;
  if (changed) {
    ASSIGN_OR_RETURN(over, node->WithChildren(std::move(children)));
  }
  return Filtered(std::move(over), conjuncts);
}

// Through a node with one child: `below` go on, in the child's names, `above` stay.
Result<PlanPtr> Through(const PlanPtr& node, Conjuncts below, const Conjuncts& above) {
  ASSIGN_OR_RETURN(PlanPtr child, Push(node->child(), std::move(below)));
  PlanPtr over = node;
  if (child != node->child()) {
    ASSIGN_OR_RETURN(over, node->WithChildren({std::move(child)}));
  }
  return Filtered(std::move(over), above);
}

// Sorts conjuncts by whether they read only `columns`.
void Divide(const Conjuncts& conjuncts, const ColumnSet& columns, Conjuncts* only,
            Conjuncts* others) {
  for (const ExprPtr& conjunct : conjuncts) {
    (ReadsOnly(*conjunct, columns) ? only : others)->push_back(conjunct);
  }
}

Result<PlanPtr> PushThroughColumns(const PlanPtr& node, const Conjuncts& conjuncts,
                                   const std::map<std::string, ExprPtr>& meaning) {
  ColumnSet known;
  for (const auto& [name, expr] : meaning) known.insert(name);
  Conjuncts below;
  Conjuncts above;
  for (const ExprPtr& conjunct : conjuncts) {
    ExprPtr meant = ReadsOnly(*conjunct, known) ? Substitute(conjunct, meaning) : nullptr;
    if (meant != nullptr && ExprSize(*meant) <= kMaxSize) {
      below.push_back(std::move(meant));
    } else {
      above.push_back(conjunct);
    }
  }
  return Through(node, std::move(below), above);
}

Result<PlanPtr> PushProject(const PlanPtr& node, const Conjuncts& conjuncts) {
  std::map<std::string, ExprPtr> meaning;
  for (const NamedExpr& column : As<ProjectNode>(*node).columns()) {
    meaning[column.name] = column.expr;
  }
  return PushThroughColumns(node, conjuncts, meaning);
}

// A condition on keys takes out whole groups.
Result<PlanPtr> PushAggregate(const PlanPtr& node, const Conjuncts& conjuncts) {
  const auto& aggregate = As<AggregateNode>(*node);
  std::map<std::string, ExprPtr> meaning;
  if (aggregate.mode() == AggregateMode::kComplete) {
    for (const NamedExpr& key : aggregate.keys()) meaning[key.name] = key.expr;
  }
  return PushThroughColumns(node, conjuncts, meaning);
}

// A condition on keys of the partition takes out whole partitions.
Result<PlanPtr> PushWindow(const PlanPtr& node, const Conjuncts& conjuncts) {
  ColumnSet keys;
  for (const ExprPtr& key : As<WindowNode>(*node).partition_by()) {
    if (key->kind() == ExprKind::kColumn) keys.insert(key->name());
  }
  Conjuncts below;
  Conjuncts above;
  Divide(conjuncts, keys, &below, &above);
  return Through(node, std::move(below), above);
}

Result<PlanPtr> PushExplode(const PlanPtr& node, const Conjuncts& conjuncts) {
  ColumnSet others = ColumnNames(*node->schema());
  others.erase(As<ExplodeNode>(*node).column());
  Conjuncts below;
  Conjuncts above;
  Divide(conjuncts, others, &below, &above);
  return Through(node, std::move(below), above);
}

Result<PlanPtr> PushUnion(const PlanPtr& node, const Conjuncts& conjuncts) {
  std::vector<PlanPtr> children;
  bool changed = false;
  for (const PlanPtr& child : node->children()) {
    std::map<std::string, ExprPtr> names;
    for (int i = 0; i < child->schema()->num_fields(); ++i) {
      names[node->schema()->field(i)->name()] = Expr::Column(child->schema()->field(i)->name());
    }
    Conjuncts below;
    for (const ExprPtr& conjunct : conjuncts) below.push_back(Substitute(conjunct, names));
    ASSIGN_OR_RETURN(PlanPtr pushed, Push(child, std::move(below)));
    changed |= pushed != child;
    children.push_back(std::move(pushed));
  }
  return changed ? node->WithChildren(std::move(children)) : Result<PlanPtr>(node);
}

Result<PlanPtr> PushScan(const PlanPtr& node, const Conjuncts& conjuncts) {
  if (conjuncts.empty()) return node;
  const auto& scan = As<ScanNode>(*node);
  Conjuncts all = SplitConjunction(scan.predicate());
  const size_t before = all.size();
  AddUnique(conjuncts, &all);
  if (all.size() == before) return node;
  return ScanNode::Make(scan.shared_source(), scan.columns(), MakeConjunction(all));
}

// Where the conditions around a join go.
class JoinPusher {
 public:
  explicit JoinPusher(const JoinNode& join)
      : join_(join),
        spec_(join.spec()),
        left_columns_(ColumnNames(*join.left()->schema())),
        right_columns_(ColumnNames(*join.right()->schema())) {}

  Result<PlanPtr> Run(const PlanPtr& node, const Conjuncts& conjuncts) {
    if (spec_.type == JoinType::kInner) {
      PushInner(conjuncts);
    } else {
      PushAbove(conjuncts);
      PushResidual();
    }
    ASSIGN_OR_RETURN(PlanPtr left, Push(join_.left(), std::move(left_)));
    ASSIGN_OR_RETURN(PlanPtr right, Push(join_.right(), std::move(right_)));
    PlanPtr over = node;
    const bool same_residual = spec_.residual == join_.spec().residual;
    if (left != join_.left() || right != join_.right() || !same_residual ||
        spec_.keys.size() != join_.spec().keys.size()) {
      ASSIGN_OR_RETURN(over, JoinNode::Make(std::move(left), std::move(right), std::move(spec_)));
    }
    return Filtered(std::move(over), above_);
  }

 private:
  // Of an inner join it is all the same where a condition stands.
  void PushInner(const Conjuncts& conjuncts) {
    Conjuncts pool = SplitConjunction(spec_.residual);
    AddUnique(conjuncts, &pool);
    Conjuncts residual;
    for (const ExprPtr& conjunct : pool) {
      if (ColumnsOf(*conjunct).empty() || ReadsOnly(*conjunct, left_columns_)) {
        AddUnique({conjunct}, &left_);
      } else if (ReadsOnly(*conjunct, right_columns_)) {
        AddUnique({conjunct}, &right_);
      } else if (!TakeAsKey(conjunct)) {
        Imply(conjunct, true, true);
        residual.push_back(conjunct);
      }
    }
    SetResidual(residual);
  }

  // What stands above other joins: on the columns of a side whose rows are handed out as they are.
  void PushAbove(const Conjuncts& conjuncts) {
    const JoinType type = spec_.type;
    const bool to_left = type != JoinType::kRight && type != JoinType::kFull;
    const bool to_right = type == JoinType::kRight;
    for (const ExprPtr& conjunct : conjuncts) {
      if (to_left && ReadsOnly(*conjunct, left_columns_)) {
        left_.push_back(conjunct);
      } else if (to_right && ReadsOnly(*conjunct, right_columns_)) {
        right_.push_back(conjunct);
      } else {
        Imply(conjunct, to_left, to_right);
        above_.push_back(conjunct);
      }
    }
  }

  // What decides on candidates: on the columns of a side whose rows without a match are lost, it
  // takes out rows before. What null-aware joins make of nulls is left as it is written.
  void PushResidual() {
    const JoinType type = spec_.type;
    if (type == JoinType::kNullAwareAnti || type == JoinType::kMark) return;
    const bool to_left = type == JoinType::kRight || type == JoinType::kSemi;
    const bool to_right = type != JoinType::kRight && type != JoinType::kFull;
    Conjuncts residual;
    for (const ExprPtr& conjunct : SplitConjunction(spec_.residual)) {
      if (to_left && ReadsOnly(*conjunct, left_columns_)) {
        left_.push_back(conjunct);
      } else if (to_right && ReadsOnly(*conjunct, right_columns_)) {
        right_.push_back(conjunct);
      } else if (!TakeAsKey(conjunct)) {
        Imply(conjunct, to_left, to_right);
        residual.push_back(conjunct);
      }
    }
    SetResidual(residual);
  }

  // An equality of an expression of one side with one of the other.
  bool TakeAsKey(const ExprPtr& conjunct) {
    if (!IsCall(*conjunct, "=") || spec_.nulls_match) return false;
    ExprPtr a = conjunct->args()[0];
    ExprPtr b = conjunct->args()[1];
    if (ReadsOnly(*b, left_columns_)) std::swap(a, b);
    if (!ReadsOnly(*a, left_columns_) || !ReadsOnly(*b, right_columns_)) return false;
    // It must be a key as well: `Make` refuses what has no common type.
    JoinSpec probe;
    probe.keys.emplace_back(a, b);
    if (!JoinNode::Make(join_.left(), join_.right(), std::move(probe)).ok()) return false;
    spec_.keys.emplace_back(std::move(a), std::move(b));
    return true;
  }

  // What a disjunction over both sides says about each.
  void Imply(const ExprPtr& conjunct, bool to_left, bool to_right) {
    const ExprPtr left = to_left ? ImpliedBy(conjunct, left_columns_) : nullptr;
    const ExprPtr right = to_right ? ImpliedBy(conjunct, right_columns_) : nullptr;
    if (left != nullptr) AddUnique({left}, &left_);
    if (right != nullptr) AddUnique({right}, &right_);
  }

  void SetResidual(const Conjuncts& residual) {
    const Conjuncts before = SplitConjunction(spec_.residual);
    if (before == residual) return;
    spec_.residual = MakeConjunction(residual);
  }

  const JoinNode& join_;
  JoinSpec spec_;
  const ColumnSet left_columns_;
  const ColumnSet right_columns_;
  Conjuncts left_;
  Conjuncts right_;
  Conjuncts above_;
};

Result<PlanPtr> Push(const PlanPtr& node, Conjuncts conjuncts) {
  switch (node->kind()) {
    case PlanKind::kScan:
      return PushScan(node, conjuncts);
    case PlanKind::kFilter: {
      Conjuncts all = SplitConjunction(As<FilterNode>(*node).condition());
      AddUnique(conjuncts, &all);
      ASSIGN_OR_RETURN(PlanPtr pushed, Push(node->child(), all));
      // The same again: nothing has moved.
      const bool same =
          pushed->kind() == PlanKind::kFilter && pushed->child() == node->child() &&
          As<FilterNode>(*pushed).condition()->Equals(*As<FilterNode>(*node).condition());
      return same ? node : pushed;
    }
    case PlanKind::kProject:
      return PushProject(node, conjuncts);
    case PlanKind::kAggregate:
      return PushAggregate(node, conjuncts);
    case PlanKind::kJoin:
      return JoinPusher(As<JoinNode>(*node)).Run(node, conjuncts);
    case PlanKind::kWindow:
      return PushWindow(node, conjuncts);
    case PlanKind::kUnion:
      return PushUnion(node, conjuncts);
    case PlanKind::kExplode:
      return PushExplode(node, conjuncts);
    case PlanKind::kSort:
      if (As<SortNode>(*node).limit().has_value() || As<SortNode>(*node).offset() > 0) {
        return StayAbove(node, conjuncts);
      }
      return Through(node, std::move(conjuncts), {});
    case PlanKind::kValues:
    case PlanKind::kLimit:
    case PlanKind::kShuffleRead:
    case PlanKind::kWrite:
    case PlanKind::kMapBatches:
    case PlanKind::kBloomBuild:
    case PlanKind::kBloomProbe:
      return StayAbove(node, conjuncts);
  }
  return StayAbove(node, conjuncts);
}

}  // namespace

Result<PlanPtr> PushDownFilter(const PlanPtr& plan, const RuleContext& /*context*/) {
  return Push(plan, {});
}

}  // namespace tusk::df
