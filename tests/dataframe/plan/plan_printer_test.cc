#include "dataframe/plan/plan_printer.h"

#include "tests/dataframe/plan/all_nodes.h"

namespace tusk::df {
namespace {

TEST(PlanPrinterTest, ShowsATree) {
  JoinSpec spec = On(JoinType::kInner, {{"l_orderkey", "o_orderkey"}});
  spec.strategy = JoinStrategy::kBroadcastRight;
  spec.reason = "12.0 kB";
  const PlanPtr plan = Limit(Join(Table("lineitem", "l_orderkey int64"),
                                  Filter(Table("orders", "o_orderkey int64, o_orderstatus string"),
                                         Eq(Col("o_orderstatus"), Lit("F"))),
                                  spec),
                             10);
  EXPECT_EQ(PlanText(plan),
            "Limit 10\n"
            "  Join inner, broadcast right (12.0 kB): l_orderkey = o_orderkey\n"
            "    Scan lineitem [l_orderkey]\n"
            "    Filter o_orderstatus = 'F'\n"
            "      Scan orders [o_orderkey, o_orderstatus]\n");
}

TEST(PlanPrinterTest, NotesStandBehindTheLines) {
  const PlanPtr plan = Limit(Table("t", "a int64"), 1, 2);
  const PlanTextOptions options{.annotate = [](const PlanNode& node) {
    return node.kind() == PlanKind::kScan ? std::string("(1,000 rows)") : std::string();
  }};
  EXPECT_EQ(PlanText(plan, options),
            "Limit 1 offset 2\n"
            "  Scan t [a]  (1,000 rows)\n");
}

TEST(PlanPrinterTest, EveryNodeHasALine) {
  std::string text;
  for (const auto& [name, plan] : PlansOfAllNodes()) text += NodeText(*plan) + "\n";
  EXPECT_EQ(text,
            "Scan t [a as x, list] where hidden = 'DE'\n"
            "Scan stage 3 [a]\n"
            "Scan range -5 to 10 [id]\n"
            "Values 3 rows [n, s]\n"
            "Filter a = 5 or b is null\n"
            "Project c, a + a as d\n"
            "Aggregate by b, a + 1 as a1: count(*) as rows, count(distinct a) as values, "
            "quantile(a, 0.25e0) as q, sum(a) filter (where a > 2) as s\n"
            "Aggregate by b\n"
            "Aggregate partial by b, a + 1 as a1: avg(a) as m\n"
            "Aggregate final by b, a1: avg(a) as m\n"
            "Join inner: a = k and d > a\n"
            "Join left: a = k and d > a\n"
            "Join right: a = k and d > a\n"
            "Join full: a = k and d > a\n"
            "Join semi: a = k and d > a\n"
            "Join anti: a = k and d > a\n"
            "Join null-aware anti: a = k and d > a\n"
            "Join single: a = k and d > a\n"
            "Join mark mark: a = k and d > a\n"
            "Join inner, broadcast left (12 kB): cast(a as decimal(21,2)) is not distinct from "
            "cast(d as decimal(21,2))\n"
            "Sort a desc, b nulls first\n"
            "Sort a limit 10 offset 5\n"
            "Limit 10 offset 3\n"
            "Limit offset 3\n"
            "Window partition by b order by a desc: row_number() as n, sum(a) rows between 3 "
            "preceding and unbounded following as running, lag(a, 1) as before\n"
            "Union\n"
            "Explode list keep empty\n"
            "MapBatches [n int64]\n"
            "BloomBuild [k] for 1,000 keys\n"
            "BloomBuild merge\n"
            "BloomProbe a + 1\n"
            "Scan t [file, line, byte, column, text, reason]\n"
            "ShuffleRead 7 [a, b, c]\n"
            "Write csv to /out, append partition by b\n");
}

}  // namespace
}  // namespace tusk::df
