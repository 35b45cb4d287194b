#include "dataframe/compiler/stage_estimate.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include <gtest/gtest.h>

#include "dataframe/compiler/stage_cutter.h"
#include "tests/dataframe/compiler/plans.h"

namespace tusk::df {
namespace {

constexpr uint64_t kBig = uint64_t{10} << 30;
constexpr int64_t kManyRows = 100'000'000;

PlanPtr Orders() { return TableOf("orders", "o_key int64, o_price double", kBig, kManyRows); }
PlanPtr Lines() { return TableOf("lines", "l_key int64, l_price double", kBig, 4 * kManyRows); }

// The one stage of `plan`, which is cut as it would be with 8 task slots.
Stage StageOf(const PlanPtr& plan) {
  RecordingRunner runner;
  CutOptions options;
  options.slots = 8;
  EXPECT_TRUE(StageCutter(options, runner).Run(plan).ok());
  EXPECT_EQ(runner.stages.size(), 1U);
  return runner.stages.at(0);
}

TEST(StageEstimateTest, MapsHandOutWhatTheirBranchesDo) {
  const PlanPtr both = UnionNode::Make({Orders(), Orders()}).value();
  const PlanEstimate estimate = EstimateStage(StageOf(both));
  EXPECT_EQ(estimate.rows, 2.0 * kManyRows);
  EXPECT_EQ(estimate.bytes, EstimatePlan(both).bytes);
}

// One branch has few values and the other many: neither is true of both.
TEST(StageEstimateTest, OfSeveralBranchesNoColumnIsKnown) {
  const auto with_values = [](double distinct) {
    TableSource source = As<ScanNode>(*Orders()).source();
    source.statistics["o_key"].distinct = distinct;
    return ScanNode::Make(std::make_shared<const TableSource>(std::move(source))).value();
  };
  const PlanPtr one = with_values(3);
  EXPECT_EQ(EstimateStage(StageOf(one)).columns.at("o_key").distinct, 3.0);
  const PlanPtr both = UnionNode::Make({one, with_values(1000)}).value();
  EXPECT_TRUE(EstimateStage(StageOf(both)).columns.empty());
}

TEST(StageEstimateTest, ReducesHandOutWhatTheUncutPlanDoes) {
  const PlanPtr join = Joined(Orders(), Lines(), "o_key", "l_key");
  const Stage joined = StageOf(join);
  ASSERT_NE(joined.reduce, nullptr);
  EXPECT_EQ(EstimateStage(joined).rows, EstimatePlan(join).rows);
  EXPECT_GT(EstimateStage(joined).bytes, 0);

  const PlanPtr groups = Grouped(Lines(), {"l_key"}, "l_price");
  const Stage grouped = StageOf(groups);
  ASSERT_NE(grouped.reduce, nullptr);
  EXPECT_GT(EstimateStage(grouped).rows, 0.5 * EstimatePlan(groups).rows);
  EXPECT_LE(EstimateStage(grouped).rows, EstimatePlan(groups).rows);
}

// Of a hundred million keys fifty-seven are left; each of them has as many lines as before.
TEST(StageEstimateTest, FewRowsOfAFinishedStageAreNoTableOfFewKeys) {
  TableSource kept = As<ScanNode>(*TableOf("stage 1", "k int64", 500, 57)).source();
  const auto lines_of = [&kept] {
    const auto scan = ScanNode::Make(std::make_shared<const TableSource>(kept)).value();
    return EstimatePlan(Joined(Lines(), scan, "l_key", "k")).rows;
  };
  EXPECT_EQ(lines_of(), 4.0 * kManyRows);
  kept.base_rows = kManyRows;
  EXPECT_EQ(lines_of(), 4.0 * 57);
}

// The runner knows real rows alone; what they are taken from is told by the stage cutter.
TEST(StageEstimateTest, TheNextStageKnowsFromHowManyRowsTheLastOneWasTaken) {
  RecordingRunner runner;
  runner.output_bytes = 100;
  CutOptions options;
  options.slots = 8;
  const PlanPtr sums = Grouped(Lines(), {"l_key"}, "l_price");
  // Each task must see all of the right side, so that is made first.
  const PlanPtr join = Joined(Orders(), sums, "o_key", "l_key", JoinType::kNullAwareAnti);
  ASSERT_TRUE(StageCutter(options, runner).Run(join).ok());
  ASSERT_EQ(runner.stages.size(), 2U);
  double greatest = 0;
  const auto look = [&greatest](const auto& self, const PlanNode& plan) -> void {
    if (plan.kind() == PlanKind::kScan) {
      const TableSource& source = As<ScanNode>(plan).source();
      if (source.stage) greatest = std::max(greatest, source.base_rows);
    }
    for (const PlanPtr& child : plan.children()) self(self, *child);
  };
  for (const StageInput& input : runner.stages[1].inputs) look(look, *input.plan);
  EXPECT_GT(greatest, 0.5 * kManyRows);
}

}  // namespace
}  // namespace tusk::df
