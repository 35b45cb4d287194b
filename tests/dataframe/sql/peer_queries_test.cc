#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dataframe/plan/plan_printer.h"
#include "dataframe/plan/plan_validator.h"
#include "dataframe/sql/statement.h"
#include "tests/dataframe/sql/sample_catalog.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::df::sql {
namespace {

PlanPtr BindFile(const std::string& file, SampleCatalog& catalog) {
  const Result<Statement> statement =
      BindSql(ReadSourceFile("tests/peers/tables/queries/" + file), catalog);
  EXPECT_OK(statement) << file;
  const auto* query = statement.ok() ? statement->As<QueryStatement>() : nullptr;
  return query == nullptr ? nullptr : query->plan;
}

std::string Columns(const PlanPtr& plan) {
  return plan == nullptr ? "" : SchemaText(*plan->schema());
}

TEST(TpchQueries, AllBind) {
  for (int number = 1; number <= 22; ++number) {
    SampleCatalog catalog;
    const PlanPtr plan = BindFile(fmt::format("tpch/q{:02}.sql", number), catalog);
    ASSERT_NE(plan, nullptr) << number;
    EXPECT_OK(ValidatePlan(plan)) << number;
  }
}

TEST(TpchQueries, HandOutTheColumnsOfTheSpecification) {
  SampleCatalog catalog;
  EXPECT_EQ(
      Columns(BindFile("tpch/q01.sql", catalog)),
      "l_returnflag string, l_linestatus string, sum_qty decimal(38,2), sum_base_price "
      "decimal(38,2), sum_disc_price decimal(38,4), sum_charge decimal(38,6), avg_qty double, "
      "avg_price double, avg_disc double, count_order int64 not null");
  EXPECT_EQ(Columns(BindFile("tpch/q13.sql", catalog)),
            "c_count int64 not null, custdist int64 not null");
  EXPECT_EQ(Columns(BindFile("tpch/q15.sql", catalog)),
            "s_suppkey int64, s_name string, s_address string, s_phone string, "
            "total_revenue decimal(38,4)");
}

TEST(DbBenchmarkQueries, AllBind) {
  std::vector<std::string> files;
  for (int number = 1; number <= 10; ++number) {
    files.push_back(fmt::format("db_benchmark/groupby_q{}.sql", number));
  }
  for (int number = 1; number <= 5; ++number) {
    files.push_back(fmt::format("db_benchmark/join_q{}.sql", number));
  }
  for (const std::string& file : files) {
    SampleCatalog catalog;
    catalog.AddDbBenchmark();
    const PlanPtr plan = BindFile(file, catalog);
    ASSERT_NE(plan, nullptr) << file;
    EXPECT_OK(ValidatePlan(plan)) << file;
  }
}

}  // namespace
}  // namespace tusk::df::sql
