#include <algorithm>
#include <bit>
#include <limits>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/join_graph.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

// What a join costs, in bytes that are read once: only the proportions matter. A broadcast side is
// read by every task and needs a stage of its own when it is not a table; a partitioned join
// writes, sends and reads both sides and ends the stage.
constexpr double kBroadcastReaders = 8;
constexpr double kShuffle = 2;
constexpr double kProbe = 0.1;
constexpr double kStage = 8e6;

// How a set of relations is joined best.
struct Best {
  double cost = std::numeric_limits<double>::infinity();
  RelationSet left = 0;
  RelationSet right = 0;
};

class JoinOrder {
 public:
  JoinOrder(JoinGraph* graph, const OptimizerOptions& options)
      : graph_(*graph),
        broadcast_(static_cast<double>(options.broadcast_bytes)),
        max_exhaustive_(options.max_exhaustive_relations) {}

  Result<PlanPtr> Run() {
    for (size_t i = 0; i < graph_.size(); ++i) best_[Bit(i)].cost = 0;
    std::vector<RelationSet> parts;
    for (const RelationSet component : Components()) {
      if (std::popcount(component) <= max_exhaustive_) {
        Exhaust(component);
      } else {
        Greedy(component);
      }
      parts.push_back(component);
    }
    // What nothing connects is multiplied, the smallest last: it is what the join holds.
    std::sort(parts.begin(), parts.end(),
              [&](RelationSet a, RelationSet b) { return graph_.Rows(a) > graph_.Rows(b); });
    ASSIGN_OR_RETURN(PlanPtr plan, Build(parts[0]));
    RelationSet done = parts[0];
    for (size_t i = 1; i < parts.size(); ++i) {
      ASSIGN_OR_RETURN(PlanPtr next, Build(parts[i]));
      ASSIGN_OR_RETURN(plan, graph_.Join(done, std::move(plan), parts[i], std::move(next)));
      done |= parts[i];
    }
    return Filtered(std::move(plan), graph_.constants());
  }

 private:
  static constexpr RelationSet Bit(size_t index) { return RelationSet{1} << index; }

  std::vector<RelationSet> Components() const {
    std::vector<RelationSet> components;
    RelationSet left = graph_.size() == 64 ? ~RelationSet{0} : Bit(graph_.size()) - 1;
    while (left != 0) {
      RelationSet component = left & (~left + 1);
      for (bool grown = true; grown;) {
        grown = false;
        for (size_t i = 0; i < graph_.size(); ++i) {
          if ((left & ~component & Bit(i)) == 0 || !graph_.Connected(component, Bit(i))) continue;
          component |= Bit(i);
          grown = true;
        }
      }
      components.push_back(component);
      left &= ~component;
    }
    return components;
  }

  double Cost(RelationSet a, RelationSet b) {
    const double bytes_a = graph_.Bytes(a);
    const double bytes_b = graph_.Bytes(b);
    const double small = std::min(bytes_a, bytes_b);
    const double large = std::max(bytes_a, bytes_b);
    const double out = graph_.Bytes(a | b);
    const bool held_is_table = std::popcount(bytes_a < bytes_b ? a : b) == 1;
    if (small <= broadcast_) {
      return kBroadcastReaders * small + kProbe * (large + out) + (held_is_table ? 0 : kStage);
    }
    return kShuffle * (small + large) + kProbe * out + kStage;
  }

  void Consider(RelationSet a, RelationSet b) {
    const auto of_a = best_.find(a);
    const auto of_b = best_.find(b);
    if (of_a == best_.end() || of_b == best_.end()) return;
    const double cost = of_a->second.cost + of_b->second.cost + Cost(a, b);
    Best& best = best_[a | b];
    if (cost < best.cost) best = {.cost = cost, .left = a, .right = b};
  }

  // Every order without products, by growing sets.
  void Exhaust(RelationSet component) {
    // Subsets of the component in ascending order: all parts of one come before it.
    RelationSet set = 0;
    do {
      set = (set - component) & component;
      if (set == 0 || std::popcount(set) < 2) continue;
      const RelationSet lowest = set & (~set + 1);
      for (RelationSet part = (set - 1) & set; part != 0; part = (part - 1) & set) {
        // Each pair once.
        if ((part & lowest) == 0) continue;
        if (graph_.Connected(part, set & ~part)) Consider(part, set & ~part);
      }
    } while (set != component);
  }

  // The cheapest join next, until one set is left.
  void Greedy(RelationSet component) {
    std::vector<RelationSet> sets;
    for (size_t i = 0; i < graph_.size(); ++i) {
      if ((component & Bit(i)) != 0) sets.push_back(Bit(i));
    }
    while (sets.size() > 1) {
      double cheapest = std::numeric_limits<double>::infinity();
      std::pair<size_t, size_t> chosen;
      for (size_t i = 0; i < sets.size(); ++i) {
        for (size_t j = i + 1; j < sets.size(); ++j) {
          if (!graph_.Connected(sets[i], sets[j])) continue;
          const double cost = Cost(sets[i], sets[j]) + graph_.Bytes(sets[i] | sets[j]);
          if (cost >= cheapest) continue;
          cheapest = cost;
          chosen = {i, j};
        }
      }
      Consider(sets[chosen.first], sets[chosen.second]);
      sets[chosen.first] |= sets[chosen.second];
      sets.erase(sets.begin() + static_cast<ptrdiff_t>(chosen.second));
    }
  }

  Result<PlanPtr> Build(RelationSet set) {
    if (std::popcount(set) == 1) return graph_.Relation(static_cast<size_t>(std::countr_zero(set)));
    RelationSet left = best_[set].left;
    RelationSet right = best_[set].right;
    // The right side is the one that is held.
    if (graph_.Bytes(left) < graph_.Bytes(right)) std::swap(left, right);
    ASSIGN_OR_RETURN(PlanPtr left_plan, Build(left));
    ASSIGN_OR_RETURN(PlanPtr right_plan, Build(right));
    return graph_.Join(left, std::move(left_plan), right, std::move(right_plan));
  }

  JoinGraph& graph_;
  const double broadcast_;
  const int max_exhaustive_;
  std::unordered_map<RelationSet, Best> best_;
};

Result<PlanPtr> Reorder(const PlanPtr& node, const RuleContext& context, Estimator* estimator) {
  const auto below = [&](const PlanPtr& child) { return Reorder(child, context, estimator); };
  std::optional<JoinGraph> graph = JoinGraph::Make(node, estimator);
  if (!graph.has_value()) return RewriteChildren(node, below);
  std::vector<PlanPtr> relations;
  for (const PlanPtr& relation : graph->relations()) {
    ASSIGN_OR_RETURN(PlanPtr reordered, below(relation));
    relations.push_back(std::move(reordered));
  }
  graph->Replace(std::move(relations));
  ASSIGN_OR_RETURN(PlanPtr plan, JoinOrder(&*graph, context.options).Run());
  return WithColumns(std::move(plan), NamesOf(*node->schema()));
}

}  // namespace

Result<PlanPtr> ReorderJoins(const PlanPtr& plan, const RuleContext& context) {
  Estimator estimator(context.statistics);
  return Reorder(plan, context, &estimator);
}

}  // namespace tusk::df
