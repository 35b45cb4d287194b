#include "tests/dataframe/optimizer/tpch_tables.h"

#include "tests/dataframe/plan/plan_builder.h"

namespace tusk::df {

PlanPtr Lineitem() {
  return Table("lineitem",
               "l_orderkey int64, l_partkey int64, l_suppkey int64, l_linenumber int32, "
               "l_quantity decimal(15,2), l_extendedprice decimal(15,2), l_discount decimal(15,2), "
               "l_tax decimal(15,2), l_returnflag string, l_linestatus string, l_shipdate date, "
               "l_commitdate date, l_receiptdate date, l_shipinstruct string, l_shipmode string, "
               "l_comment string",
               6'001'215);
}

PlanPtr Orders() {
  return Table("orders",
               "o_orderkey int64, o_custkey int64, o_orderstatus string, o_totalprice "
               "decimal(15,2), o_orderdate date, o_orderpriority string, o_clerk string, "
               "o_shippriority int32, o_comment string",
               1'500'000);
}

PlanPtr Customer() {
  return Table("customer",
               "c_custkey int64, c_name string, c_address string, c_nationkey int64, c_phone "
               "string, c_acctbal decimal(15,2), c_mktsegment string, c_comment string",
               150'000);
}

PlanPtr Part() {
  return Table("part",
               "p_partkey int64, p_name string, p_mfgr string, p_brand string, p_type string, "
               "p_size int32, p_container string, p_retailprice decimal(15,2), p_comment string",
               200'000);
}

PlanPtr PartSupp() {
  return Table("partsupp",
               "ps_partkey int64, ps_suppkey int64, ps_availqty int32, ps_supplycost "
               "decimal(15,2), ps_comment string",
               800'000);
}

PlanPtr Supplier() {
  return Table("supplier",
               "s_suppkey int64, s_name string, s_address string, s_nationkey int64, s_phone "
               "string, s_acctbal decimal(15,2), s_comment string",
               10'000);
}

PlanPtr Nation(const char* prefix) {
  const auto source =
      Source("nation", "n_nationkey int64, n_name string, n_regionkey int64, n_comment string", 25);
  std::vector<ScanNode::Column> columns;
  for (const char* name : {"nationkey", "name", "regionkey", "comment"}) {
    columns.push_back({.source = std::string("n_") + name, .name = std::string(prefix) + name});
  }
  return Made(ScanNode::Make(source, columns));
}

PlanPtr Region() {
  return Table("region", "r_regionkey int64, r_name string, r_comment string", 5);
}

}  // namespace tusk::df
