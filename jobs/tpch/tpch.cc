// Queries of TPC-H on dataframes: filters, joins of all kinds, groups, top rows.
//
//   tpch --local q5 /data/tpch       where the folder has lineitem.parquet, orders.parquet, ...

#include <tusk/dataframe.h>

#include <functional>
#include <map>
#include <string>

using namespace tusk::df;

namespace {

/// The tables of a folder: files in one format, or folders.
class Tables {
 public:
  Tables(Session& session, std::string folder) : session_(session), folder_(std::move(folder)) {}
  DataFrame operator[](const std::string& name) const {
    return session_.Read(folder_ + "/" + name + "{,.*}");
  }

 private:
  Session& session_;
  const std::string folder_;
};

Column DiscountedPrice() { return col("l_extendedprice") * (1 - col("l_discount")); }

/// Pricing summary report.
DataFrame Q1(const Tables& tables) {
  return tables["lineitem"]
      .Filter(col("l_shipdate") <= "1998-09-02")
      .GroupBy("l_returnflag", "l_linestatus")
      .Agg(Sum("l_quantity").As("sum_qty"), Sum("l_extendedprice").As("sum_base_price"),
           Sum(DiscountedPrice()).As("sum_disc_price"),
           Sum(DiscountedPrice() * (1 + col("l_tax"))).As("sum_charge"),
           Mean("l_quantity").As("avg_qty"), Mean("l_extendedprice").As("avg_price"),
           Mean("l_discount").As("avg_disc"), Count().As("count_order"))
      .Sort("l_returnflag", "l_linestatus");
}

/// Shipping priority.
DataFrame Q3(const Tables& tables) {
  const DataFrame customers = tables["customer"].Filter(col("c_mktsegment") == "BUILDING");
  return tables["lineitem"]
      .Filter(col("l_shipdate") > "1995-03-15")
      .Join(tables["orders"].Filter(col("o_orderdate") < "1995-03-15"),
            col("l_orderkey") == col("o_orderkey"))
      .Join(customers, col("o_custkey") == col("c_custkey"), JoinType::kSemi)
      .GroupBy("l_orderkey", "o_orderdate", "o_shippriority")
      .Agg(Sum(DiscountedPrice()).As("revenue"))
      .Select("l_orderkey", "revenue", "o_orderdate", "o_shippriority")
      .TopK(10, col("revenue").Desc(), "o_orderdate");
}

/// Local supplier volume.
DataFrame Q5(const Tables& tables) {
  const DataFrame nations =
      tables["nation"].Join(tables["region"].Filter(col("r_name") == "ASIA"),
                            col("n_regionkey") == col("r_regionkey"), JoinType::kSemi);
  return tables["orders"]
      .Filter(col("o_orderdate") >= "1994-01-01" && col("o_orderdate") < "1995-01-01")
      .Join(tables["lineitem"], col("o_orderkey") == col("l_orderkey"))
      .Join(tables["customer"], col("o_custkey") == col("c_custkey"))
      .Join(tables["supplier"],
            col("l_suppkey") == col("s_suppkey") && col("c_nationkey") == col("s_nationkey"))
      .Join(nations, col("s_nationkey") == col("n_nationkey"))
      .GroupBy("n_name")
      .Agg(Sum(DiscountedPrice()).As("revenue"))
      .Sort(col("revenue").Desc());
}

/// Forecasting revenue change.
DataFrame Q6(const Tables& tables) {
  return tables["lineitem"]
      .Filter(col("l_shipdate") >= "1994-01-01" && col("l_shipdate") < "1995-01-01" &&
              col("l_discount").Between(Decimal("0.05"), Decimal("0.07")) && col("l_quantity") < 24)
      .Agg(Sum(col("l_extendedprice") * col("l_discount")).As("revenue"));
}

/// Product type profit measure.
DataFrame Q9(const Tables& tables) {
  const DataFrame parts = tables["part"].Filter(Contains("p_name", "green"));
  return tables["lineitem"]
      .Join(parts, col("l_partkey") == col("p_partkey"), JoinType::kSemi)
      .Join(tables["supplier"], col("l_suppkey") == col("s_suppkey"))
      .Join(tables["partsupp"],
            col("l_suppkey") == col("ps_suppkey") && col("l_partkey") == col("ps_partkey"))
      .Join(tables["orders"], col("l_orderkey") == col("o_orderkey"))
      .Join(tables["nation"], col("s_nationkey") == col("n_nationkey"))
      .GroupBy(col("n_name").As("nation"), Year("o_orderdate").As("o_year"))
      .Agg(Sum(DiscountedPrice() - col("ps_supplycost") * col("l_quantity")).As("sum_profit"))
      .Sort("nation", col("o_year").Desc());
}

/// Customer distribution.
DataFrame Q13(const Tables& tables) {
  const DataFrame orders = tables["orders"].Filter(col("o_comment").NotLike("%special%requests%"));
  return tables["customer"]
      .Join(orders, col("c_custkey") == col("o_custkey"), JoinType::kLeft)
      .GroupBy("c_custkey")
      .Agg(Count("o_orderkey").As("c_count"))
      .GroupBy("c_count")
      .Agg(Count().As("custdist"))
      .Sort(col("custdist").Desc(), col("c_count").Desc());
}

/// Large volume customers.
DataFrame Q18(const Tables& tables) {
  const DataFrame large = tables["lineitem"]
                              .GroupBy("l_orderkey")
                              .Agg(Sum("l_quantity").As("quantity"))
                              .Filter(col("quantity") > 300);
  return tables["orders"]
      .Join(large, col("o_orderkey") == col("l_orderkey"), JoinType::kSemi)
      .Join(tables["customer"], col("o_custkey") == col("c_custkey"))
      .Join(tables["lineitem"], col("o_orderkey") == col("l_orderkey"))
      .GroupBy("c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice")
      .Agg(Sum("l_quantity").As("sum_quantity"))
      .TopK(100, col("o_totalprice").Desc(), "o_orderdate");
}

/// Suppliers who kept orders waiting: the only late one of several.
DataFrame Q21(const Tables& tables) {
  const DataFrame items =
      tables["lineitem"].Select("l_orderkey", "l_suppkey", "l_receiptdate", "l_commitdate");
  const Column late = col("l_receiptdate") > col("l_commitdate");
  const Column another =
      col("l_orderkey") == col("l_orderkey_right") && col("l_suppkey") != col("l_suppkey_right");
  const DataFrame nations = tables["nation"].Filter(col("n_name") == "SAUDI ARABIA");
  return items.Filter(late)
      .Join(tables["orders"].Filter(col("o_orderstatus") == "F"),
            col("l_orderkey") == col("o_orderkey"), JoinType::kSemi)
      .Join(tables["supplier"], col("l_suppkey") == col("s_suppkey"))
      .Join(nations, col("s_nationkey") == col("n_nationkey"), JoinType::kSemi)
      .Join(items, another, JoinType::kSemi)
      .Join(items.Filter(late), another, JoinType::kAnti)
      .GroupBy("s_name")
      .Agg(Count().As("numwait"))
      .TopK(100, col("numwait").Desc(), "s_name");
}

}  // namespace

int main(int argc, char** argv) {
  Session session(argc, argv, "QUERY FOLDER  runs q1, q3, q5, q6, q9, q13, q18 or q21 of TPC-H");
  const std::map<std::string, std::function<DataFrame(const Tables&)>> queries = {
      {"q1", Q1}, {"q3", Q3},   {"q5", Q5},   {"q6", Q6},
      {"q9", Q9}, {"q13", Q13}, {"q18", Q18}, {"q21", Q21}};
  const std::string& name = session.arguments()[0];
  const auto query = queries.find(name);
  if (query == queries.end()) {
    return session.Exit(
        tusk::Status::Error(tusk::StatusCode::kInvalidArgument, "there is no query {}", name));
  }
  session.SetQuery(name, name);
  return session.Exit(query->second(Tables(session, session.arguments()[1])).PrintCsv());
}
