#include "dataframe/exec/node_meter.h"

#include <gtest/gtest.h>

#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

PlanPtr Table(const std::string& column, int64_t rows, uint64_t distinct, Random& random) {
  const auto schema = arrow::schema({arrow::field(column, arrow::int64(), false)});
  return ValuesNode::Make(RandomBatch(schema, rows, distinct, random)).value();
}

PlanPtr Sorted(PlanPtr child, const std::string& column) {
  return SortNode::Make(std::move(child), {{Expr::Column(column)}}).value();
}

TEST(NodeMeterTest, CountsWhatEachNodeHandsOn) {
  Random random(1);
  // 0 sort, 1 join, 2 left values, 3 union, 4 and 5 right values
  const PlanPtr left = Table("a", 3000, 50, random);
  const PlanPtr right =
      UnionNode::Make({Table("b", 40, 50, random), Table("c", 60, 50, random)}).value();
  JoinSpec spec;
  spec.type = JoinType::kSemi;
  spec.keys = {{Expr::Column("a"), Expr::Column("b")}};
  const PlanPtr plan = Sorted(JoinNode::Make(left, right, spec).value(), "a");
  EXPECT_EQ(CountNodes(*plan), 6u);
  std::vector<NodeCounts> counts;
  TestContext test(kAmple);
  test.context.node_counts = &counts;
  ASSERT_OK_AND_ASSIGN(const auto batches, RunPlan(plan, test.context, random));
  const auto result = static_cast<int64_t>(RowsOf(batches).size());
  ASSERT_EQ(counts.size(), 6u);
  EXPECT_GT(result, 0);
  EXPECT_EQ(counts[0].rows, result);
  EXPECT_EQ(counts[1].rows, result);
  EXPECT_EQ(counts[2].rows, 3000);
  EXPECT_EQ(counts[3].rows, 100);
  EXPECT_EQ(counts[4].rows, 40);
  EXPECT_EQ(counts[5].rows, 60);
  for (const NodeCounts& node : counts) {
    EXPECT_EQ(node.bytes, node.rows * 8);
    EXPECT_GE(node.nanoseconds, 0);
    EXPECT_EQ(node.spilled_bytes, 0);
  }
  EXPECT_GT(counts[0].nanoseconds, 0);
  EXPECT_GT(counts[1].nanoseconds, 0);
}

TEST(NodeMeterTest, ASpillIsOfTheNodeThatSpills) {
  Random random(2);
  std::vector<NodeCounts> counts;
  TestContext test(kTiny);
  test.context.node_counts = &counts;
  const auto condition = Expr::Call("=", {Expr::Column("a"), Expr::Column("a")});
  const PlanPtr plan =
      FilterNode::Make(Sorted(Table("a", 20'000, 1'000'000, random), "a"), condition).value();
  ASSERT_OK(RunPlan(plan, test.context, random));
  ASSERT_EQ(counts.size(), 3u);
  EXPECT_GT(test.context.spilled_bytes, 0);
  EXPECT_EQ(counts[0].spilled_bytes, 0);
  EXPECT_EQ(counts[1].spilled_bytes, test.context.spilled_bytes);
  EXPECT_EQ(counts[2].spilled_bytes, 0);
  EXPECT_EQ(counts[0].rows, 20'000);
}

TEST(NodeMeterTest, ALimitThatHasEnoughIsSeenBelow) {
  Random random(3);
  std::vector<NodeCounts> counts;
  TestContext test(kAmple);
  test.context.node_counts = &counts;
  const PlanPtr plan = LimitNode::Make(Table("a", 100'000, 100, random), 5).value();
  ASSERT_OK(RunPlan(plan, test.context, random));
  EXPECT_EQ(counts[0].rows, 5);
  EXPECT_LT(counts[1].rows, 100'000);
}

}  // namespace
}  // namespace tusk::df
