#include "dataframe/optimizer/optimizer.h"

#include <arrow/api.h>

#include "tests/dataframe/optimizer/optimizer_fixture.h"
#include "tests/dataframe/optimizer/tpch_tables.h"

namespace tusk::df {
namespace {

TEST(OptimizerTest, UnknownPassesAreRefusedWithTheNearest) {
  OptimizerOptions options;
  options.disabled = {"reorder_join"};
  EXPECT_THAT(Optimize(Region(), options), StatusIs(StatusCode::kInvalidArgument, "reorder_joins"));
}

TEST(OptimizerTest, EachPassCanBeLeftOut) {
  const PlanPtr plan = Limit(
      Sorted(Filter(Cross(Customer(), Orders()),
                    And({Eq(Col("c_custkey"), Col("o_custkey")), Gt(Col("c_acctbal"), Lit(1))})),
             {Asc("o_orderdate")}),
      5);
  ASSERT_GT(OptimizerPasses().size(), 10);
  for (const OptimizerPassInfo& pass : OptimizerPasses()) {
    SCOPED_TRACE(pass.name);
    OptimizerOptions options;
    options.disabled = {pass.name};
    OptimizerTrace trace;
    EXPECT_THAT(Optimize(plan, options, nullptr, &trace), IsOk());
    for (const OptimizerTrace::Step& step : trace.steps) EXPECT_NE(step.pass, pass.name);
    EXPECT_FALSE(pass.summary.empty());
  }
}

TEST(OptimizerTest, OptimizedPlansStayAsTheyAre) {
  const PlanPtr plan =
      Filter(Cross(Cross(Nation(), Region()), Supplier()),
             And({Eq(Col("n_regionkey"), Col("r_regionkey")),
                  Eq(Col("s_nationkey"), Col("n_nationkey")), Eq(Col("r_name"), Lit("ASIA"))}));
  const PlanPtr once = Made(Optimize(plan));
  EXPECT_EQ(PlanText(Made(Optimize(once))), PlanText(once));
}

TEST(OptimizerTest, TheTraceTellsWhatEachPassDid) {
  OptimizerTrace trace;
  const PlanPtr plan = Filter(Region(), Eq(Col("r_name"), Lit("ASIA")));
  ASSERT_THAT(Optimize(plan, {}, nullptr, &trace), IsOk());
  bool pushed = false;
  for (const OptimizerTrace::Step& step : trace.steps) {
    if (step.pass == "push_down_filter" && step.changed) pushed = true;
    EXPECT_FALSE(step.pass == "rewrite_distinct" && step.changed);
  }
  EXPECT_TRUE(pushed);
}

}  // namespace
}  // namespace tusk::df
