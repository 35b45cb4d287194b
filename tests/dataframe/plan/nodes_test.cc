#include "dataframe/plan/nodes.h"

#include <arrow/api.h>

#include "tests/dataframe/plan/plan_builder.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

const PlanPtr& T() {
  static const PlanPtr table = Table("t", "a int64 not null, b string, l list(int64)");
  return table;
}
const PlanPtr& U() {
  static const PlanPtr table = Table("u", "k int32 not null, v double not null");
  return table;
}
std::string Columns(const PlanPtr& plan) { return SchemaText(*plan->schema()); }

TEST(NodesTest, ScanHandsOutItsVisibleColumnsUnderTheirNames) {
  const auto source = Source("t", "a int64, b string");
  const PlanPtr scan =
      Made(ScanNode::Make(source, {{"b", "x", false}, {"a", "y", true}}, Eq(Col("y"), Lit(1))));
  EXPECT_EQ(Columns(scan), "x string");
}

TEST(NodesTest, ScanRefusesUnknownColumnsTwiceUsedNamesAndConditionsThatAreNone) {
  const auto source = Source("t", "amount int64, b string");
  EXPECT_THAT(ScanNode::Make(source, {{"amuont", "x", false}}),
              StatusIs(StatusCode::kInvalidArgument, "amount"));
  EXPECT_THAT(ScanNode::Make(source, {{"amount", "x", false}, {"b", "x", false}}),
              StatusIs(StatusCode::kInvalidArgument, "same name"));
  EXPECT_THAT(ScanNode::Make(source, {{"amount", "x", false}}, Add(Col("x"), Lit(1))),
              StatusIs(StatusCode::kInvalidArgument, "true or false"));
  EXPECT_THAT(ScanNode::Make(nullptr), StatusIs(StatusCode::kInvalidArgument));
}

