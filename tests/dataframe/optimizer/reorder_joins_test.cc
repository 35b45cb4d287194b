#include <arrow/api.h>

#include "tests/dataframe/optimizer/optimizer_fixture.h"
#include "tests/dataframe/optimizer/tpch_tables.h"

namespace tusk::df {
namespace {

// Tables in the order of FROM, and WHERE.
PlanPtr Query(const std::vector<PlanPtr>& tables, const std::vector<ExprPtr>& where) {
  PlanPtr plan = tables[0];
  for (size_t i = 1; i < tables.size(); ++i) plan = Cross(plan, tables[i]);
  return Filter(plan, And(where));
}
ExprPtr Same(const char* a, const char* b) { return Eq(Col(a), Col(b)); }

// The joins alone, as "(lineitem * (orders * customer))": the held side on the right.
std::string Order(const PlanPtr& plan) {
  if (plan->kind() == PlanKind::kScan) return df::As<ScanNode>(*plan).source().name;
  if (plan->kind() != PlanKind::kJoin) return Order(plan->child());
  const bool left = df::As<JoinNode>(*plan).spec().strategy == JoinStrategy::kBroadcastLeft;
  EXPECT_FALSE(df::As<JoinNode>(*plan).spec().keys.empty()) << "a product:\n" << PlanText(plan);
  return "(" + Order(plan->children()[left ? 1 : 0]) + " * " +
         Order(plan->children()[left ? 0 : 1]) + ")";
}

PlanPtr Optimized(const PlanPtr& plan) {
  const PlanPtr optimized = Made(Optimize(plan));
  // Shown when a test fails.
  ::testing::Test::RecordProperty("plan", PlanText(optimized));
  return optimized;
}

ExprPtr Revenue() {
  return Call("*", {Col("l_extendedprice"), Call("-", {Lit(1), Col("l_discount")})});
}

TEST(ReorderJoinsTest, Q2MinimumCostSupplier) {
  const PlanPtr plan =
      Project(Query({Part(), Supplier(), PartSupp(), Nation(), Region()},
                    {Same("p_partkey", "ps_partkey"), Same("s_suppkey", "ps_suppkey"),
                     Eq(Col("p_size"), Lit(15)), Call("like", {Col("p_type"), Lit("%BRASS")}),
                     Same("s_nationkey", "n_nationkey"), Same("n_regionkey", "r_regionkey"),
                     Eq(Col("r_name"), Lit("EUROPE"))}),
              Named({"s_acctbal", "s_name", "n_name", "p_partkey"}));
  EXPECT_EQ(Order(Optimized(plan)), "(((supplier * (partsupp * part)) * nation) * region)");
}

TEST(ReorderJoinsTest, Q5LocalSupplierVolume) {
  const PlanPtr plan = Aggregate(
      Query({Customer(), Orders(), Lineitem(), Supplier(), Nation(), Region()},
            {Same("c_custkey", "o_custkey"), Same("l_orderkey", "o_orderkey"),
             Same("l_suppkey", "s_suppkey"), Same("c_nationkey", "s_nationkey"),
             Same("s_nationkey", "n_nationkey"), Same("n_regionkey", "r_regionkey"),
             Eq(Col("r_name"), Lit("ASIA")), Call(">=", {Col("o_orderdate"), Lit("1994-01-01")}),
             Lt(Col("o_orderdate"), Lit("1995-01-01"))}),
      Named({"n_name"}), {Agg("sum", {Revenue()}, "revenue")});
  EXPECT_EQ(Order(Optimized(plan)),
            "((lineitem * (((orders * customer) * nation) * region)) * supplier)");
}

TEST(ReorderJoinsTest, Q7VolumeShipping) {
  const auto nations = [](const char* a, const char* b) {
    return And({Eq(Col("n1_name"), Lit(a)), Eq(Col("n2_name"), Lit(b))});
  };
  const PlanPtr plan =
      Aggregate(Query({Supplier(), Lineitem(), Orders(), Customer(), Nation("n1_"), Nation("n2_")},
                      {Same("s_suppkey", "l_suppkey"), Same("o_orderkey", "l_orderkey"),
                       Same("c_custkey", "o_custkey"), Same("s_nationkey", "n1_nationkey"),
                       Same("c_nationkey", "n2_nationkey"),
                       Or({nations("FRANCE", "GERMANY"), nations("GERMANY", "FRANCE")}),
                       Call(">=", {Col("l_shipdate"), Lit("1995-01-01")}),
                       Call("<=", {Col("l_shipdate"), Lit("1996-12-31")})}),
                Named({"n1_name", "n2_name"}), {Agg("sum", {Revenue()}, "revenue")});
  EXPECT_EQ(Order(Optimized(plan)),
            "((orders * (lineitem * (supplier * nation))) * (customer * nation))");
}

TEST(ReorderJoinsTest, Q8NationalMarketShare) {
  const PlanPtr plan =
      Aggregate(Query({Part(), Supplier(), Lineitem(), Orders(), Customer(), Nation("n1_"),
                       Nation("n2_"), Region()},
                      {Same("p_partkey", "l_partkey"), Same("s_suppkey", "l_suppkey"),
                       Same("l_orderkey", "o_orderkey"), Same("o_custkey", "c_custkey"),
                       Same("c_nationkey", "n1_nationkey"), Same("n1_regionkey", "r_regionkey"),
                       Eq(Col("r_name"), Lit("AMERICA")), Same("s_nationkey", "n2_nationkey"),
                       Call(">=", {Col("o_orderdate"), Lit("1995-01-01")}),
                       Call("<=", {Col("o_orderdate"), Lit("1996-12-31")}),
                       Eq(Col("p_type"), Lit("ECONOMY ANODIZED STEEL"))}),
                {As(Call("year", {Col("o_orderdate")}), "o_year"), As(Col("n2_name"), "nation")},
                {Agg("sum", {Revenue()}, "volume")});
  EXPECT_EQ(
      Order(Optimized(plan)),
      "((((lineitem * part) * (orders * ((customer * nation) * region))) * supplier) * nation)");
}

TEST(ReorderJoinsTest, Q9ProductTypeProfit) {
  const PlanPtr plan = Aggregate(
      Query({Part(), Supplier(), Lineitem(), PartSupp(), Orders(), Nation()},
            {Same("s_suppkey", "l_suppkey"), Same("ps_suppkey", "l_suppkey"),
             Same("ps_partkey", "l_partkey"), Same("p_partkey", "l_partkey"),
             Same("o_orderkey", "l_orderkey"), Same("s_nationkey", "n_nationkey"),
             Call("like", {Col("p_name"), Lit("%green%")})}),
      {As(Col("n_name"), "nation"), As(Call("year", {Col("o_orderdate")}), "o_year")},
      {Agg("sum", {Call("-", {Revenue(), Call("*", {Col("ps_supplycost"), Col("l_quantity")})})},
           "profit")});
  EXPECT_EQ(Order(Optimized(plan)),
            "(((lineitem * (partsupp * part)) * orders) * (supplier * nation))");
}

TEST(ReorderJoinsTest, Q19DiscountedRevenue) {
  const auto option = [](const char* brand, int quantity) {
    return And({Same("p_partkey", "l_partkey"), Eq(Col("p_brand"), Lit(brand)),
                Call(">=", {Col("l_quantity"), Lit(quantity)}),
                Eq(Col("l_shipinstruct"), Lit("DELIVER IN PERSON"))});
  };
  const PlanPtr plan =
      Aggregate(Query({Lineitem(), Part()}, {Or({option("Brand#12", 1), option("Brand#23", 10)})}),
                {}, {Agg("sum", {Revenue()}, "revenue")});
  EXPECT_EQ(PlanText(Optimized(plan)),
            "Aggregate: sum(l_extendedprice * (1 - l_discount)) as revenue\n"
            "  Join inner, broadcast right (501.8 kB): l_partkey = p_partkey and (p_brand = "
            "'Brand#12' and l_quantity >= 1 or p_brand = 'Brand#23' and l_quantity >= 10)\n"
            "    Scan lineitem [l_partkey, l_quantity, l_extendedprice, l_discount] where "
            "l_shipinstruct = 'DELIVER IN PERSON' and (l_quantity >= 1 or l_quantity >= 10)\n"
            "    Scan part [p_partkey, p_brand] where p_brand = 'Brand#12' or p_brand = "
            "'Brand#23'\n");
}

TEST(ReorderJoinsTest, Q18SemiJoinMovesToTheOrders) {
  const PlanPtr large = Project(
      Filter(
          Aggregate(Project(Lineitem(), {As(Col("l_orderkey"), "k"), As(Col("l_quantity"), "q")}),
                    Named({"k"}), {Agg("sum", {Col("q")}, "total")}),
          Gt(Col("total"), Lit(300))),
      Named({"k"}));
  const PlanPtr tables = Query({Customer(), Orders(), Lineitem()},
                               {Same("c_custkey", "o_custkey"), Same("o_orderkey", "l_orderkey")});
  const PlanPtr plan = Aggregate(Join(tables, large, On(JoinType::kSemi, {{"o_orderkey", "k"}})),
                                 Named({"c_name", "c_custkey", "o_orderkey"}),
                                 {Agg("sum", {Col("l_quantity")}, "s")});
  EXPECT_EQ(Order(Optimized(plan)), "((lineitem * (orders * lineitem)) * customer)");
}

TEST(ReorderJoinsTest, ProductsComeLast) {
  const PlanPtr plan = Query({Region(), Part(), PartSupp(), Supplier()},
                             {Same("p_partkey", "ps_partkey"), Same("s_suppkey", "ps_suppkey")});
  const PlanPtr reordered = Apply(ReorderJoins, Apply(PushDownFilter, plan));
  const PlanPtr top = reordered->kind() == PlanKind::kProject ? reordered->child() : reordered;
  EXPECT_EQ(NodeText(*top), "Join inner");
  EXPECT_EQ(df::As<ScanNode>(*top->children()[1]).source().name, "region");
}

TEST(ReorderJoinsTest, ManyTablesAreJoinedStepByStep) {
  std::vector<PlanPtr> tables;
  std::vector<ExprPtr> where;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "t" + std::to_string(i);
    tables.push_back(Table(name, name + "_k int64, " + name + "_next int64", 1000 * (20 - i)));
    if (i > 0) {
      where.push_back(Eq(Col("t" + std::to_string(i - 1) + "_next"), Col(name + "_k")));
    }
  }
  const PlanPtr plan = Apply(ReorderJoins, Apply(PushDownFilter, Query(tables, where)));
  Order(plan);
}

}  // namespace
}  // namespace tusk::df
