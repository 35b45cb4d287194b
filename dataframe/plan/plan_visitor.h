#pragma once

#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// Walks over plans. Branches that a plan shares are visited once and stay shared.

/// What has been rewritten already. Holds the old nodes as well, so that no new one takes the
/// address of an old one.
using RewrittenPlans = std::unordered_map<const PlanNode*, std::pair<PlanPtr, PlanPtr>>;

/// `node` over rewritten children: itself when none has changed.
template <typename Rewrite>
Result<PlanPtr> RewriteChildren(const PlanPtr& node, const Rewrite& rewrite) {
  std::vector<PlanPtr> children;
  bool changed = false;
  for (const PlanPtr& child : node->children()) {
    ASSIGN_OR_RETURN(PlanPtr rewritten, rewrite(child));
    changed |= rewritten != child;
    children.push_back(std::move(rewritten));
  }
  if (!changed) return node;
  return node->WithChildren(std::move(children));
}

/// Rewrites children first, then calls `step` (PlanPtr -> Result<PlanPtr>) with each node over its
/// new children. A step that changes nothing returns what it was given.
template <typename Step>
Result<PlanPtr> RewriteBottomUp(const PlanPtr& plan, const Step& step, RewrittenPlans* done) {
  const auto known = done->find(plan.get());
  if (known != done->end()) return known->second.second;
  ASSIGN_OR_RETURN(PlanPtr node, RewriteChildren(plan, [&](const PlanPtr& child) {
                     return RewriteBottomUp(child, step, done);
                   }));
  ASSIGN_OR_RETURN(PlanPtr result, step(node));
  done->emplace(plan.get(), std::pair(plan, result));
  return result;
}

template <typename Step>
Result<PlanPtr> RewriteBottomUp(const PlanPtr& plan, const Step& step) {
  RewrittenPlans done;
  return RewriteBottomUp(plan, step, &done);
}

/// Calls `step` with each node first, then goes on with the children of what it returned.
template <typename Step>
Result<PlanPtr> RewriteTopDown(const PlanPtr& plan, const Step& step, RewrittenPlans* done) {
  const auto known = done->find(plan.get());
  if (known != done->end()) return known->second.second;
  ASSIGN_OR_RETURN(PlanPtr node, step(plan));
  ASSIGN_OR_RETURN(PlanPtr result, RewriteChildren(node, [&](const PlanPtr& child) {
                     return RewriteTopDown(child, step, done);
                   }));
  done->emplace(plan.get(), std::pair(plan, result));
  return result;
}

template <typename Step>
Result<PlanPtr> RewriteTopDown(const PlanPtr& plan, const Step& step) {
  RewrittenPlans done;
  return RewriteTopDown(plan, step, &done);
}

/// Calls `visit` with each node, parents first.
template <typename Visit>
void VisitPlan(const PlanPtr& plan, const Visit& visit, std::unordered_set<const PlanNode*>* seen) {
  if (!seen->insert(plan.get()).second) return;
  visit(plan);
  for (const PlanPtr& child : plan->children()) VisitPlan(child, visit, seen);
}

template <typename Visit>
void VisitPlan(const PlanPtr& plan, const Visit& visit) {
  std::unordered_set<const PlanNode*> seen;
  VisitPlan(plan, visit, &seen);
}

}  // namespace tusk::df
