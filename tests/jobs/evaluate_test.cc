#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "tests/jobs/job_process.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

using ::testing::HasSubstr;

std::map<std::string, double> RunEvaluate(const std::string& function, uint64_t first,
                                          uint64_t end) {
  const TempDir directory;
  const std::string out = directory / "out";
  const Ended ended = RunProgram(
      "evaluate", {"--local", function, std::to_string(first), std::to_string(end), out});
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  std::map<std::string, double> values;
  std::ifstream in(out + "/part-r-00000");
  for (std::string line; std::getline(in, line);) {
    const size_t tab = line.find('\t');
    values[line.substr(0, tab)] = std::stod(line.substr(tab + 1));
  }
  return values;
}

TEST(Evaluate, CollatzAgreesWithThePlainLoop) {
  double sum = 0, squares = 0, greatest = 0;
  constexpr uint64_t kFirst = 1, kEnd = 30'001;
  for (uint64_t point = kFirst; point < kEnd; ++point) {
    int steps = 0;
    for (uint64_t n = point; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    sum += steps;
    squares += static_cast<double>(steps) * steps;
    greatest = std::max<double>(greatest, steps);
  }
  constexpr double kCount = kEnd - kFirst;
  auto values = RunEvaluate("collatz", kFirst, kEnd);
  EXPECT_EQ(values["count"], kCount);
  EXPECT_NEAR(values["mean"], sum / kCount, 1e-3);
  EXPECT_NEAR(values["standard deviation"],
              std::sqrt((squares - sum * sum / kCount) / (kCount - 1)), 1e-2);
  EXPECT_EQ(values["min"], 0);
  EXPECT_EQ(values["max"], greatest);
  double binned = 0;
  for (const auto& [name, value] : values) {
    if (name.starts_with("histogram")) binned += value;
  }
  EXPECT_EQ(binned, kCount);
}

TEST(Evaluate, TheOptionsPriceTendsToItsFormula) {
  auto values = RunEvaluate("option", 0, 400'000);
  EXPECT_NEAR(values["mean"], 8.0214, 5 * values["error of the mean"]);
}

TEST(Evaluate, NoPointsAreNoFailure) { EXPECT_EQ(RunEvaluate("circle", 5, 5)["count"], 0); }

TEST(Evaluate, UnknownFunctionsAreAnsweredWithTheKnownOnes) {
  const Ended ended = RunProgram("evaluate", {"--local", "nonsense", "1", "2", "/tmp/none"});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, HasSubstr("no function \"nonsense\""));
  EXPECT_THAT(ended.err, HasSubstr("collatz"));
}

}  // namespace
}  // namespace tusk::mapreduce
