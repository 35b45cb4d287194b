#include <arrow/api.h>

#include "tests/dataframe/optimizer/optimizer_fixture.h"
#include "tests/dataframe/optimizer/tpch_tables.h"

namespace tusk::df {
namespace {

PlanPtr T() { return Table("t", "a int64, b int64, s string"); }
PlanPtr U() { return Table("u", "k int64, v int64"); }

std::string Pushed(const PlanPtr& plan) { return TextAfter(PushDownFilter, plan); }

TEST(PushDownFilterTest, IntoAScan) {
  EXPECT_EQ(Pushed(Filter(Filter(T(), Eq(Col("s"), Lit("x"))), Gt(Col("a"), Lit(1)))),
            "Scan t [a, b, s] where s = 'x' and a > 1\n");
}

TEST(PushDownFilterTest, ThroughAProjectionByWhatItsColumnsAre) {
  const PlanPtr plan =
      Filter(Project(T(), {As(Add(Col("a"), Col("b")), "c")}), Gt(Col("c"), Lit(1)));
  EXPECT_EQ(Pushed(plan), "Project a + b as c\n  Scan t [a, b, s] where a + b > 1\n");
}

TEST(PushDownFilterTest, BelowAnAggregationOnlyOnKeys) {
  const PlanPtr plan = Filter(Aggregate(T(), {As(Col("s"), "k")}, {Agg("sum", {Col("a")}, "sum")}),
                              And({Eq(Col("k"), Lit("x")), Gt(Col("sum"), Lit(1))}));
  EXPECT_EQ(Pushed(plan),
            "Filter sum > 1\n"
            "  Aggregate by s as k: sum(a) as sum\n"
            "    Scan t [a, b, s] where s = 'x'\n");
}

TEST(PushDownFilterTest, BelowAWindowOnlyOnThePartition) {
  WindowCall rank;
  rank.function = "rank";
  rank.name = "r";
  const PlanPtr window = Made(WindowNode::Make(T(), {Col("s")}, {Asc("a")}, {rank}));
  EXPECT_EQ(Pushed(Filter(window, And({Eq(Col("s"), Lit("x")), Gt(Col("a"), Lit(1))}))),
            "Filter a > 1\n"
            "  Window partition by s order by a: rank() as r\n"
            "    Scan t [a, b, s] where s = 'x'\n");
}

TEST(PushDownFilterTest, IntoAllSidesOfAUnionUnderTheirNames) {
  const PlanPtr plan =
      Filter(Union({Project(T(), Named({"a"})), Project(U(), Named({"k"}))}), Gt(Col("a"), Lit(1)));
  EXPECT_EQ(Pushed(plan),
            "Union\n"
            "  Project a\n"
            "    Scan t [a, b, s] where a > 1\n"
            "  Project k\n"
            "    Scan u [k, v] where k > 1\n");
}

TEST(PushDownFilterTest, NotBelowALimit) {
  EXPECT_EQ(Pushed(Filter(Limit(T(), 5), Gt(Col("a"), Lit(1)))),
            "Filter a > 1\n  Limit 5\n    Scan t [a, b, s]\n");
  EXPECT_EQ(Pushed(Filter(Sorted(T(), {Asc("a")}, 5), Gt(Col("a"), Lit(1)))),
            "Filter a > 1\n  Sort a limit 5\n    Scan t [a, b, s]\n");
  EXPECT_EQ(Pushed(Filter(Sorted(T(), {Asc("a")}), Gt(Col("a"), Lit(1)))),
            "Sort a\n  Scan t [a, b, s] where a > 1\n");
}

TEST(PushDownFilterTest, ProductsBecomeJoins) {
  const PlanPtr plan =
      Filter(Cross(T(), U()), And({Eq(Col("k"), Col("a")), Gt(Col("v"), Lit(1)),
                                   Eq(Col("s"), Lit("x")), Lt(Col("b"), Col("v"))}));
  EXPECT_EQ(Pushed(plan),
            "Join inner: a = k and b < v\n"
            "  Scan t [a, b, s] where s = 'x'\n"
            "  Scan u [k, v] where v > 1\n");
}

// What stands above and in the condition of each type of join.
std::string PushedAround(JoinType type) {
  const ExprPtr on = And({Gt(Col("b"), Lit(10)), Gt(Col("v"), Lit(20))});
  PlanPtr plan = Join(T(), U(), On(type, {{"a", "k"}}, on));
  std::vector<ExprPtr> above = {Eq(Col("s"), Lit("x"))};
  if (plan->schema()->GetFieldIndex("k") >= 0) above.push_back(Eq(Col("k"), Lit(5)));
  return Pushed(Filter(plan, And(above)));
}

TEST(PushDownFilterTest, AroundOuterJoins) {
  EXPECT_EQ(PushedAround(JoinType::kLeft),
            "Filter k = 5\n"
            "  Join left: a = k and b > 10\n"
            "    Scan t [a, b, s] where s = 'x'\n"
            "    Scan u [k, v] where v > 20\n");
  EXPECT_EQ(PushedAround(JoinType::kRight),
            "Filter s = 'x'\n"
            "  Join right: a = k and v > 20\n"
            "    Scan t [a, b, s] where b > 10\n"
            "    Scan u [k, v] where k = 5\n");
  EXPECT_EQ(PushedAround(JoinType::kFull),
            "Filter s = 'x' and k = 5\n"
            "  Join full: a = k and b > 10 and v > 20\n"
            "    Scan t [a, b, s]\n"
            "    Scan u [k, v]\n");
  EXPECT_EQ(PushedAround(JoinType::kSingle),
            "Filter k = 5\n"
            "  Join single: a = k and b > 10\n"
            "    Scan t [a, b, s] where s = 'x'\n"
            "    Scan u [k, v] where v > 20\n");
}

TEST(PushDownFilterTest, AroundSemiAndAntiJoins) {
  EXPECT_EQ(PushedAround(JoinType::kSemi),
            "Join semi: a = k\n"
            "  Scan t [a, b, s] where s = 'x' and b > 10\n"
            "  Scan u [k, v] where v > 20\n");
  EXPECT_EQ(PushedAround(JoinType::kAnti),
            "Join anti: a = k and b > 10\n"
            "  Scan t [a, b, s] where s = 'x'\n"
            "  Scan u [k, v] where v > 20\n");
  EXPECT_EQ(PushedAround(JoinType::kNullAwareAnti),
            "Join null-aware anti: a = k and b > 10 and v > 20\n"
            "  Scan t [a, b, s] where s = 'x'\n"
            "  Scan u [k, v]\n");
  EXPECT_EQ(PushedAround(JoinType::kMark),
            "Join mark mark: a = k and b > 10 and v > 20\n"
            "  Scan t [a, b, s] where s = 'x'\n"
            "  Scan u [k, v]\n");
}

TEST(PushDownFilterTest, WhatADisjunctionSaysOfEachSide) {
  const auto nations = [](const char* a, const char* b) {
    return And({Eq(Col("n1_name"), Lit(a)), Eq(Col("n2_name"), Lit(b))});
  };
  const PlanPtr plan = Filter(Cross(Nation("n1_"), Nation("n2_")),
                              Or({nations("FRANCE", "GERMANY"), nations("GERMANY", "FRANCE")}));
  const PlanPtr pushed = Apply(PushDownFilter, plan);
  EXPECT_EQ(NodeText(*pushed->children()[0]),
            "Scan nation [n_nationkey as n1_nationkey, n_name as n1_name, n_regionkey as "
            "n1_regionkey, n_comment as n1_comment] where n1_name = 'FRANCE' or n1_name = "
            "'GERMANY'");
  // Once, however often the pass runs.
  EXPECT_EQ(TextAfter(PushDownFilter, pushed), PlanText(pushed));
}

TEST(PushDownFilterTest, WhatStaysIsTheSamePlan) {
  const PlanPtr plan = Filter(Limit(T(), 5), Gt(Col("a"), Lit(1)));
  EXPECT_EQ(Apply(PushDownFilter, plan), plan);
}

TEST(OuterToInnerTest, ByAFilterThatTakesOutNulls) {
  const auto after = [](JoinType type, const ExprPtr& condition) {
    const PlanPtr plan = Filter(Join(T(), U(), On(type, {{"a", "k"}})), condition);
    return NodeText(*Apply(OuterToInner, plan)->child());
  };
  EXPECT_EQ(after(JoinType::kLeft, Gt(Col("v"), Lit(1))), "Join inner: a = k");
  EXPECT_EQ(after(JoinType::kLeft, Call("is_null", {Col("v")})), "Join left: a = k");
  EXPECT_EQ(after(JoinType::kLeft, Gt(Col("b"), Lit(1))), "Join left: a = k");
  EXPECT_EQ(after(JoinType::kLeft, Or({Gt(Col("v"), Lit(1)), Gt(Col("b"), Lit(1))})),
            "Join left: a = k");
  EXPECT_EQ(after(JoinType::kRight, Gt(Col("b"), Lit(1))), "Join inner: a = k");
  EXPECT_EQ(after(JoinType::kFull, Gt(Col("b"), Lit(1))), "Join left: a = k");
  EXPECT_EQ(after(JoinType::kFull, Gt(Col("v"), Lit(1))), "Join right: a = k");
  EXPECT_EQ(after(JoinType::kFull, Gt(Col("v"), Col("b"))), "Join inner: a = k");
  EXPECT_EQ(after(JoinType::kLeft, Call("=", {Call("coalesce", {Col("v"), Lit(0)}), Lit(0)})),
            "Join left: a = k");
}

TEST(OuterToInnerTest, ByTheKeyOfAnInnerJoinAbove) {
  const PlanPtr w = Table("w", "x int64");
  const PlanPtr plan = Join(Join(T(), U(), On(JoinType::kLeft, {{"a", "k"}})), w,
                            On(JoinType::kInner, {{"v", "x"}}));
  EXPECT_EQ(NodeText(*Apply(OuterToInner, plan)->children()[0]), "Join inner: a = k");
}

TEST(InferPredicatesTest, AKeyIsAsItsEqualIs) {
  const PlanPtr t = Filter(T(), Gt(Col("a"), Lit(5)));
  const auto after = [&](JoinType type) {
    return TextAfter(PushDownFilter, Apply(InferPredicates, Join(t, U(), On(type, {{"a", "k"}}))));
  };
  EXPECT_EQ(after(JoinType::kInner),
            "Join inner: a = k\n  Scan t [a, b, s] where a > 5\n  Scan u [k, v] where k > 5\n");
  EXPECT_EQ(after(JoinType::kLeft),
            "Join left: a = k\n  Scan t [a, b, s] where a > 5\n  Scan u [k, v] where k > 5\n");
  EXPECT_EQ(after(JoinType::kRight),
            "Join right: a = k\n  Scan t [a, b, s] where a > 5\n  Scan u [k, v]\n");
  EXPECT_EQ(after(JoinType::kFull),
            "Join full: a = k\n  Scan t [a, b, s] where a > 5\n  Scan u [k, v]\n");
}

}  // namespace
}  // namespace tusk::df
