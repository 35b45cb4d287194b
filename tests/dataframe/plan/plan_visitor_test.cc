#include "dataframe/plan/plan_visitor.h"

#include "dataframe/plan/plan_printer.h"
#include "tests/dataframe/plan/plan_builder.h"

namespace tusk::df {
namespace {

Result<PlanPtr> DropLimit(const PlanPtr& node) {
  return node->kind() == PlanKind::kLimit ? node->child() : node;
}

TEST(PlanVisitorTest, RewritesFromBelow) {
  const PlanPtr t = Table("t", "a int64");
  const PlanPtr plan = Filter(Limit(Limit(t, 1), 2), Gt(Col("a"), Lit(1)));
  EXPECT_EQ(PlanText(Made(RewriteBottomUp(plan, DropLimit))), "Filter a > 1\n  Scan t [a]\n");
}

TEST(PlanVisitorTest, RewritesFromAbove) {
  const PlanPtr t = Table("t", "a int64");
  const PlanPtr plan = Filter(Limit(t, 1), Gt(Col("a"), Lit(1)));
  EXPECT_EQ(PlanText(Made(RewriteTopDown(plan, DropLimit))), "Filter a > 1\n  Scan t [a]\n");
}

TEST(PlanVisitorTest, WhatDoesNotChangeIsTheSame) {
  const PlanPtr t = Table("t", "a int64");
  const PlanPtr plan = Filter(t, Gt(Col("a"), Lit(1)));
  EXPECT_EQ(Made(RewriteBottomUp(plan, DropLimit)), plan);
  EXPECT_EQ(Made(RewriteTopDown(plan, DropLimit)), plan);
}

TEST(PlanVisitorTest, SharedBranchesAreVisitedOnceAndStayShared) {
  const PlanPtr shared = Limit(Table("t", "a int64"), 3);
  const PlanPtr plan = Union({shared, shared});
  int visits = 0;
  VisitPlan(plan, [&](const PlanPtr&) { ++visits; });
  EXPECT_EQ(visits, 3);
  const PlanPtr rewritten = Made(RewriteBottomUp(plan, DropLimit));
  EXPECT_EQ(rewritten->children()[0], rewritten->children()[1]);
}

}  // namespace
}  // namespace tusk::df
