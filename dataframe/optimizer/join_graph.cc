#include "dataframe/optimizer/join_graph.h"

#include <algorithm>
#include <bit>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

constexpr RelationSet Bit(size_t index) { return RelationSet{1} << index; }

bool Within(RelationSet part, RelationSet whole) { return (part & ~whole) == 0; }

bool IsFreeJoin(const PlanNode& node) {
  if (node.kind() != PlanKind::kJoin) return false;
  const JoinSpec& spec = As<JoinNode>(node).spec();
  return spec.type == JoinType::kInner && spec.strategy == JoinStrategy::kAuto && !spec.nulls_match;
}

// What stands between the joins of one tree: filters and selections of columns.
const PlanNode* BelowSelections(const PlanNode* node) {
  while (node->kind() == PlanKind::kFilter ||
         (node->kind() == PlanKind::kProject && IsSelection(As<ProjectNode>(*node)))) {
    node = node->child().get();
  }
  return node;
}

}  // namespace

std::optional<JoinGraph> JoinGraph::Make(const PlanPtr& root, Estimator* estimator) {
  if (!IsFreeJoin(*root)) return std::nullopt;
  JoinGraph graph;
  if (!graph.Flatten(root)) return std::nullopt;
  if (graph.size() < 3 || graph.size() > kMaxRelations) return std::nullopt;
  ColumnSet names;
  for (const PlanPtr& relation : graph.relations_) {
    graph.columns_.push_back(ColumnNames(*relation->schema()));
    for (const std::string& name : graph.columns_.back()) {
      if (!names.insert(name).second) return std::nullopt;
    }
  }
  graph.filters_.resize(graph.size());
  for (const auto& [a, b] : graph.equalities_) graph.AddEquality(a, b);
  for (const ExprPtr& condition : graph.others_) graph.AddCondition(condition);
  graph.Measure(estimator);
  return graph;
}

bool JoinGraph::Flatten(const PlanPtr& node) {
  if (relations_.size() > kMaxRelations) return false;
  if (!IsFreeJoin(*BelowSelections(node.get()))) {
    relations_.push_back(node);
    return true;
  }
  if (node->kind() == PlanKind::kFilter) {
    for (ExprPtr& conjunct : SplitConjunction(As<FilterNode>(*node).condition())) {
      others_.push_back(std::move(conjunct));
    }
    return Flatten(node->child());
  }
  if (node->kind() == PlanKind::kProject) return Flatten(node->child());
  const JoinSpec& spec = As<JoinNode>(*node).spec();
  equalities_.insert(equalities_.end(), spec.keys.begin(), spec.keys.end());
  for (ExprPtr& conjunct : SplitConjunction(spec.residual)) {
    others_.push_back(std::move(conjunct));
  }
  return Flatten(node->children()[0]) && Flatten(node->children()[1]);
}

RelationSet JoinGraph::Reads(const Expr& expr) const {
  RelationSet set = 0;
  for (const std::string& name : ColumnsOf(expr)) {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].contains(name)) set |= Bit(i);
    }
  }
  return set;
}

void JoinGraph::AddEquality(const ExprPtr& a, const ExprPtr& b) {
  const RelationSet reads_a = Reads(*a);
  const RelationSet reads_b = Reads(*b);
  if (std::popcount(reads_a) != 1 || std::popcount(reads_b) != 1 || reads_a == reads_b) {
    return AddCondition(Expr::Call("=", {a, b}));
  }
  // The classes in which they are, or a new one.
  const auto find = [&](const ExprPtr& expr) {
    return std::find_if(classes_.begin(), classes_.end(), [&](const KeyClass& one) {
      return std::any_of(one.members.begin(), one.members.end(),
                         [&](const Member& member) { return member.expr->Equals(*expr); });
    });
  };
  auto of_a = find(a);
  if (of_a == classes_.end()) {
    KeyClass fresh;
    fresh.members.push_back(
        {.relation = static_cast<size_t>(std::countr_zero(reads_a)), .expr = a});
    fresh.relations = reads_a;
    classes_.push_back(std::move(fresh));
    of_a = std::prev(classes_.end());
  }
  const auto of_b = find(b);
  if (of_b == of_a) return;
  if (of_b == classes_.end()) {
    of_a->members.push_back(
        {.relation = static_cast<size_t>(std::countr_zero(reads_b)), .expr = b});
    of_a->relations |= reads_b;
    return;
  }
  of_a->members.insert(of_a->members.end(), of_b->members.begin(), of_b->members.end());
  of_a->relations |= of_b->relations;
  classes_.erase(of_b);
}

void JoinGraph::AddCondition(const ExprPtr& condition) {
  const RelationSet reads = Reads(*condition);
  if (reads == 0) return constants_.push_back(condition);
  if (std::popcount(reads) == 1) {
    return filters_[static_cast<size_t>(std::countr_zero(reads))].push_back(condition);
  }
  conditions_.push_back({.relations = reads, .expr = condition, .selectivity = 1});
}