TEST(NodesTest, FilterKeepsTheSchema) {
  EXPECT_EQ(Columns(Filter(T(), Gt(Col("a"), Lit(1)))), Columns(T()));
  EXPECT_THAT(FilterNode::Make(T(), Col("a")), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(FilterNode::Make(T(), Eq(Col("nothing"), Lit(1))),
              StatusIs(StatusCode::kInvalidArgument, "nothing"));
}

TEST(NodesTest, ProjectTakesTypesAndNullsOfItsExpressions) {
  const PlanPtr plan = Project(T(), {As(Add(Col("a"), Lit(1)), "n"), As(Col("b"), "b")});
  EXPECT_EQ(Columns(plan), "n int64 not null, b string");
  EXPECT_THAT(ProjectNode::Make(T(), {As(Col("a"), "x"), As(Col("b"), "x")}),
              StatusIs(StatusCode::kInvalidArgument, "same name, rename one of them: x"));
}

TEST(NodesTest, AggregatesAreNotExpressionsOfAPlan) {
  EXPECT_THAT(ProjectNode::Make(T(), {As(Expr::Aggregate("sum", {Col("a")}), "s")}),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(NodesTest, AggregateHasKeysThenResults) {
  const PlanPtr plan =
      Aggregate(T(), Named({"b"}),
                {Agg("count", {}, "n"), Agg("sum", {Col("a")}, "s"), Agg("avg", {Col("a")}, "m")});
  EXPECT_EQ(Columns(plan), "b string, n int64 not null, s int64, m double");
  EXPECT_EQ(df::As<AggregateNode>(*plan).aggregates()[1].arg_types.size(), 1);
}

TEST(NodesTest, AggregateRefusesWhatCannotBe) {
  EXPECT_THAT(AggregateNode::Make(T(), {}, {}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(AggregateNode::Make(T(), {}, {Agg("sum", {Col("b")}, "s")}),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(AggregateNode::Make(T(), {}, {Agg("summ", {Col("a")}, "s")}),
              StatusIs(StatusCode::kInvalidArgument, "sum"));
  EXPECT_THAT(AggregateNode::Make(T(), Named({"b"}), {Agg("count", {}, "b")}),
              StatusIs(StatusCode::kInvalidArgument, "same name"));
  EXPECT_THAT(AggregateNode::Make(T(), {}, {Agg("quantile", {Col("a"), Col("a")}, "q")}),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(
      AggregateNode::Make(T(), {}, {Agg("count", {Col("a")}, "n", true)}, AggregateMode::kPartial),
      StatusIs(StatusCode::kInvalidArgument, "distinct"));
}

TEST(NodesTest, StatesTravelBetweenPartialAndFinal) {
  const PlanPtr partial = Made(AggregateNode::Make(T(), Named({"b"}), {Agg("avg", {Col("a")}, "m")},
                                                   AggregateMode::kPartial));
  EXPECT_GT(partial->schema()->num_fields(), 1);
  EXPECT_EQ(partial->schema()->field(1)->name(), AggregateNode::StateColumn("m", 0));
  AggregateCall call = Agg("avg", {Col("a")}, "m");
  call.arg_types = {arrow::int64()};
  const PlanPtr final =
      Made(AggregateNode::Make(partial, Named({"b"}), {call}, AggregateMode::kFinal));
  EXPECT_EQ(Columns(final), "b string, m double");
  call.name = "other";
  EXPECT_THAT(AggregateNode::Make(partial, Named({"b"}), {call}, AggregateMode::kFinal),
              StatusIs(StatusCode::kInvalidArgument, "state"));
}

TEST(NodesTest, JoinCastsKeysToTheTypeInWhichTheyMeet) {
  const PlanPtr join = Join(T(), U(), On(JoinType::kInner, {{"a", "k"}}));
  const auto& key = df::As<JoinNode>(*join).spec().keys[0];
  EXPECT_EQ(key.first->kind(), ExprKind::kColumn);
  ASSERT_EQ(key.second->kind(), ExprKind::kCast);
  EXPECT_TRUE(key.second->type()->Equals(*arrow::int64()));
  EXPECT_THAT(JoinNode::Make(T(), U(), On(JoinType::kInner, {{"b", "k"}})),
              StatusIs(StatusCode::kInvalidArgument, "cast"));
}

TEST(NodesTest, OuterSidesCanBeNull) {
  const auto columns = [](JoinType type) {
    return Columns(
        Join(Project(T(), Named({"a"})), Project(U(), Named({"k"})), On(type, {{"a", "k"}})));
  };
  EXPECT_EQ(columns(JoinType::kInner), "a int64 not null, k int32 not null");
  EXPECT_EQ(columns(JoinType::kLeft), "a int64 not null, k int32");
  EXPECT_EQ(columns(JoinType::kSingle), "a int64 not null, k int32");
  EXPECT_EQ(columns(JoinType::kRight), "a int64, k int32 not null");
  EXPECT_EQ(columns(JoinType::kFull), "a int64, k int32");
  EXPECT_EQ(columns(JoinType::kSemi), "a int64 not null");
  EXPECT_EQ(columns(JoinType::kAnti), "a int64 not null");
  EXPECT_EQ(columns(JoinType::kNullAwareAnti), "a int64 not null");
  EXPECT_EQ(columns(JoinType::kMark), "a int64 not null, mark bool");
}

TEST(NodesTest, JoinRefusesWhatCannotBeCarriedOut) {
  JoinSpec spec = On(JoinType::kLeft, {{"a", "k"}});
  spec.strategy = JoinStrategy::kBroadcastLeft;
  EXPECT_THAT(JoinNode::Make(T(), U(), spec), StatusIs(StatusCode::kInvalidArgument));
  spec = On(JoinType::kRight, {{"a", "k"}});
  spec.strategy = JoinStrategy::kBroadcastRight;
  EXPECT_THAT(JoinNode::Make(T(), U(), spec), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(JoinNode::Make(T(), T(), On(JoinType::kInner)),
              StatusIs(StatusCode::kInvalidArgument, "same name"));
  EXPECT_THAT(JoinNode::Make(T(), U(), On(JoinType::kNullAwareAnti)),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(NodesTest, LimitsAreNotNegative) {
  EXPECT_THAT(LimitNode::Make(T(), -1), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(SortNode::Make(T(), {Asc("a")}, 1, -1), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(SortNode::Make(T(), {Asc("l")}), StatusIs(StatusCode::kInvalidArgument, "order"));
}

TEST(NodesTest, WindowAddsColumns) {
  WindowCall rank;
  rank.function = "rank";
  rank.name = "r";
  WindowCall lag;
  lag.function = "lag";
  lag.args = {Col("b")};
  lag.name = "before";
  const PlanPtr plan = Made(WindowNode::Make(T(), {Col("b")}, {Asc("a")}, {rank, lag}));
  EXPECT_EQ(Columns(plan), Columns(T()) + ", r int64 not null, before string");
}

TEST(NodesTest, WindowFunctionsHaveTypes) {
  EXPECT_TRUE(Made(WindowResultType("ntile", {arrow::int64()}))->Equals(*arrow::int64()));
  EXPECT_TRUE(Made(WindowResultType("percent_rank", {}))->Equals(*arrow::float64()));
  EXPECT_TRUE(Made(WindowResultType("sum", {arrow::int32()}))->Equals(*arrow::int64()));
  EXPECT_TRUE(Made(WindowResultType("lead", {arrow::int32(), arrow::int64(), arrow::int64()}))
                  ->Equals(*arrow::int64()));
  EXPECT_THAT(WindowResultType("rnak", {}), StatusIs(StatusCode::kInvalidArgument, "rank"));
  EXPECT_THAT(WindowResultType("lag", {}), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(WindowResultType("ntile", {arrow::utf8()}), StatusIs(StatusCode::kInvalidArgument));
}

TEST(NodesTest, UnionHasTheNamesOfTheFirstAndTheNullsOfAll) {
  const PlanPtr a = Project(T(), {As(Col("a"), "x")});
  const PlanPtr b = Project(Table("w", "n int64"), Named({"n"}));
  EXPECT_EQ(Columns(Union({a, b})), "x int64");
  EXPECT_EQ(Columns(Union({a, a})), "x int64 not null");
  EXPECT_THAT(UnionNode::Make({a, T()}), StatusIs(StatusCode::kInvalidArgument, "columns"));
  EXPECT_THAT(UnionNode::Make({a, Project(T(), Named({"b"}))}),
              StatusIs(StatusCode::kInvalidArgument, "cast"));
  EXPECT_THAT(UnionNode::Make({}), StatusIs(StatusCode::kInvalidArgument));
}

TEST(NodesTest, ExplodeMakesElements) {
  EXPECT_EQ(Columns(Made(ExplodeNode::Make(T(), "l"))), "a int64 not null, b string, l int64");
  EXPECT_THAT(ExplodeNode::Make(T(), "a"), StatusIs(StatusCode::kInvalidArgument, "lists"));
}

TEST(NodesTest, WrittenResultsHandOutNothing) {
  WriteSpec spec;
  spec.path = "/out";
  const PlanPtr write = Made(WriteNode::Make(T(), spec));
  EXPECT_EQ(write->schema()->num_fields(), 0);
  EXPECT_THAT(LimitNode::Make(write, 1), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(WriteNode::Make(T(), WriteSpec()), StatusIs(StatusCode::kInvalidArgument));
  spec.partition_by = {"x"};
  EXPECT_THAT(WriteNode::Make(T(), spec), StatusIs(StatusCode::kInvalidArgument));
}

TEST(NodesTest, WithChildrenRefusesAnotherCount) {
  EXPECT_THAT(T()->WithChildren({T()}), StatusIs(StatusCode::kInvalidArgument, "children"));
  EXPECT_THAT(Limit(T(), 1)->WithChildren({}), StatusIs(StatusCode::kInvalidArgument, "children"));
}

}  // namespace
}  // namespace tusk::df
