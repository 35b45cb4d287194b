#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "jobs/pi/halton.h"
#include "tests/jobs/job_process.h"

namespace tusk::mapreduce {
namespace {

using ::testing::HasSubstr;

/// Number `index` of the Halton sequence by its definition: the digits behind the point mirrored.
double RadicalInverse(int64_t index, int64_t base) {
  double value = 0, weight = 1;
  for (; index > 0; index /= base) {
    weight /= static_cast<double>(base);
    value += static_cast<double>(index % base) * weight;
  }
  return value;
}

int64_t InsideByDefinition(int64_t offset, int64_t count) {
  int64_t inside = 0;
  for (int64_t i = offset + 1; i <= offset + count; ++i) {
    const double x = RadicalInverse(i, 2) - 0.5, y = RadicalInverse(i, 3) - 0.5;
    if (x * x + y * y <= 0.25) ++inside;
  }
  return inside;
}

TEST(Halton, CountsAsTheDefinitionDoes) {
  for (const int64_t offset : {0, 1, 7, 1000, 123'456}) {
    for (const int64_t count : {0, 1, 2, 100, 9999}) {
      EXPECT_EQ(CountPointsInside(offset, count), InsideByDefinition(offset, count))
          << offset << " " << count;
    }
  }
}

TEST(Halton, PartsAddUp) {
  int64_t parts = 0;
  for (int64_t part = 0; part < 10; ++part) parts += CountPointsInside(part * 1000, 1000);
  EXPECT_EQ(parts, CountPointsInside(0, 10'000));
}

// The estimates that Hadoop 3's `hadoop jar hadoop-mapreduce-examples.jar pi` prints.
TEST(Pi, PrintsWhatHadoopPrints) {
  const Ended small = RunProgram("pi", {"--local", "2", "10"});
  EXPECT_EQ(small.exit_status, 0) << small.err;
  EXPECT_THAT(small.out, HasSubstr("Number of Maps  = 2\nSamples per Map = 10\n"));
  EXPECT_THAT(small.out, HasSubstr("Estimated value of Pi is 3.80000000000000000000\n"));
  EXPECT_THAT(RunProgram("pi", {"--local", "10", "100"}).out,
              HasSubstr("Estimated value of Pi is 3.14800000000000000000\n"));
  EXPECT_THAT(RunProgram("pi", {"--local", "16", "100000"}).out,
              HasSubstr("Estimated value of Pi is 3.14157500000000000000\n"));
}

TEST(Pi, RoundsAsBigDecimalDoes) {
  EXPECT_EQ(FormatEstimate(5, 3, 2), "3.33333333333333333334");
  EXPECT_EQ(FormatEstimate(0, 1, 1), "0.00000000000000000000");
  EXPECT_EQ(FormatEstimate(1, 1, 1), "4.00000000000000000000");
}

TEST(Pi, RefusesNumbersThatMakeNoSense) {
  for (const auto& [maps, samples] : {std::pair("0", "5"),
                                      {"5", "0"},
                                      {"-1", "5"},
                                      {"x", "5"},
                                      {"9999999", "9999999999999999"}}) {
    const Ended ended = RunProgram("pi", {"--local", maps, samples});
    EXPECT_EQ(ended.exit_status, 1) << maps << " " << samples;
    EXPECT_THAT(ended.err, HasSubstr("error: "));
  }
}

}  // namespace
}  // namespace tusk::mapreduce
