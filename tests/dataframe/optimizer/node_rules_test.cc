#include <arrow/api.h>

#include "tests/dataframe/optimizer/optimizer_fixture.h"

// The passes prune_columns, narrow_columns, merge_nodes, push_down_limit, rewrite_distinct,
// choose_join.
namespace tusk::df {
namespace {

PlanPtr T() { return Table("t", "a int64, b int64, s string"); }
PlanPtr U(int64_t rows = 1000) { return Table("u", "k int64, v int64", rows); }

TEST(PruneColumnsTest, ScansReadWhatIsNeeded) {
  const PlanPtr plan = Project(Filter(T(), Gt(Col("b"), Lit(1))), Named({"a"}));
  EXPECT_EQ(TextAfter(PruneColumns, plan), "Project a\n  Filter b > 1\n    Scan t [a, b]\n");
}

TEST(PruneColumnsTest, ColumnsOfTheConditionAreHidden) {
  const auto source = Source("t", "a int64, b int64");
  const PlanPtr scan =
      Made(ScanNode::Make(source, {{"a", "a", false}, {"b", "b", false}}, Gt(Col("b"), Lit(1))));
  EXPECT_EQ(TextAfter(PruneColumns, Project(scan, {As(Col("a"), "x")})),
            "Project a as x\n  Scan t [a] where b > 1\n");
}

TEST(PruneColumnsTest, OneColumnIsAlwaysRead) {
  EXPECT_EQ(TextAfter(PruneColumns, Aggregate(Table("t", "s string, i int32, j int64"), {},
                                              {Agg("count", {}, "n")})),
            "Aggregate: count(*) as n\n  Scan t [i]\n");
}

TEST(PruneColumnsTest, UnneededAggregatesAndWindowsGo) {
  const PlanPtr sums =
      Aggregate(T(), Named({"s"}), {Agg("sum", {Col("a")}, "x"), Agg("sum", {Col("b")}, "y")});
  EXPECT_EQ(TextAfter(PruneColumns, Project(sums, Named({"y"}))),
            "Project y\n  Aggregate by s: sum(b) as y\n    Scan t [b, s]\n");
  const PlanPtr one = Aggregate(T(), {}, {Agg("sum", {Col("a")}, "x")});
  EXPECT_EQ(TextAfter(PruneColumns, Aggregate(one, {}, {Agg("count", {}, "n")})),
            "Aggregate: count(*) as n\n  Aggregate: sum(a) as x\n    Scan t [a]\n");
  WindowCall rank;
  rank.function = "rank";
  rank.name = "r";
  const PlanPtr window = Made(WindowNode::Make(T(), {Col("s")}, {Asc("a")}, {rank}));
  EXPECT_EQ(TextAfter(PruneColumns, Project(window, Named({"b"}))), "Project b\n  Scan t [b]\n");
}

TEST(PruneColumnsTest, UnionsKeepTheSameColumnsOnAllSides) {
  const PlanPtr plan = Project(
      Union({Project(T(), Named({"a", "b"})), Filter(U(), Gt(Col("k"), Lit(1)))}), Named({"b"}));
  EXPECT_EQ(TextAfter(PruneColumns, plan),
            "Project b\n"
            "  Union\n"
            "    Project b\n"
            "      Scan t [b]\n"
            "    Project v\n"
            "      Filter k > 1\n"
            "        Scan u [k, v]\n");
}

TEST(NarrowColumnsTest, WhatIsNeededNoMoreIsNotJoined) {
  const PlanPtr filtered = Filter(Limit(T(), 5), Gt(Col("b"), Lit(1)));
  const PlanPtr plan =
      Project(Join(filtered, U(), On(JoinType::kInner, {{"a", "k"}})), Named({"s", "v"}));
  EXPECT_EQ(TextAfter(NarrowColumns, plan),
            "Project s, v\n"
            "  Join inner: a = k\n"
            "    Project a, s\n"
            "      Filter b > 1\n"
            "        Limit 5\n"
            "          Scan t [a, b, s]\n"
            "    Scan u [k, v]\n");
}

TEST(MergeNodesTest, NeighboursBecomeOne) {
  const PlanPtr limited = Limit(T(), 5);
  EXPECT_EQ(
      TextAfter(MergeNodes, Filter(Filter(limited, Gt(Col("a"), Lit(1))), Gt(Col("b"), Lit(2)))),
      "Filter a > 1 and b > 2\n  Limit 5\n    Scan t [a, b, s]\n");
  EXPECT_EQ(TextAfter(MergeNodes, Project(Project(limited, {As(Add(Col("a"), Lit(1)), "x")}),
                                          {As(Add(Col("x"), Lit(2)), "y")})),
            "Project a + 1 + 2 as y\n  Limit 5\n    Scan t [a, b, s]\n");
  EXPECT_EQ(TextAfter(MergeNodes, Project(limited, Named({"a", "b", "s"}))),
            "Limit 5\n  Scan t [a, b, s]\n");
}

TEST(MergeNodesTest, NothingIsComputedTwice) {
  const PlanPtr plan = Project(Project(Limit(T(), 5), {As(Add(Col("a"), Lit(1)), "x")}),
                               {As(Add(Col("x"), Col("x")), "y")});
  EXPECT_EQ(Apply(MergeNodes, plan), plan);
}

TEST(MergeNodesTest, RenamesAreTheScansBusiness) {
  const auto source = Source("t", "a int64, b int64");
  const PlanPtr scan =
      Made(ScanNode::Make(source, {{"a", "a", false}, {"b", "b", false}}, Gt(Col("b"), Col("a"))));
  EXPECT_EQ(TextAfter(MergeNodes, Project(scan, {As(Col("a"), "x")})),
            "Scan t [a as x] where b > x\n");
  // "b" is taken by another column.
  const PlanPtr clash = Project(scan, {As(Col("a"), "b")});
  EXPECT_EQ(Apply(MergeNodes, clash), clash);
}

TEST(PushDownLimitTest, MeetsSorts) {
  EXPECT_EQ(TextAfter(PushDownLimit, Limit(Sorted(T(), {Asc("a")}), 10, 5)),
            "Sort a limit 10 offset 5\n  Scan t [a, b, s]\n");
  EXPECT_EQ(TextAfter(PushDownLimit, Limit(Sorted(T(), {Asc("a")}, 7, 2), 10, 5)),
            "Sort a limit 2 offset 7\n  Scan t [a, b, s]\n");
  EXPECT_EQ(TextAfter(PushDownLimit, Limit(Project(Sorted(T(), {Asc("a")}), Named({"a"})), 3)),
            "Project a\n  Sort a limit 3\n    Scan t [a, b, s]\n");
}

TEST(PushDownLimitTest, LimitsOfLimits) {
  EXPECT_EQ(TextAfter(PushDownLimit, Limit(Limit(T(), 10, 2), 20, 3)),
            "Limit 7 offset 5\n  Scan t [a, b, s]\n");
  EXPECT_EQ(TextAfter(PushDownLimit, Limit(Limit(T(), 10), 20, 30)), "Values 0 rows [a, b, s]\n");
  EXPECT_EQ(TextAfter(PushDownLimit, Limit(T(), std::nullopt)), "Scan t [a, b, s]\n");
}

TEST(PushDownLimitTest, IntoUnionsOnce) {
  const PlanPtr t = Project(T(), Named({"a", "b"}));
  const PlanPtr pushed = Apply(PushDownLimit, Limit(Union({U(), t}), 10, 5));
  EXPECT_EQ(PlanText(pushed),
            "Limit 10 offset 5\n"
            "  Union\n"
            "    Limit 15\n"
            "      Scan u [k, v]\n"
            "    Project a, b\n"
            "      Limit 15\n"
            "        Scan t [a, b, s]\n");
}

TEST(RewriteDistinctTest, OneSetAlone) {
  const PlanPtr plan = Aggregate(
      T(), Named({"s"}), {Agg("count", {Col("a")}, "n", true), Agg("sum", {Col("a")}, "t", true)});
  EXPECT_EQ(TextAfter(MergeNodes, Apply(RewriteDistinct, plan)),
            "Aggregate by s: count(value) as n, sum(value) as t\n"
            "  Aggregate by s, a as value\n"
            "    Scan t [a, b, s]\n");
}

TEST(RewriteDistinctTest, PlainCallsGoAlongInParts) {
  const PlanPtr plan = Aggregate(T(), Named({"s"}),
                                 {Agg("count", {}, "rows"), Agg("count", {Col("a")}, "n", true),
                                  Agg("sum", {Col("b")}, "total_b")});
  EXPECT_EQ(TextAfter(RewriteDistinct, plan),
            "Project s, rows, n, total_b\n"
            "  Project s, n, coalesce(total, 0) as rows, total_b\n"
            "    Aggregate by s: count(value) as n, sum(part) as total, sum(part_1) as "
            "total_b\n"
            "      Aggregate by s, a as value: count(*) as part, sum(b) as part_1\n"
            "        Scan t [a, b, s]\n");
}

TEST(RewriteDistinctTest, SeveralSetsAreJoined) {
  const PlanPtr plan =
      Aggregate(T(), Named({"s"}),
                {Agg("count", {Col("a")}, "x", true), Agg("count", {Col("b")}, "y", true)});
  const std::string text = TextAfter(RewriteDistinct, plan);
  EXPECT_THAT(text, ::testing::HasSubstr("Join inner: s is not distinct from s_1"));
  const PlanPtr total = Aggregate(
      T(), {}, {Agg("count", {Col("a")}, "x", true), Agg("count", {Col("b")}, "y", true)});
  EXPECT_THAT(TextAfter(RewriteDistinct, total), ::testing::HasSubstr("Join inner\n"));
}

TEST(RewriteDistinctTest, FiltersBecomeNulls) {
  const PlanPtr plan =
      Aggregate(T(), Named({"s"}), {Agg("count", {Col("a")}, "n", true, Gt(Col("b"), Lit(1)))});
  EXPECT_THAT(TextAfter(RewriteDistinct, plan), ::testing::HasSubstr("case when b > 1 then a"));
}

TEST(RewriteDistinctTest, SomeFunctionsDoNotCare) {
  const PlanPtr plan = Aggregate(T(), Named({"s"}), {Agg("max", {Col("a")}, "m", true)});
  EXPECT_EQ(TextAfter(RewriteDistinct, plan), "Aggregate by s: max(a) as m\n  Scan t [a, b, s]\n");
}

// The line of a join of sides with so many rows.
std::string Chosen(JoinType type, int64_t left, int64_t right,
                   std::initializer_list<std::pair<const char*, const char*>> keys = {{"a", "k"}}) {
  const PlanPtr plan = Join(Table("t", "a int64, b int64", left), U(right), On(type, keys));
  const PlanPtr chosen = Apply(ChooseJoin, plan);
  return NodeText(chosen->kind() == PlanKind::kProject ? *chosen->child() : *chosen);
}

TEST(ChooseJoinTest, SmallSidesAreBroadcast) {
  constexpr int64_t kBig = 100'000'000;
  EXPECT_EQ(Chosen(JoinType::kInner, kBig, 1000), "Join inner, broadcast right (16.0 kB): a = k");
  EXPECT_EQ(Chosen(JoinType::kInner, 1000, kBig), "Join inner, broadcast left (16.0 kB): a = k");
  EXPECT_EQ(Chosen(JoinType::kLeft, kBig, 1000), "Join left, broadcast right (16.0 kB): a = k");
  EXPECT_EQ(Chosen(JoinType::kRight, 1000, kBig), "Join right, broadcast left (16.0 kB): a = k");
  EXPECT_EQ(Chosen(JoinType::kSemi, kBig, 1000), "Join semi, broadcast right (16.0 kB): a = k");
  EXPECT_EQ(Chosen(JoinType::kFull, 1000, 1000),
            "Join full, partitioned (16.0 kB and 16.0 kB): a = k");
}

TEST(ChooseJoinTest, TheSmallerSideIsHeld) {
  constexpr int64_t kBig = 100'000'000;
  EXPECT_EQ(Chosen(JoinType::kInner, kBig, 10'000'000),
            "Join inner, partitioned (1.6 GB and 160.0 MB): a = k");
  EXPECT_EQ(Chosen(JoinType::kInner, 10'000'000, kBig),
            "Join inner, partitioned (1.6 GB and 160.0 MB): k = a");
  EXPECT_EQ(Chosen(JoinType::kLeft, 10'000'000, kBig),
            "Join right, partitioned (1.6 GB and 160.0 MB): k = a");
}

TEST(ChooseJoinTest, WithoutKeysASideIsBroadcastWhateverItsSize) {
  EXPECT_EQ(Chosen(JoinType::kInner, 1000, 10, {}),
            "Join inner, broadcast right (no keys: every pair)");
  EXPECT_EQ(Chosen(JoinType::kRight, 1000, 10, {}),
            "Join right, broadcast left (no keys: every pair)");
  EXPECT_EQ(Chosen(JoinType::kFull, 1000, 10, {}),
            "Join full, partitioned (no keys: all in one task)");
}

TEST(ChooseJoinTest, WhatIsChosenStays) {
  JoinSpec spec = On(JoinType::kInner, {{"a", "k"}});
  spec.strategy = JoinStrategy::kPartitioned;
  const PlanPtr plan = Join(T(), U(), spec);
  EXPECT_EQ(Apply(ChooseJoin, plan), plan);
}

}  // namespace
}  // namespace tusk::df
