#include <algorithm>
#include <limits>

#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

struct Window {
  std::optional<int64_t> limit;
  int64_t offset = 0;
};

int64_t SaturatingAdd(int64_t a, int64_t b) {
  return a > std::numeric_limits<int64_t>::max() - b ? std::numeric_limits<int64_t>::max() : a + b;
}

// The rows that `outer` takes of those that `inner` has taken.
Window Within(const Window& inner, const Window& outer) {
  Window both{.limit = outer.limit, .offset = SaturatingAdd(inner.offset, outer.offset)};
  if (!inner.limit.has_value()) return both;
  const int64_t left = std::max<int64_t>(0, *inner.limit - outer.offset);
  both.limit = both.limit.has_value() ? std::min(*both.limit, left) : left;
  return both;
}

Result<PlanPtr> PushLimit(const PlanPtr& node);

// No side need hand out more rows than the limit takes of all.
Result<PlanPtr> PushIntoUnion(const PlanPtr& node, const Window& window) {
  if (!window.limit.has_value()) return node;
  const int64_t rows = SaturatingAdd(*window.limit, window.offset);
  std::vector<PlanPtr> children;
  for (const PlanPtr& child : node->child()->children()) {
    // Limited already: the pass runs more than once.
    const bool limited = child->kind() == PlanKind::kLimit &&
                         As<LimitNode>(*child).limit().value_or(rows + 1) <= rows;
    if (limited) return node;
    ASSIGN_OR_RETURN(PlanPtr limit, LimitNode::Make(child, rows));
    ASSIGN_OR_RETURN(limit, PushLimit(limit));
    children.push_back(std::move(limit));
  }
  ASSIGN_OR_RETURN(PlanPtr all, UnionNode::Make(std::move(children)));
  return LimitNode::Make(std::move(all), window.limit, window.offset);
}

Result<PlanPtr> PushLimit(const PlanPtr& node) {
  const auto& limit = As<LimitNode>(*node);
  const Window window{.limit = limit.limit(), .offset = limit.offset()};
  if (window.limit == 0) return EmptyPlan(node->schema());
  if (!window.limit.has_value() && window.offset == 0) return node->child();
  const PlanPtr& child = node->child();
  switch (child->kind()) {
    case PlanKind::kSort: {
      const auto& sort = As<SortNode>(*child);
      const Window both = Within({.limit = sort.limit(), .offset = sort.offset()}, window);
      return SortNode::Make(child->child(), sort.keys(), both.limit, both.offset);
    }
    case PlanKind::kLimit: {
      const auto& inner = As<LimitNode>(*child);
      const Window both = Within({.limit = inner.limit(), .offset = inner.offset()}, window);
      ASSIGN_OR_RETURN(const PlanPtr one, LimitNode::Make(child->child(), both.limit, both.offset));
      return PushLimit(one);
    }
    case PlanKind::kProject: {
      ASSIGN_OR_RETURN(PlanPtr below, LimitNode::Make(child->child(), window.limit, window.offset));
      ASSIGN_OR_RETURN(below, PushLimit(below));
      return ProjectNode::Make(std::move(below), As<ProjectNode>(*child).columns());
    }
    case PlanKind::kUnion:
      return PushIntoUnion(node, window);
    default:
      return node;
  }
}

}  // namespace

Result<PlanPtr> PushDownLimit(const PlanPtr& plan, const RuleContext& /*context*/) {
  return RewriteBottomUp(plan, [](const PlanPtr& node) -> Result<PlanPtr> {
    return node->kind() == PlanKind::kLimit ? PushLimit(node) : Result<PlanPtr>(node);
  });
}

}  // namespace tusk::df
