#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dataframe/compiler/query_trace.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

TEST(Analyze, TellsWhatEachNodeDid) {
  LocalSession session(std::map<std::string, std::string>{{"tusk.sql.reduces", "2"}});
  const DataFrame delays = session.Flights()
                               .Filter(col("delay") > 0)
                               .GroupBy("carrier")
                               .Agg(Sum(col("delay")).As("total"))
                               .Sort("carrier");
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan, delays.plan());
  // What has been run before is run again.
  ASSERT_OK(session->Run(plan));
  ASSERT_OK_AND_ASSIGN(const QueryResult result, session->Analyze(plan));
  ASSERT_EQ(result.trace.stages.size(), 2u);
  const StageReport& group = result.trace.stages[0];
  EXPECT_FALSE(group.reused);
  ASSERT_EQ(group.nodes.inputs.size(), 1u);
  // The partial aggregate above the scan, which filters: 4 rows of 3 carriers, in one map.
  ASSERT_EQ(group.nodes.inputs[0].size(), 2u);
  EXPECT_EQ(group.nodes.inputs[0][1].all.rows, 4);
  EXPECT_EQ(group.nodes.inputs[0][0].all.rows, 3);
  EXPECT_EQ(group.nodes.inputs[0][0].tasks, 1u);
  ASSERT_FALSE(group.nodes.reduce.empty());
  EXPECT_EQ(group.nodes.reduce[0].all.rows, 3);
  EXPECT_EQ(group.nodes.reduce[0].tasks, 2u);

  const std::string text = AnalyzedText(result.trace);
  EXPECT_THAT(text, HasSubstr("stage 1: group"));
  EXPECT_THAT(text, ContainsRegex("    Aggregate partial by carrier.*  \\(3 rows, "));
  EXPECT_THAT(text, ContainsRegex("      Scan .*  \\(4 rows, "));
  EXPECT_THAT(text, ContainsRegex("    Sort carrier  \\(3 rows, .* 2 tasks, median "));
  EXPECT_THAT(text, HasSubstr("2 jobs, 0 stages reused"));
}

TEST(Analyze, OtherQueriesAreNotCounted) {
  LocalSession session;
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan, session.Flights().Sort("day").plan());
  ASSERT_OK_AND_ASSIGN(const QueryResult result, session->Run(plan));
  ASSERT_EQ(result.trace.stages.size(), 1u);
  EXPECT_TRUE(result.trace.stages[0].nodes.empty());
}

}  // namespace
}  // namespace tusk::df
