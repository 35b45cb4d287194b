#include "dataframe/compiler/stage.h"

#include <functional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "dataframe/compiler/pipeline.h"
#include "dataframe/plan/plan_printer.h"
#include "tests/dataframe/compiler/plans.h"

namespace tusk::df {
namespace {

Stage GroupStage(uint64_t bytes = 1000) {
  const PlanPtr table = TableOf("t", "a int64, b double", bytes, 10);
  Stage stage;
  stage.title = "group t";
  stage.inputs.push_back({table, {Expr::Column("a")}, 3});
  stage.reduce = Grouped(ShuffleReadNode::Make(3, table->schema()), {"a"}, "b");
  stage.reduces = 4;
  return stage;
}

TEST(StageTest, ComesBackFromItsBytes) {
  const Stage stage = GroupStage();
  const Result<Stage> back = DecodeStage(EncodeStage(stage));
  ASSERT_TRUE(back.ok()) << back.status().ToString();
  EXPECT_EQ(back->title, stage.title);
  EXPECT_EQ(back->reduces, 4U);
  ASSERT_EQ(back->inputs.size(), 1U);
  EXPECT_EQ(back->inputs[0].tag, 3U);
  EXPECT_TRUE(back->inputs[0].partition_by[0]->Equals(*stage.inputs[0].partition_by[0]));
  EXPECT_EQ(PlanText(back->reduce), PlanText(stage.reduce));
  EXPECT_EQ(EncodeStage(*back), EncodeStage(stage));
}

/// A sort by ranges.
Stage SortStage() {
  const PlanPtr table = TableOf("t", "a int64, b double", 1000, 10);
  SortKey key;
  key.expr = Expr::Column("a");
  Stage stage;
  stage.inputs.push_back({table, {}, 0});
  stage.reduce = SortNode::Make(ShuffleReadNode::Make(0, table->schema()), {key}).value();
  stage.reduces = 3;
  stage.by_range = true;
  stage.bounds = {std::string("\0x", 2), "y"};
  return stage;
}

TEST(StageTest, RangesComeBackAndMustFitTheReduces) {
  const Result<Stage> back = DecodeStage(EncodeStage(SortStage()));
  ASSERT_TRUE(back.ok()) << back.status().ToString();
  EXPECT_TRUE(back->by_range);
  EXPECT_EQ(back->bounds, SortStage().bounds);
  const auto refused = [](const std::function<void(Stage*)>& damage) {
    Stage stage = SortStage();
    damage(&stage);
    return DecodeStage(EncodeStage(stage)).status().code() == StatusCode::kCorruption;
  };
  EXPECT_TRUE(refused([](Stage* stage) { stage->reduces = 4; }));
  EXPECT_TRUE(refused([](Stage* stage) { stage->by_range = false; }));
  EXPECT_TRUE(refused([](Stage* stage) { std::swap(stage->bounds[0], stage->bounds[1]); }));
  EXPECT_TRUE(refused([](Stage* stage) { stage->reduce = stage->reduce->child(); }));
}

TEST(StageTest, AnOrderIsTheSameHoweverManyReducesMakeIt) {
  Stage single = SortStage();
  single.reduces = 1;
  single.by_range = false;
  single.bounds.clear();
  EXPECT_EQ(FingerprintOf(single, "program"), FingerprintOf(SortStage(), "program"));
}

/// A join of two shuffled sides, with `above` on top.
Stage JoinStage(
    JoinType type,
    const std::function<PlanPtr(PlanPtr)>& above = [](PlanPtr join) { return join; }) {
  const PlanPtr left = TableOf("a", "x int64, v double", 1000, 10);
  const PlanPtr right = TableOf("b", "y int64", 1000, 10);
  JoinSpec spec;
  spec.type = type;
  spec.strategy = JoinStrategy::kPartitioned;
  spec.keys = {{Expr::Column("x"), Expr::Column("y")}};
  Stage stage;
  stage.inputs = {{right, {Expr::Column("y")}, 1}, {left, {Expr::Column("x")}, 0}};
  stage.reduce = above(JoinNode::Make(ShuffleReadNode::Make(0, left->schema()),
                                      ShuffleReadNode::Make(1, right->schema()), spec)
                           .value());
  stage.reduces = 3;
  return stage;
}

TEST(StageTest, HotKeysAreSpreadWhereNoRowNeedsAnotherOfItsSide) {
  for (const JoinType type :
       {JoinType::kInner, JoinType::kLeft, JoinType::kSemi, JoinType::kAnti, JoinType::kSingle}) {
    const auto join = SkewJoinOf(JoinStage(type));
    ASSERT_TRUE(join) << JoinTypeName(type);
    EXPECT_EQ(join->spread_tag, 0U);
    EXPECT_EQ(join->copied_tag, 1U);
  }
  EXPECT_FALSE(SkewJoinOf(JoinStage(JoinType::kRight)));
  EXPECT_FALSE(SkewJoinOf(JoinStage(JoinType::kFull)));
  const auto grouped = [](AggregateMode mode) {
    return JoinStage(JoinType::kInner, [mode](PlanPtr join) {
      const PlanPtr group = Grouped(std::move(join), {"x"}, "v");
      const auto& node = As<AggregateNode>(*group);
      return AggregateNode::Make(node.child(), node.keys(), node.aggregates(), mode).value();
    });
  };
  EXPECT_TRUE(SkewJoinOf(grouped(AggregateMode::kPartial)));
  EXPECT_FALSE(SkewJoinOf(grouped(AggregateMode::kComplete)));
  Stage one = JoinStage(JoinType::kInner);
  one.reduces = 1;
  EXPECT_FALSE(SkewJoinOf(one));
  EXPECT_FALSE(SkewJoinOf(GroupStage()));
}

TEST(StageTest, HotKeysComeBackAndAreOfNoFingerprint) {
  Stage stage = JoinStage(JoinType::kInner);
  const std::string fingerprint = FingerprintOf(stage, "program");
  stage.hot_keys = {7, UINT64_MAX};
  EXPECT_EQ(FingerprintOf(stage, "program"), fingerprint);
  const Result<Stage> back = DecodeStage(EncodeStage(stage));
  ASSERT_TRUE(back.ok()) << back.status().ToString();
  EXPECT_EQ(back->hot_keys, stage.hot_keys);
  stage.hot_keys = {7, 6};
  EXPECT_EQ(DecodeStage(EncodeStage(stage)).status().code(), StatusCode::kCorruption);
  stage = JoinStage(JoinType::kFull);
  stage.hot_keys = {7};
  EXPECT_EQ(DecodeStage(EncodeStage(stage)).status().code(), StatusCode::kCorruption);
}

TEST(StageTest, OtherBytesAreRefused) {
  EXPECT_EQ(DecodeStage("").status().code(), StatusCode::kCorruption);
  EXPECT_FALSE(DecodeStage("no stage at all").ok());
  const std::string bytes = EncodeStage(GroupStage());
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = bytes;
    damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    // Whatever comes out, nothing breaks, and what is accepted can be written down again.
    const Result<Stage> stage = DecodeStage(damaged);
    if (!stage.ok()) continue;
    EXPECT_TRUE(DecodeStage(EncodeStage(*stage)).ok());
  }
}

TEST(StageTest, TheFingerprintStandsForPlanAndFiles) {
  const std::string fingerprint = FingerprintOf(GroupStage(), "program");
  EXPECT_EQ(fingerprint.size(), 32U);
  Stage other = GroupStage();
  other.title = "another title";
  other.reduces = 9;
  EXPECT_EQ(FingerprintOf(other, "program"), fingerprint);
  // The same on another line of the user's text.
  other.inputs[0].partition_by = {Expr::Column("a", SourcePlace{"late.cc:9"})};
  EXPECT_EQ(FingerprintOf(other, "program"), fingerprint);
  // Another length of an input file is another input.
  EXPECT_NE(FingerprintOf(GroupStage(1001), "program"), fingerprint);
  // So is other code.
  EXPECT_NE(FingerprintOf(GroupStage(), "another"), fingerprint);
  other.inputs[0].partition_by = {Expr::Column("b")};
  EXPECT_NE(FingerprintOf(other, "program"), fingerprint);
}

TEST(StageTest, TheDrivingLeafIsTheSideThatIsNotHeld) {
  const PlanPtr a = TableOf("a", "x int64", 1, 1);
  const PlanPtr b = TableOf("b", "y int64", 1, 1);
  JoinSpec spec;
  spec.keys = {{Expr::Column("x"), Expr::Column("y")}};
  spec.strategy = JoinStrategy::kBroadcastRight;
  EXPECT_EQ(&DrivingLeaf(*JoinNode::Make(a, b, spec).value()), a.get());
  spec.strategy = JoinStrategy::kBroadcastLeft;
  EXPECT_EQ(&DrivingLeaf(*JoinNode::Make(a, b, spec).value()), b.get());
}

TEST(PipelineTest, RowsAreTogetherWhereEveryPartOfTheSpreadIsAmongTheKeys) {
  const PlanPtr read = ShuffleReadNode::Make(0, ParseSchema("a int64, b int64, c int64").value());
  const Pipeline pipeline = Pipeline::OfReduces({}, read, 4, {{"a"}, {"b"}});
  EXPECT_TRUE(pipeline.CoLocates({Expr::Column("b"), Expr::Column("a"), Expr::Column("c")}));
  EXPECT_FALSE(pipeline.CoLocates({Expr::Column("a")}));
  EXPECT_FALSE(pipeline.CoLocates({Expr::Column("c"), Expr::Column("b")}));
  std::vector<size_t> order;
  EXPECT_TRUE(pipeline.IsSpreadBy({Expr::Column("b"), Expr::Column("a")}, &order));
  EXPECT_EQ(order, (std::vector<size_t>{1, 0}));
  EXPECT_FALSE(pipeline.IsSpreadBy({Expr::Column("a")}, &order));
}

TEST(PipelineTest, ARenamedColumnIsFollowedAndADroppedOneForgotten) {
  const PlanPtr read = ShuffleReadNode::Make(0, ParseSchema("a int64, b int64").value());
  Pipeline pipeline = Pipeline::OfReduces({}, read, 4, {{"a"}});
  ASSERT_TRUE(pipeline
                  .Append([](const PlanPtr& below) {
                    return ProjectNode::Make(below, {{"key", Expr::Column("a")}});
                  })
                  .ok());
  EXPECT_TRUE(pipeline.CoLocates({Expr::Column("key")}));
  ASSERT_TRUE(pipeline
                  .Append([](const PlanPtr& below) {
                    const auto sum = Expr::Call("+", {Expr::Column("key"), Expr::Of(int64_t{1})});
                    return ProjectNode::Make(below, {{"key", sum}});
                  })
                  .ok());
  EXPECT_FALSE(pipeline.CoLocates({Expr::Column("key")}));
}

}  // namespace
}  // namespace tusk::df
