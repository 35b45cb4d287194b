#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "dataframe/plan/plan_printer.h"
#include "dataframe/plan/plan_validator.h"
#include "dataframe/sql/statement.h"
#include "tests/dataframe/sql/sample_catalog.h"
#include "tests/support/golden.h"
#include "tests/support/source_tree.h"
#include "tests/support/status_matchers.h"

namespace tusk::df::sql {
namespace {

constexpr char kGoldenFile[] = "tests/dataframe/sql/plans.golden";

/// A block of the golden file: its heading and query as they stand, and the plan below.
struct GoldenPlan {
  std::string head;
  std::string query;
  std::string plan;
};

std::vector<GoldenPlan> ReadGolden(std::string_view content, std::string& preamble) {
  std::vector<GoldenPlan> plans;
  bool in_plan = false;
  while (!content.empty()) {
    const size_t end = content.find('\n');
    const std::string line(content.substr(0, end));
    content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
    if (line.starts_with("## ")) {
      plans.push_back({line, "", ""});
      in_plan = false;
    } else if (plans.empty()) {
      preamble += line + "\n";
    } else if (line == "----") {
      in_plan = true;
    } else if (in_plan) {
      if (!line.empty()) plans.back().plan += line + "\n";
    } else {
      plans.back().query += line + "\n";
    }
  }
  return plans;
}

TEST(Plans, AreAsTheGoldenFileSays) {
  std::string preamble;
  std::vector<GoldenPlan> plans = ReadGolden(ReadSourceFile(kGoldenFile), preamble);
  ASSERT_GT(plans.size(), 40U);
  std::string anew = preamble;
  for (const GoldenPlan& golden : plans) {
    SampleCatalog catalog;
    const Result<Statement> statement = BindSql(golden.query, catalog);
    ASSERT_OK(statement) << golden.head;  // the file keeps its block
    const auto* query = statement->As<QueryStatement>();
    ASSERT_NE(query, nullptr) << golden.head;
    EXPECT_OK(ValidatePlan(query->plan)) << golden.head;
    const std::string plan = PlanText(query->plan);
    EXPECT_EQ(plan, golden.plan) << golden.head;
    anew += golden.head + "\n" + golden.query + "----\n" + plan + "\n";
  }
  if (std::getenv("TUSK_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(SourceDir() + "/" + kGoldenFile) << anew;
  }
}

}  // namespace
}  // namespace tusk::df::sql
