#include "tests/dataframe/sql/sample_catalog.h"

#include <utility>

#include "dataframe/plan/nodes.h"
#include "dataframe/type/arrow_runtime.h"

namespace tusk::df::sql {

namespace {

std::shared_ptr<const TableSource> Source(const std::string& name, const std::string& columns) {
  auto source = std::make_shared<TableSource>();
  source->name = name;
  source->schema = ParseSchema(columns).value();
  return source;
}

constexpr std::pair<const char*, const char*> kTables[] = {
    {"region", "r_regionkey int64, r_name string, r_comment string"},
    {"nation", "n_nationkey int64, n_name string, n_regionkey int64, n_comment string"},
    {"supplier",
     "s_suppkey int64, s_name string, s_address string, s_nationkey int64, s_phone string, "
     "s_acctbal decimal(15,2), s_comment string"},
    {"customer",
     "c_custkey int64, c_name string, c_address string, c_nationkey int64, c_phone string, "
     "c_acctbal decimal(15,2), c_mktsegment string, c_comment string"},
    {"part",
     "p_partkey int64, p_name string, p_mfgr string, p_brand string, p_type string, p_size int32, "
     "p_container string, p_retailprice decimal(15,2), p_comment string"},
    {"partsupp",
     "ps_partkey int64, ps_suppkey int64, ps_availqty int32, ps_supplycost decimal(15,2), "
     "ps_comment string"},
    {"orders",
     "o_orderkey int64, o_custkey int64, o_orderstatus string, o_totalprice decimal(15,2), "
     "o_orderdate date, o_orderpriority string, o_clerk string, o_shippriority int32, "
     "o_comment string"},
    {"lineitem",
     "l_orderkey int64, l_partkey int64, l_suppkey int64, l_linenumber int32, "
     "l_quantity decimal(15,2), l_extendedprice decimal(15,2), l_discount decimal(15,2), "
     "l_tax decimal(15,2), l_returnflag string, l_linestatus string, l_shipdate date, "
     "l_commitdate date, l_receiptdate date, l_shipinstruct string, l_shipmode string, "
     "l_comment string"},
    {"t", "a int32, b int64, c string, d date, e double, f decimal(10,2), flag bool"},
    {"u", "a int64, k int32, c string"},
    {"Mixed", "\"Id\" int64, \"ID2\" int64, \"id2\" int64, \"iD2\" int64"},
};

}  // namespace

SampleCatalog::SampleCatalog() {
  InitializeArrow();
  for (const auto& [name, columns] : kTables) Add(name, columns);
  const PlanPtr scan = ScanNode::Make(Source("u", "a int64, total double")).value();
  tables_["v"] = {nullptr, scan};
}

void SampleCatalog::AddDbBenchmark() {
  Add("x",
      "id1 int32, id2 int32, id3 int32, id4 string, id5 string, id6 string, v1 double, v2 int32, "
      "v3 double");
  Add("small", "id1 int32, id4 string, v2 double");
  Add("medium", "id1 int32, id2 int32, id4 string, id5 string, v2 double");
  Add("big", "id1 int32, id2 int32, id3 int32, id4 string, id5 string, id6 string, v2 double");
}

void SampleCatalog::Add(const std::string& name, const std::string& columns) {
  tables_[name] = {Source(name, columns), nullptr};
}

Result<CatalogTable> SampleCatalog::Find(const std::string& name) {
  const auto found = tables_.find(name);
  if (found == tables_.end()) return Status(StatusCode::kNotFound, "no table");
  return found->second;
}

Result<std::shared_ptr<const TableSource>> SampleCatalog::OpenFiles(const std::string& path,
                                                                    const DiscoveryOptions& how) {
  opened.push_back(path);
  options = how;
  if (path.find("missing") != std::string::npos) {
    return Status::Error(StatusCode::kNotFound, "no files match {}", path);
  }
  return Source(path, "x int64, y string");
}

std::vector<std::string> SampleCatalog::TableNames() {
  std::vector<std::string> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  return names;
}

}  // namespace tusk::df::sql
