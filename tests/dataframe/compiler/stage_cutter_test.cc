#include "dataframe/compiler/stage_cutter.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/compiler/stage_text.h"
#include "tests/dataframe/compiler/plans.h"

namespace tusk::df {
namespace {

using ::testing::SizeIs;

constexpr uint64_t kBig = uint64_t{10} << 30;
constexpr int64_t kManyRows = 100'000'000;

PlanPtr Orders() { return TableOf("orders", "o_key int64, o_price double", kBig, kManyRows); }
PlanPtr Lines() {
  return TableOf("lines", "l_key int64, l_part int64, l_price double", kBig, kManyRows);
}
PlanPtr Parts() { return TableOf("parts", "p_key int64, p_name string", 1000, 10); }

std::vector<Stage> StagesOf(const PlanPtr& plan, CutOptions options = {}) {
  RecordingRunner runner;
  options.slots = 8;
  StageCutter cutter(options, runner);
  const auto table = cutter.Run(plan);
  EXPECT_TRUE(table.ok()) << table.status().ToString();
  return runner.stages;
}

bool Contains(const PlanNode& plan, PlanKind kind) {
  if (plan.kind() == kind) return true;
  for (const PlanPtr& child : plan.children()) {
    if (Contains(*child, kind)) return true;
  }
  return false;
}

TEST(StageCutterTest, NarrowStepsStayInOneStageOfMaps) {
  const auto condition = Expr::Call(">", {Expr::Column("o_price"), Expr::Of(1.0)});
  const auto stages = StagesOf(FilterNode::Make(Orders(), condition).value());
  ASSERT_THAT(stages, SizeIs(1));
  EXPECT_EQ(stages[0].reduce, nullptr);
  EXPECT_EQ(stages[0].title, "scan orders");
}

TEST(StageCutterTest, AGroupByIsPartialInTheMapsAndFinalInTheReduces) {
  const auto stages = StagesOf(Grouped(Lines(), {"l_part"}, "l_price"));
  ASSERT_THAT(stages, SizeIs(1));
  const auto& map = As<AggregateNode>(*stages[0].inputs[0].plan);
  EXPECT_EQ(map.mode(), AggregateMode::kPartial);
  EXPECT_EQ(As<AggregateNode>(*stages[0].reduce).mode(), AggregateMode::kFinal);
  ASSERT_THAT(stages[0].inputs[0].partition_by, SizeIs(1));
  EXPECT_EQ(ExprText(*stages[0].inputs[0].partition_by[0]), "l_part");
  EXPECT_GT(stages[0].reduces, 1U);
}

TEST(StageCutterTest, AnAggregateWithoutKeysHasOneReduce) {
  const auto stages = StagesOf(Grouped(Lines(), {}, "l_price"));
  ASSERT_THAT(stages, SizeIs(1));
  EXPECT_EQ(stages[0].reduces, 1U);
  EXPECT_TRUE(stages[0].inputs[0].partition_by.empty());
}

TEST(StageCutterTest, ASmallSideIsHeldByEveryTask) {
  const auto stages = StagesOf(Joined(Lines(), Parts(), "l_part", "p_key"));
  ASSERT_THAT(stages, SizeIs(1));
  EXPECT_EQ(stages[0].reduce, nullptr);
  const auto& join = As<JoinNode>(*stages[0].inputs[0].plan);
  EXPECT_EQ(join.spec().strategy, JoinStrategy::kBroadcastRight);
}

TEST(StageCutterTest, ASmallLeftSideIsHeldWhereTheJoinAllowsIt) {
  const auto inner = StagesOf(Joined(Parts(), Lines(), "p_key", "l_part"));
  ASSERT_THAT(inner, SizeIs(1));
  EXPECT_EQ(As<JoinNode>(*inner[0].inputs[0].plan).spec().strategy, JoinStrategy::kBroadcastLeft);
  // Of a left join every left row comes out once, and only one task may say that it has no match.
  const auto left = StagesOf(Joined(Parts(), Lines(), "p_key", "l_part", JoinType::kLeft));
  ASSERT_THAT(left, SizeIs(1));
  EXPECT_NE(left[0].reduce, nullptr);
}

TEST(StageCutterTest, TwoBigSidesMeetInTheReducesAndTheHeldOneComesFirst) {
  const auto stages = StagesOf(Joined(Orders(), Lines(), "o_key", "l_key"));
  ASSERT_THAT(stages, SizeIs(1));
  ASSERT_THAT(stages[0].inputs, SizeIs(2));
  EXPECT_EQ(TagsInOrder(*stages[0].reduce),
            (std::vector<uint32_t>{stages[0].inputs[0].tag, stages[0].inputs[1].tag}));
  EXPECT_EQ(As<ScanNode>(*stages[0].inputs[0].plan).source().name, "lines");
}

TEST(StageCutterTest, AGroupByOverTheKeysOfAJoinNeedsNoShuffleOfItsOwn) {
  const auto stages =
      StagesOf(Grouped(Joined(Orders(), Lines(), "o_key", "l_key"), {"l_key"}, "l_price"));
  ASSERT_THAT(stages, SizeIs(1));
  EXPECT_EQ(As<AggregateNode>(*stages[0].reduce).mode(), AggregateMode::kComplete);
}

TEST(StageCutterTest, AFurtherJoinOverTheSameKeyJoinsTheSameReduces) {
  const PlanPtr sums = Grouped(TableOf("more", "m_key int64, m_price double", kBig, kManyRows),
                               {"m_key"}, "m_price");
  const auto stages = StagesOf(
      Joined(Joined(Orders(), Lines(), "o_key", "l_key"), sums, "o_key", "m_key", JoinType::kSemi));
  // The sums have a shuffle of their own, then all three meet.
  ASSERT_FALSE(stages.empty());
  EXPECT_THAT(stages.back().inputs, SizeIs(3));
}

TEST(StageCutterTest, AGroupByOverOtherColumnsIsPartialBehindTheJoin) {
  const auto stages =
      StagesOf(Grouped(Joined(Orders(), Lines(), "o_key", "l_key"), {"l_part"}, "l_price"));
  ASSERT_THAT(stages, SizeIs(2));
  EXPECT_EQ(As<AggregateNode>(*stages[0].reduce).mode(), AggregateMode::kPartial);
  EXPECT_EQ(stages[1].inputs[0].plan->kind(), PlanKind::kScan);
  EXPECT_EQ(As<AggregateNode>(*stages[1].reduce).mode(), AggregateMode::kFinal);
}

int TimesRead(const std::vector<Stage>& stages, const std::string& table) {
  return static_cast<int>(std::count_if(stages.begin(), stages.end(), [&table](const Stage& stage) {
    return std::any_of(stage.inputs.begin(), stage.inputs.end(), [&table](const StageInput& input) {
      const PlanNode& leaf = DrivingLeaf(*input.plan);
      return leaf.kind() == PlanKind::kScan && As<ScanNode>(leaf).source().name == table;
    });
  }));
}

TEST(StageCutterTest, AnAggregationThatIsUsedTwiceIsRunOnce) {
  const auto renamed = [](const PlanPtr& sums) {
    return ProjectNode::Make(sums,
                             {{"part", Expr::Column("l_part")}, {"again", Expr::Column("total")}})
        .value();
  };
  const PlanPtr sums = Grouped(Lines(), {"l_part"}, "l_price");
  // Not the same node, but the same steps.
  const PlanPtr equal = Grouped(Lines(), {"l_part"}, "l_price");
  for (const PlanPtr& second : {sums, equal}) {
    const auto stages = StagesOf(Joined(sums, renamed(second), "l_part", "part"));
    EXPECT_EQ(TimesRead(stages, "lines"), 1);
    EXPECT_EQ(As<ScanNode>(DrivingLeaf(*stages.back().inputs.front().plan)).source().stage, 1U);
  }
  const PlanPtr other = Grouped(Lines(), {"l_part"}, "l_key");
  const auto stages = StagesOf(Joined(sums, renamed(other), "l_part", "part"));
  EXPECT_EQ(TimesRead(stages, "lines"), 2);
}

PlanPtr Ranked() {
  WindowCall rank;
  rank.function = "rank";
  rank.name = "rank";
  return WindowNode::Make(Lines(), {Expr::Column("l_part")}, {{Expr::Column("l_price")}}, {rank})
      .value();
}

PlanPtr BigJoin() {
  JoinSpec spec;
  spec.keys = {{Expr::Column("o_key"), Expr::Column("l_key")}};
  spec.strategy = JoinStrategy::kPartitioned;
  return JoinNode::Make(Orders(), Lines(), spec).value();
}

/// `plan` with itself, by sums of each.
PlanPtr WithItself(const PlanPtr& plan, const PlanPtr& again) {
  const PlanPtr parts =
      ProjectNode::Make(Grouped(again, {"l_key"}, "l_price"),
                        {{"key", Expr::Column("l_key")}, {"again", Expr::Column("total")}})
          .value();
  return Joined(Grouped(plan, {"l_part"}, "l_price"), parts, "l_part", "key");
}

TEST(StageCutterTest, AWindowOrABigJoinThatIsUsedTwiceIsRunOnce) {
  EXPECT_EQ(TimesRead(StagesOf(WithItself(Ranked(), Ranked())), "lines"), 1);
  EXPECT_EQ(TimesRead(StagesOf(WithItself(BigJoin(), BigJoin())), "lines"), 1);
  // One that tasks hold a side of costs little.
  const auto held = [] { return Joined(Lines(), Parts(), "l_part", "p_key"); };
  EXPECT_EQ(TimesRead(StagesOf(WithItself(held(), held())), "lines"), 2);
}

// What is below is not used twice, then: it stays in one job with what is made of it.
TEST(StageCutterTest, OfWhatIsUsedTwiceOnlyTheTopIsKept) {
  const auto sums = [] { return Grouped(BigJoin(), {"l_key", "l_part"}, "l_price"); };
  const auto named = [](const PlanPtr& plan, const std::string& suffix) {
    return ProjectNode::Make(plan, {{"key" + suffix, Expr::Column("l_key")},
                                    {"total" + suffix, Expr::Column("total")}})
        .value();
  };
  const auto stages = StagesOf(Joined(named(sums(), "1"), named(sums(), "2"), "key1", "key2"));
  ASSERT_THAT(stages, SizeIs(2));
  EXPECT_EQ(stages[0].title, "join, group lines, orders");
}

TEST(StageCutterTest, AnOrderWithALimitKeepsFewRowsInEachMap) {
  SortKey key;
  key.expr = Expr::Column("o_price");
  const auto stages = StagesOf(SortNode::Make(Orders(), {key}, 10, 5).value());
  ASSERT_THAT(stages, SizeIs(1));
  EXPECT_EQ(As<SortNode>(*stages[0].inputs[0].plan).limit(), 15);
  EXPECT_EQ(As<SortNode>(*stages[0].inputs[0].plan).offset(), 0);
  EXPECT_EQ(As<SortNode>(*stages[0].reduce).limit(), 10);
  EXPECT_EQ(As<SortNode>(*stages[0].reduce).offset(), 5);
  EXPECT_EQ(stages[0].reduces, 1U);
}

PlanPtr Sorted(PlanPtr child, const std::string& column,
               std::optional<int64_t> limit = std::nullopt) {
  SortKey key;
  key.expr = Expr::Column(column);
  return SortNode::Make(std::move(child), {key}, limit).value();
}

TEST(StageCutterTest, AnOrderIsMadeByRanges) {
  const auto stages = StagesOf(Sorted(Orders(), "o_price"));
  ASSERT_THAT(stages, SizeIs(1));
  EXPECT_EQ(stages[0].reduces, 8U);
  EXPECT_TRUE(stages[0].by_range);
  ASSERT_NE(RangeSortOf(*stages[0].reduce), nullptr);
  EXPECT_THAT(StageText(stages[0], 1),
              ::testing::HasSubstr("spread by ranges of o_price over 8 reduces"));
}

TEST(StageCutterTest, AnOrderOfLittleHasOneReduce) {
  const auto stages = StagesOf(Sorted(Parts(), "p_name"));
  ASSERT_THAT(stages, SizeIs(1));
  EXPECT_EQ(stages[0].reduces, 1U);
  EXPECT_FALSE(stages[0].by_range);
}

TEST(StageCutterTest, AnOrderOfAResultIsCutByTheSizeOfThatResult) {
  const PlanPtr plan = Sorted(Grouped(Lines(), {"l_part"}, "l_price"), "total");
  for (const uint64_t bytes : {uint64_t{1000}, uint64_t{1} << 40}) {
    RecordingRunner runner;
    runner.output_bytes = bytes;
    CutOptions options;
    options.slots = 4;
    ASSERT_TRUE(StageCutter(options, runner).Run(plan).ok());
    ASSERT_THAT(runner.stages, SizeIs(2));
    EXPECT_EQ(runner.stages[1].by_range, bytes > 1000);
    EXPECT_EQ(runner.stages[1].reduces, bytes > 1000 ? 4U : 1U);
  }
}

TEST(StageCutterTest, StepsOverAnOrderKeepItAndALimitIsOfAllOfIt) {
  const auto condition = Expr::Call(">", {Expr::Column("o_price"), Expr::Of(1.0)});
  const PlanPtr filtered = FilterNode::Make(Sorted(Orders(), "o_price"), condition).value();
  const auto stages = StagesOf(LimitNode::Make(filtered, 10, 5).value());
  ASSERT_THAT(stages, SizeIs(2));
  EXPECT_TRUE(stages[0].by_range);
  EXPECT_EQ(As<LimitNode>(*stages[0].reduce).limit(), 15);
  EXPECT_EQ(stages[1].reduces, 1U);
  EXPECT_EQ(As<LimitNode>(*stages[1].reduce).offset(), 5);
}

PlanPtr SomeRowsOf(const PlanPtr& table) {
  const auto condition = Expr::Call(">", {Expr::Column("o_price"), Expr::Of(1.0)});
  return LimitNode::Make(FilterNode::Make(table, condition).value(), 10, 5).value();
}

TEST(StageCutterTest, ALimitLooksAtTheStartOfItsInputFirst) {
  for (const int64_t found : {10, 9}) {
    RecordingRunner runner;
    runner.output_rows = found;
    const auto table = StageCutter(CutOptions(), runner).Run(SomeRowsOf(Orders()));
    ASSERT_TRUE(table.ok());
    EXPECT_EQ(runner.stages[0].first_bytes, CutOptions().first_bytes);
    EXPECT_EQ(As<LimitNode>(*runner.stages[0].inputs[0].plan).limit(), 15);
    EXPECT_EQ(As<LimitNode>(*runner.stages[0].reduce).offset(), 5);
    // The table of the last stage is the result.
    EXPECT_EQ((*table)->stage, runner.stages.size());
    if (found == 10) {
      EXPECT_THAT(runner.stages, SizeIs(1));
    } else {
      ASSERT_THAT(runner.stages, SizeIs(2));
      EXPECT_EQ(runner.stages[1].first_bytes, 0U);
    }
  }
}

TEST(StageCutterTest, OfALittleInputOrOneThatMustBeSeenWholeALimitTakesNoStart) {
  const PlanPtr little = TableOf("t", "o_key int64, o_price double", 1000, 10);
  const PlanPtr groups = Grouped(Orders(), {"o_price"}, "o_key");
  for (const PlanPtr& plan : {SomeRowsOf(little), SomeRowsOf(groups)}) {
    for (const Stage& stage : StagesOf(plan)) EXPECT_EQ(stage.first_bytes, 0U);
  }
}

TEST(StageCutterTest, AnOrderThatIsNotTheResultsHasOneReduce) {
  const auto stages = StagesOf(Grouped(Sorted(Orders(), "o_price"), {"o_key"}, "o_price"));
  ASSERT_THAT(stages, SizeIs(1));
  EXPECT_EQ(stages[0].reduces, 1U);
  EXPECT_FALSE(stages[0].by_range);
}

TEST(StageCutterTest, BranchesOfAUnionAreInputsUnderOneTag) {
  const PlanPtr other = TableOf("others", "x int64, y double", kBig, kManyRows);
  const auto stages =
      StagesOf(Grouped(UnionNode::Make({Orders(), other}).value(), {"o_key"}, "o_price"));
  ASSERT_THAT(stages, SizeIs(1));
  ASSERT_THAT(stages[0].inputs, SizeIs(2));
  EXPECT_EQ(stages[0].inputs[0].tag, stages[0].inputs[1].tag);
  EXPECT_TRUE(stages[0].inputs[1].plan->schema()->Equals(*stages[0].inputs[0].plan->schema()));
}

TEST(StageCutterTest, WhatTurnsOutSmallIsHeldAlthoughItsEstimateWasNot) {
  RecordingRunner runner;
  runner.output_bytes = 100;
  CutOptions options;
  options.slots = 4;
  options.broadcast_bytes = int64_t{1} << 30;
  StageCutter cutter(options, runner);
  const PlanPtr sums = Grouped(Lines(), {"l_part"}, "l_price");
  ASSERT_TRUE(cutter.Run(Joined(Orders(), sums, "o_key", "l_part")).ok());
  ASSERT_THAT(runner.stages, SizeIs(2));
  EXPECT_TRUE(Contains(*runner.stages[1].inputs[0].plan, PlanKind::kJoin));
  EXPECT_EQ(runner.stages[1].reduce, nullptr);
}

// A few orders, of a table that is so big that they are made first.
PlanPtr FewOrders() {
  TableSource few =
      As<ScanNode>(*TableOf("few", "o_key int64, o_price double", kBig, 1000)).source();
  few.base_rows = kManyRows;
  return ScanNode::Make(std::make_shared<const TableSource>(std::move(few))).value();
}

TEST(StageCutterTest, OfTheOtherSideOnlyWhatCanHaveAMatchIsShuffled) {
  for (const JoinType type : {JoinType::kSemi, JoinType::kAnti, JoinType::kLeft}) {
    RecordingRunner runner;
    runner.output_bytes = 1000;
    CutOptions options;
    options.slots = 4;
    const PlanPtr plan = Joined(FewOrders(), Lines(), "o_key", "l_key", type);
    ASSERT_TRUE(StageCutter(options, runner).Run(plan).ok());
    ASSERT_THAT(runner.stages, SizeIs(2));
    const Stage& joined = runner.stages[1];
    ASSERT_THAT(joined.inputs, SizeIs(2));
    const auto reduced =
        std::find_if(joined.inputs.begin(), joined.inputs.end(),
                     [](const StageInput& input) { return input.plan->kind() == PlanKind::kJoin; });
    ASSERT_NE(reduced, joined.inputs.end());
    const JoinSpec& spec = As<JoinNode>(*reduced->plan).spec();
    EXPECT_EQ(spec.type, JoinType::kSemi);
    EXPECT_EQ(spec.strategy, JoinStrategy::kBroadcastRight);
    EXPECT_EQ(ExprText(*spec.keys.at(0).first), "l_key");
    EXPECT_EQ(As<JoinNode>(*joined.reduce).spec().type, type);
  }
}

TEST(StageCutterTest, WhereUnmatchedRowsAreSeenNothingIsLeftOut) {
  for (const JoinType type : {JoinType::kRight, JoinType::kFull}) {
    for (const Stage& stage : StagesOf(Joined(FewOrders(), Lines(), "o_key", "l_key", type))) {
      for (const StageInput& input : stage.inputs) {
        if (input.plan->kind() != PlanKind::kJoin) continue;
        EXPECT_NE(As<JoinNode>(*input.plan).spec().type, JoinType::kSemi);
      }
    }
  }
}

TEST(StageCutterTest, WhatIsNotMuchSmallerIsNotHeldToReduceTheOther) {
  const auto stages = StagesOf(Joined(Orders(), Lines(), "o_key", "l_key", JoinType::kSemi));
  ASSERT_THAT(stages, SizeIs(1));
  for (const StageInput& input : stages[0].inputs) EXPECT_EQ(input.plan->kind(), PlanKind::kScan);
}

// Two conditions over the same key: its values are held once, and one job does both joins.
TEST(StageCutterTest, AFurtherJoinOverTheSameKeyIsReducedByTheSameRows) {
  RecordingRunner runner;
  runner.output_bytes = 1000;
  CutOptions options;
  options.slots = 4;
  const PlanPtr others = TableOf("others", "x_key int64, x_part int64", kBig, kManyRows);
  const PlanPtr semi = Joined(FewOrders(), Lines(), "o_key", "l_key", JoinType::kSemi);
  const PlanPtr plan = Joined(semi, others, "o_key", "x_key", JoinType::kAnti);
  ASSERT_TRUE(StageCutter(options, runner).Run(plan).ok());
  ASSERT_THAT(runner.stages, SizeIs(2));
  ASSERT_THAT(runner.stages[1].inputs, SizeIs(3));
  const auto reduced = [](const StageInput& input) {
    return input.plan->kind() == PlanKind::kJoin;
  };
  EXPECT_EQ(std::count_if(runner.stages[1].inputs.begin(), runner.stages[1].inputs.end(), reduced),
            2);
}

// Orders that are much less than the lines, and too many to be held.
PlanPtr SomeOrders(TableFormat format = TableFormat::kParquet) {
  TableSource some =
      As<ScanNode>(*TableOf("some", "o_key int64, o_price double", kBig / 20, kManyRows / 20))
          .source();
  some.base_rows = kManyRows;
  some.format = format;
  return ScanNode::Make(std::make_shared<const TableSource>(std::move(some))).value();
}

// The table whose rows are looked up in a Bloom filter before they are shuffled.
std::optional<std::string> ProbedTable(const std::vector<Stage>& stages) {
  for (const Stage& stage : stages) {
    for (const StageInput& input : stage.inputs) {
      if (input.plan->kind() != PlanKind::kBloomProbe) continue;
      return As<ScanNode>(DrivingLeaf(*input.plan)).source().name;
    }
  }
  return std::nullopt;
}

CutOptions WithBloom() {
  CutOptions options;
  options.bloom_bytes = int64_t{128} << 20;
  return options;
}

TEST(StageCutterTest, ABloomFilterLeavesOutOfTheShuffleWhatHasNoMatch) {
  for (const bool smaller_left : {true, false}) {
    const auto stages = StagesOf(smaller_left ? Joined(SomeOrders(), Lines(), "o_key", "l_key")
                                              : Joined(Lines(), SomeOrders(), "l_key", "o_key"),
                                 WithBloom());
    ASSERT_THAT(stages, SizeIs(2));
    EXPECT_EQ(stages[0].title, "Bloom filter of some");
    ASSERT_THAT(stages[0].inputs, SizeIs(1));
    EXPECT_EQ(stages[0].inputs[0].plan->kind(), PlanKind::kBloomBuild);
    EXPECT_EQ(ExprText(*stages[0].inputs[0].partition_by.at(0)), "segment");
    EXPECT_TRUE(As<BloomBuildNode>(*stages[0].reduce).merges());
    // Of the smaller side only the keys are read.
    EXPECT_THAT(As<ScanNode>(DrivingLeaf(*stages[0].inputs[0].plan)).columns(), SizeIs(1));
    EXPECT_EQ(ProbedTable(stages), "lines");
    EXPECT_EQ(stages[1].reduce->kind(), PlanKind::kJoin);
  }
}

TEST(StageCutterTest, ABloomFilterIsMadeWhereverUnmatchedRowsAreNotSeen) {
  const auto probed = [](JoinType type, bool smaller_left) {
    const PlanPtr plan = smaller_left ? Joined(SomeOrders(), Lines(), "o_key", "l_key", type)
                                      : Joined(Lines(), SomeOrders(), "l_key", "o_key", type);
    return ProbedTable(StagesOf(plan, WithBloom())).has_value();
  };
  for (const JoinType type :
       {JoinType::kInner, JoinType::kLeft, JoinType::kSemi, JoinType::kAnti, JoinType::kSingle}) {
    EXPECT_TRUE(probed(type, true)) << JoinTypeName(type);
  }
  for (const JoinType type : {JoinType::kInner, JoinType::kRight, JoinType::kSemi})
    EXPECT_TRUE(probed(type, false)) << JoinTypeName(type);
  for (const JoinType type : {JoinType::kLeft, JoinType::kFull, JoinType::kAnti})
    EXPECT_FALSE(probed(type, false)) << JoinTypeName(type);
  EXPECT_FALSE(probed(JoinType::kRight, true));
}

TEST(StageCutterTest, ABloomFilterThatWouldNotPayIsNotMade) {
  const PlanPtr plan = Joined(SomeOrders(), Lines(), "o_key", "l_key");
  CutOptions never = WithBloom();
  never.bloom_bytes = 0;
  EXPECT_THAT(StagesOf(plan, never), SizeIs(1));
  CutOptions short_one = WithBloom();
  short_one.bloom_bytes = 1 << 20;
  EXPECT_THAT(StagesOf(plan, short_one), SizeIs(1));
  EXPECT_THAT(StagesOf(Joined(Orders(), Lines(), "o_key", "l_key"), WithBloom()), SizeIs(1));
  // Null keys that match each other are not in the filter.
  JoinSpec spec = As<JoinNode>(*plan).spec();
  spec.nulls_match = true;
  EXPECT_THAT(StagesOf(JoinNode::Make(SomeOrders(), Lines(), spec).value(), WithBloom()),
              SizeIs(1));
}

TEST(StageCutterTest, WhatCostsMuchToReadTwiceIsMadeBeforeItsBloomFilter) {
  const PlanPtr plan = Joined(SomeOrders(TableFormat::kCsv), Lines(), "o_key", "l_key");
  RecordingRunner runner;
  runner.output_rows = kManyRows / 20;
  ASSERT_TRUE(StageCutter(WithBloom(), runner).Run(plan).ok());
  ASSERT_THAT(runner.stages, SizeIs(3));
  EXPECT_EQ(runner.stages[0].title, "scan some");
  EXPECT_EQ(runner.stages[1].title, "Bloom filter of stage 1");
  EXPECT_EQ(ProbedTable(runner.stages), "lines");
  // It turns out to be little: every task holds it.
  RecordingRunner little;
  little.output_rows = 10;
  little.output_bytes = 1000;
  ASSERT_TRUE(StageCutter(WithBloom(), little).Run(plan).ok());
  ASSERT_THAT(little.stages, SizeIs(2));
  EXPECT_EQ(little.stages[1].reduce, nullptr);
  // It turns out to be too much for a filter.
  RecordingRunner much;
  much.output_rows = int64_t{1} << 40;
  ASSERT_TRUE(StageCutter(WithBloom(), much).Run(plan).ok());
  ASSERT_THAT(much.stages, SizeIs(2));
  EXPECT_EQ(ProbedTable(much.stages), std::nullopt);
}

TEST(StageCutterTest, AFullJoinWithoutKeysIsRefused) {
  RecordingRunner runner;
  StageCutter cutter(CutOptions{}, runner);
  JoinSpec spec;
  spec.type = JoinType::kFull;
  const auto table = cutter.Run(JoinNode::Make(Orders(), Lines(), spec).value());
  EXPECT_EQ(table.status().code(), StatusCode::kUnsupported);
  EXPECT_TRUE(runner.stages.empty());
}

TEST(StageCutterTest, AJoinWithoutKeysHoldsItsSmallerSide) {
  for (const bool small_first : {false, true}) {
    const PlanPtr plan = small_first ? JoinNode::Make(Parts(), Orders(), JoinSpec{}).value()
                                     : JoinNode::Make(Orders(), Parts(), JoinSpec{}).value();
    const auto stages = StagesOf(plan);
    ASSERT_THAT(stages, SizeIs(1));
    EXPECT_EQ(As<ScanNode>(DrivingLeaf(*stages[0].inputs[0].plan)).source().name, "orders");
  }
}

TEST(StageCutterTest, AJoinOfTooManyPairsIsRefused) {
  RecordingRunner runner;
  CutOptions options;
  options.most_pairs = 10 * kManyRows;
  StageCutter cutter(options, runner);
  JoinSpec spec;
  EXPECT_TRUE(cutter.Run(JoinNode::Make(Orders(), Parts(), spec).value()).ok());
  const auto table = cutter.Run(JoinNode::Make(Orders(), Lines(), spec).value());
  EXPECT_EQ(table.status().code(), StatusCode::kTooLarge);
  EXPECT_NE(table.status().message().find("tusk.sql.most-pairs"), std::string_view::npos);
  // Whether there is a row at all compares nothing.
  spec.type = JoinType::kSemi;
  EXPECT_TRUE(cutter.Run(JoinNode::Make(Orders(), Lines(), spec).value()).ok());
  options.most_pairs = 0;
  StageCutter any(options, runner);
  EXPECT_TRUE(any.Run(JoinNode::Make(Orders(), Lines(), JoinSpec{}).value()).ok());
}

}  // namespace
}  // namespace tusk::df
