#include "dataframe/optimizer/statistics.h"

#include <memory>
#include <utility>

#include <arrow/api.h>

#include "tests/dataframe/optimizer/optimizer_fixture.h"
#include "tests/dataframe/optimizer/tpch_tables.h"

namespace tusk::df {
namespace {

double Rows(const PlanPtr& plan) { return EstimatePlan(plan).rows; }

TEST(StatisticsTest, TablesHaveTheirRows) {
  EXPECT_EQ(Rows(Orders()), 1'500'000);
  EXPECT_EQ(EstimatePlan(Region()).bytes, 5 * (8 + 24 + 24));
}

TEST(StatisticsTest, UnknownRowsComeOfTheLength) {
  const PlanPtr plan = Made(ScanNode::Make(Source("t", "a int64, b int64", -1, 64'000)));
  EXPECT_GT(Rows(plan), 1000);
  EXPECT_LT(Rows(plan), 64'000);
}

TEST(StatisticsTest, FiltersTakeRowsOut) {
  const PlanPtr orders = Orders();
  const double all = Rows(orders);
  const auto part = [&](const ExprPtr& condition) { return Rows(Filter(orders, condition)) / all; };
  const ExprPtr equal = Eq(Col("o_orderstatus"), Lit("F"));
  const ExprPtr less = Lt(Col("o_totalprice"), Lit(100));
  const ExprPtr more = Gt(Col("o_totalprice"), Lit(10));
  EXPECT_LT(part(equal), 0.1);
  EXPECT_LT(part(And({less, more})), part(less));
  EXPECT_GT(part(Or({less, equal})), part(less));
  EXPECT_DOUBLE_EQ(part(Not(equal)), 1 - part(equal));
  EXPECT_EQ(part(Lit(true)), 1);
  // Never nothing: what follows would cost nothing.
  EXPECT_GE(Rows(Filter(orders, And({equal, equal, equal, equal, equal, equal, equal}))), 1);
}

TEST(StatisticsTest, FewRowsHaveFewValues) {
  EXPECT_NEAR(Rows(Filter(Region(), Eq(Col("r_name"), Lit("ASIA")))), 1, 0.01);
}

TEST(StatisticsTest, ReferencesFindTheirKey) {
  const PlanPtr join =
      Join(Lineitem(), Orders(), On(JoinType::kInner, {{"l_orderkey", "o_orderkey"}}));
  EXPECT_NEAR(Rows(join), 6'001'215, 10);
  const PlanPtr both =
      Join(Lineitem(), PartSupp(),
           On(JoinType::kInner, {{"l_partkey", "ps_partkey"}, {"l_suppkey", "ps_suppkey"}}));
  EXPECT_NEAR(Rows(both), 6'001'215, 10);
  EXPECT_EQ(Rows(Cross(Region(), Nation())), 125);
}

TEST(StatisticsTest, OuterJoinsKeepTheirSide) {
  const PlanPtr few = Filter(Orders(), Eq(Col("o_orderstatus"), Lit("F")));
  EXPECT_GE(Rows(Join(Customer(), few, On(JoinType::kLeft, {{"c_custkey", "o_custkey"}}))),
            150'000);
  EXPECT_LE(Rows(Join(Customer(), few, On(JoinType::kSemi, {{"c_custkey", "o_custkey"}}))),
            150'000);
}

TEST(StatisticsTest, LimitsAndGroups) {
  EXPECT_EQ(Rows(Limit(Orders(), 10)), 10);
  EXPECT_EQ(Rows(Aggregate(Orders(), {}, {Agg("count", {}, "n")})), 1);
  EXPECT_LE(Rows(Aggregate(Orders(), Named({"o_orderstatus"}), {})), 1'500'000);
  EXPECT_EQ(Rows(Union({Region(), Region()})), 10);
}

class KnownStatistics : public StatisticsSource {
 public:
  TableStatistics Of(const TableSource& source) const override {
    TableStatistics known;
    if (source.name != "orders") return known;
    known.columns["o_orderstatus"].distinct = 3;
    known.columns["o_totalprice"].min = 0;
    known.columns["o_totalprice"].max = 1000;
    return known;
  }
};

TEST(StatisticsTest, WhatFilesSayOfColumnsIsUsed) {
  TableSource orders = As<ScanNode>(*Orders()).source();
  orders.statistics["o_orderstatus"].distinct = 3;
  const PlanPtr scan = Made(ScanNode::Make(std::make_shared<const TableSource>(std::move(orders))));
  EXPECT_NEAR(Rows(Filter(scan, Eq(Col("o_orderstatus"), Lit("F")))), 500'000, 1);
}

TEST(StatisticsTest, WhatIsKnownOfColumnsIsUsed) {
  const KnownStatistics source;
  Estimator estimator(&source);
  EXPECT_NEAR(estimator.Of(Filter(Orders(), Eq(Col("o_orderstatus"), Lit("F")))).rows, 500'000, 1);
  EXPECT_NEAR(estimator.Of(Filter(Orders(), Lt(Col("o_totalprice"), Lit(100)))).rows, 150'000, 1);
  EXPECT_NEAR(estimator.Of(Aggregate(Orders(), Named({"o_orderstatus"}), {})).rows, 3, 0.01);
}

}  // namespace
}  // namespace tusk::df
