#include "common/metrics/histogram.h"

#include <thread>

#include "common/base/random.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(Histogram, BucketsCoverAllNumbersInOrder) {
  EXPECT_EQ(Histogram::BucketOf(UINT64_MAX), Histogram::kBuckets - 1);
  EXPECT_EQ(Histogram::BucketLimit(Histogram::kBuckets - 1), UINT64_MAX);
  for (size_t bucket = 0; bucket + 1 < Histogram::kBuckets; ++bucket) {
    const uint64_t limit = Histogram::BucketLimit(bucket);
    ASSERT_EQ(Histogram::BucketOf(limit), bucket);
    ASSERT_EQ(Histogram::BucketOf(limit + 1), bucket + 1);
  }
}

TEST(Histogram, QuantilesAreAtMostAnEighthTooHigh) {
  Histogram histogram;
  for (uint64_t i = 1; i <= 10'000; ++i) histogram.Record(i);
  const Histogram::Snapshot snapshot = histogram.Take();
  EXPECT_EQ(snapshot.count, 10'000u);
  EXPECT_EQ(snapshot.sum, 50'005'000u);
  EXPECT_DOUBLE_EQ(snapshot.Mean(), 5000.5);
  for (const double q : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const double exact = q * 10'000;
    EXPECT_GE(static_cast<double>(snapshot.Quantile(q)), exact);
    EXPECT_LE(static_cast<double>(snapshot.Quantile(q)), exact * 1.125 + 1);
  }
}

TEST(Histogram, EmptyAndNegative) {
  Histogram histogram;
  EXPECT_EQ(histogram.Take().Quantile(0.5), 0u);
  EXPECT_EQ(histogram.Take().Mean(), 0.0);
  histogram.Record(std::chrono::nanoseconds(-5));
  EXPECT_EQ(histogram.Take().buckets[0], 1u);
}

TEST(Histogram, ThreadsLoseNothing) {
  Histogram histogram;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&histogram] {
      for (uint64_t i = 0; i < 10'000; ++i) histogram.Record(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(histogram.Take().count, 40'000u);
}

}  // namespace
}  // namespace tusk