void JoinGraph::Measure(Estimator* estimator) {
  PlanEstimate all;
  for (const PlanPtr& relation : relations_) {
    const PlanEstimate& one = estimator->Of(relation);
    estimates_.push_back(one);
    all.base_rows = std::max(all.base_rows, one.base_rows);
  }
  for (KeyClass& one : classes_) {
    // Where keys and references meet, the table of the key has the fewest values.
    double domain = -1;
    std::vector<const Member*> first(size(), nullptr);
    for (const Member& member : one.members) {
      const double values = estimator->Domain(relations_[member.relation], *member.expr);
      domain = domain < 0 ? values : std::min(domain, values);
      const Member*& other = first[member.relation];
      if (other == nullptr) {
        other = &member;
      } else {
        // Two columns of one relation that are equal to the same.
        filters_[member.relation].push_back(Expr::Call("=", {other->expr, member.expr}));
      }
    }
    one.domain = std::max(1.0, domain);
  }
  for (Condition& one : conditions_) one.selectivity = Selectivity(*one.expr, all);
  for (size_t i = 0; i < size(); ++i) {
    for (const ExprPtr& filter : filters_[i]) {
      estimates_[i].rows *= Selectivity(*filter, estimates_[i]);
    }
    estimates_[i].rows = std::max(1.0, estimates_[i].rows);
    estimates_[i].base_rows = std::max(1.0, estimates_[i].base_rows);
  }
}

bool JoinGraph::Connected(RelationSet a, RelationSet b) const {
  return std::any_of(classes_.begin(), classes_.end(), [&](const KeyClass& one) {
    return (one.relations & a) != 0 && (one.relations & b) != 0;
  });
}

// By what the rows of a set are multiplied when one relation more is joined.
double JoinGraph::Attach(RelationSet attached, size_t next) const {
  double domain = 1;
  double base = 1;
  for (const KeyClass& one : classes_) {
    if ((one.relations & attached) == 0 || (one.relations & Bit(next)) == 0) continue;
    domain *= one.domain;
    for (const Member& member : one.members) {
      if ((Bit(member.relation) & attached) == 0) continue;
      base = std::max(base, estimates_[member.relation].base_rows);
    }
  }
  // Several keys together have no more values than the smaller side has rows.
  domain = std::min(domain, std::max(1.0, std::min(base, estimates_[next].base_rows)));
  return estimates_[next].rows / domain;
}

double JoinGraph::Rows(RelationSet set) {
  const auto known = rows_.find(set);
  if (known != rows_.end()) return known->second;
  // From the largest relation on, the connected ones first, so that the order of a plan decides
  // nothing.
  size_t start = static_cast<size_t>(std::countr_zero(set));
  for (size_t i = 0; i < size(); ++i) {
    if ((set & Bit(i)) != 0 && estimates_[i].base_rows > estimates_[start].base_rows) start = i;
  }
  double rows = estimates_[start].rows;
  RelationSet attached = Bit(start);
  while (attached != set) {
    std::optional<size_t> next;
    for (size_t i = 0; i < size(); ++i) {
      if ((set & ~attached & Bit(i)) == 0) continue;
      if (Connected(attached, Bit(i))) {
        next = i;
        break;
      }
      if (!next.has_value()) next = i;
    }
    rows *= Attach(attached, *next);
    attached |= Bit(*next);
  }
  for (const Condition& one : conditions_) {
    if (Within(one.relations, set)) rows *= one.selectivity;
  }
  rows = std::max(1.0, rows);
  rows_[set] = rows;
  return rows;
}

double JoinGraph::Bytes(RelationSet set) {
  double width = 0;
  for (size_t i = 0; i < size(); ++i) {
    if ((set & Bit(i)) != 0) width += RowBytes(*relations_[i]->schema());
  }
  return Rows(set) * width;
}

Result<PlanPtr> JoinGraph::Join(RelationSet a, PlanPtr left, RelationSet b, PlanPtr right) const {
  JoinSpec spec;
  for (const KeyClass& one : classes_) {
    if ((one.relations & a) == 0 || (one.relations & b) == 0) continue;
    const auto of = [&](RelationSet set) {
      return std::find_if(one.members.begin(), one.members.end(),
                          [&](const Member& member) { return (Bit(member.relation) & set) != 0; })
          ->expr;
    };
    spec.keys.emplace_back(of(a), of(b));
  }
  std::vector<ExprPtr> residual;
  for (const Condition& one : conditions_) {
    if (!Within(one.relations, a | b) || Within(one.relations, a) || Within(one.relations, b)) {
      continue;
    }
    if (IsCall(*one.expr, "=")) {
      // Sides that read several relations are keys once these are together.
      const ExprPtr& x = one.expr->args()[0];
      const ExprPtr& y = one.expr->args()[1];
      const RelationSet reads_x = Reads(*x);
      const RelationSet reads_y = Reads(*y);
      if (reads_x != 0 && reads_y != 0 && Within(reads_x, a) && Within(reads_y, b)) {
        spec.keys.emplace_back(x, y);
        continue;
      }
      if (reads_x != 0 && reads_y != 0 && Within(reads_x, b) && Within(reads_y, a)) {
        spec.keys.emplace_back(y, x);
        continue;
      }
    }
    residual.push_back(one.expr);
  }
  spec.residual = MakeConjunction(residual);
  return JoinNode::Make(std::move(left), std::move(right), std::move(spec));
}

Result<PlanPtr> JoinGraph::Relation(size_t index) const {
  return Filtered(relations_[index], filters_[index]);
}

}  // namespace tusk::df
