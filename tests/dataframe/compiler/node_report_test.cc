#include "dataframe/compiler/node_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tusk::df {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

mapreduce::TaskCounters Task(std::string_view fragment, const std::vector<NodeCounts>& nodes) {
  mapreduce::TaskCounters task;
  TellNodes(fragment, nodes, &task.counters);
  return task;
}

TEST(NodeReportTest, NodesAreSummedOverTheTasksThatRanThem) {
  const std::vector<mapreduce::TaskCounters> tasks = {
      Task(FragmentName(0), {{10, 100, 5, 0}, {20, 200, 6, 7}}),
      Task(FragmentName(0), {{30, 300, 50, 0}, {0, 0, 0, 0}}),
      Task(FragmentName(0), {{11, 110, 4, 0}, {1, 1, 1, 0}}),
      Task(FragmentName(1), {{5, 50, 1, 0}}), Task(kReduceFragment, {{2, 20, 1, 0}})};
  const StageNodes nodes = ReadNodes(2, tasks);
  ASSERT_THAT(nodes.inputs, SizeIs(2));
  ASSERT_THAT(nodes.inputs[0], SizeIs(2));
  const NodeReport& root = nodes.inputs[0][0];
  EXPECT_EQ(root.tasks, 3U);
  EXPECT_EQ(root.all.rows, 51);
  EXPECT_EQ(root.all.bytes, 510);
  EXPECT_EQ(root.median.rows, 11);
  EXPECT_EQ(root.most.rows, 30);
  EXPECT_EQ(root.most.nanoseconds, 50);
  EXPECT_EQ(nodes.inputs[0][1].tasks, 3U);
  EXPECT_EQ(nodes.inputs[0][1].all.spilled_bytes, 7);
  EXPECT_EQ(nodes.inputs[1][0].all.rows, 5);
  ASSERT_THAT(nodes.reduce, SizeIs(1));
  EXPECT_EQ(nodes.reduce[0].all.rows, 2);
}

TEST(NodeReportTest, NodesThatCountersHaveNoRoomForAreWithoutNumbers) {
  const std::vector<NodeCounts> many(60, NodeCounts{1, 2, 3, 4});
  mapreduce::TaskCounters task = Task(kReduceFragment, many);
  // There is room for what the task itself counts.
  EXPECT_TRUE(task.counters.Add("Dataframe", "Rows read", 1).ok());
  const StageNodes nodes = ReadNodes(1, std::vector{task});
  ASSERT_THAT(nodes.inputs, SizeIs(1));
  EXPECT_THAT(nodes.inputs[0], IsEmpty());
  EXPECT_THAT(nodes.reduce, SizeIs(25));
  for (const NodeReport& node : nodes.reduce) EXPECT_EQ(node.all.spilled_bytes, 4);
}

TEST(NodeReportTest, CountersOfOthersAreNotReadAsNodes) {
  mapreduce::TaskCounters task;
  for (const char* name :
       {"", "reduce", "reduce.", "reduce.x rows", "reduce.1rows", "reduce.1 row", "reduce.-1 rows",
        "reduce.99999999999999999999 rows", " .", "a b.1 rows"})
    static_cast<void>(task.counters.Add("Dataframe nodes", name, 1));  // an empty name is refused
  EXPECT_TRUE(task.counters.Add("Others", "reduce.0 rows", 1).ok());
  EXPECT_THAT(ReadNodes(0, std::vector{task}).reduce, IsEmpty());
}

TEST(NodeReportTest, TextTellsOfTasksThatHaveMuchMore) {
  NodeReport node;
  EXPECT_EQ(NodeReportText(node), "");
  node.tasks = 1;
  node.all = node.median = node.most = {1234, 5'600'000, 250'000'000, 0};
  EXPECT_EQ(NodeReportText(node), "(1,234 rows, 5.6 MB, 0.250 s)");
  node.tasks = 3;
  node.all.spilled_bytes = 2000;
  node.median = {10, 10, 200'000'000, 0};
  node.most = {30, 30, 300'000'000, 0};
  EXPECT_EQ(NodeReportText(node),
            "(1,234 rows, 5.6 MB, 0.250 s, spilled 2.0 kB; 3 tasks, median 10 rows 0.200 s, most "
            "30 rows 0.300 s)");
  node.most.rows = 31;
  EXPECT_THAT(NodeReportText(node), HasSubstr("most 31 rows 0.300 s: uneven)"));
  // Of what takes no time nobody needs to be warned.
  node.most.nanoseconds = 99'999'999;
  EXPECT_THAT(NodeReportText(node), Not(HasSubstr("uneven")));
}

}  // namespace
}  // namespace tusk::df
