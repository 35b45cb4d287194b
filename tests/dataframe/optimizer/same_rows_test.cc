#include <random>

#include <arrow/api.h>

#include "dataframe/type/arrow_runtime.h"
#include "tests/dataframe/exec/table_rows.h"
#include "tests/dataframe/optimizer/optimizer_fixture.h"
#include "tests/dataframe/optimizer/random_plans.h"

// Optimized plans hand out the rows of the plans as written.
namespace tusk::df {
namespace {

class SameRowsTest : public ::testing::Test {
 protected:
  void SetUp() override { InitializeArrow(); }

  static std::vector<std::string> Run(const PlanPtr& plan) {
    TestContext test(kAmple);
    Random pieces(1);
    const auto batches = RunPlan(plan, test.context, pieces);
    EXPECT_THAT(batches, IsOk()) << PlanText(plan);
    return batches.ok() ? SortedTexts(RowsOf(*batches)) : std::vector<std::string>();
  }
  static std::vector<std::string> Run(const RandomPlans& plans, const PlanPtr& plan) {
    return Run(Made(plans.WithRows(plan)));
  }
};

TEST_F(SameRowsTest, RandomPlans) {
  const uint64_t first = std::random_device()();
  int with_rows = 0;
  // Many conditions leave no rows; as many plans as it takes to see some.
  for (uint64_t seed = first; with_rows < 40 && seed < first + 1000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomPlans plans(seed);
    const PlanPtr plan = plans.Make(5);
    const std::vector<std::string> expected = Run(plans, plan);
    with_rows += expected.empty() ? 0 : 1;
    OptimizerTrace trace;
    const Result<PlanPtr> optimized = Optimize(plan, {}, nullptr, &trace);
    ASSERT_THAT(optimized, IsOk()) << PlanText(plan);
    if (Run(plans, *optimized) == expected) continue;
    // The first pass that made it wrong.
    for (const OptimizerTrace::Step& step : trace.steps) {
      ASSERT_EQ(Run(plans, step.plan), expected) << "by " << step.pass << "\n"
                                                 << PlanText(plan) << "became\n"
                                                 << PlanText(step.plan);
    }
  }
  EXPECT_EQ(with_rows, 40);
}

TEST_F(SameRowsTest, DistinctAggregates) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomPlans plans(seed);
  for (int round = 0; round < 6; ++round) {
    const PlanPtr child = plans.Make(2);
    const std::string first = child->schema()->field(0)->name();
    for (const std::vector<NamedExpr>& keys :
         {std::vector<NamedExpr>(), std::vector<NamedExpr>{As(Col(first), "key")}}) {
      for (const auto& field : child->schema()->fields()) {
        // The values each once, grouped by hand.
        std::vector<NamedExpr> values = keys;
        values.push_back(As(Col(field->name()), "x"));
        std::vector<NamedExpr> outer;
        if (!keys.empty()) outer.push_back(As(Col("key"), "key"));
        const PlanPtr expected =
            Aggregate(Aggregate(child, values, {}), outer, {Agg("count", {Col("x")}, "n")});
        const PlanPtr plan =
            Aggregate(child, keys, {Agg("count", {Col(field->name())}, "n", true)});
        EXPECT_EQ(Run(plans, Made(Optimize(plan))), Run(plans, expected)) << PlanText(plan);
        // With plain ones, which must be as without the distinct one; and with another set.
        const PlanPtr both =
            Aggregate(child, keys,
                      {Agg("count", {}, "rows"), Agg("count", {Col(field->name())}, "n", true),
                       Agg("count", {Col(first)}, "m", true)});
        const PlanPtr only = Project(both, keys.empty() ? Named({"n"}) : Named({"key", "n"}));
        EXPECT_EQ(Run(plans, Made(Optimize(only))), Run(plans, expected)) << PlanText(only);
        const PlanPtr counts =
            Project(both, keys.empty() ? Named({"rows"}) : Named({"key", "rows"}));
        OptimizerOptions options;
        options.disabled = {"prune_columns", "narrow_columns"};
        EXPECT_EQ(Run(plans, Made(Optimize(counts, options))),
                  Run(plans, Aggregate(child, keys, {Agg("count", {}, "rows")})));
      }
    }
  }
}

}  // namespace
}  // namespace tusk::df
