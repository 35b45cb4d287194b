#include "common/base/parallel_for.h"

#include <atomic>
#include <vector>

#include <gtest/gtest.h>

namespace tusk {
namespace {

TEST(ParallelForTest, CallsForEachIndexOnce) {
  for (const size_t count : {0U, 1U, 2U, 7U, 1000U}) {
    for (const size_t threads : {0U, 1U, 3U, 16U}) {
      std::vector<std::atomic<int>> calls(count);
      const Status status = ParallelFor(count, threads, [&](size_t index) {
        ++calls[index];
        return Status::Ok();
      });
      EXPECT_TRUE(status.ok());
      for (const auto& n : calls) EXPECT_EQ(n, 1);
    }
  }
}

TEST(ParallelForTest, CallsOverlap) {
  // Each of four calls waits until all have begun: it ends only when they run at once.
  std::atomic<int> begun = 0;
  const Status status = ParallelFor(4, 4, [&](size_t) {
    begun.fetch_add(1);
    begun.notify_all();
    for (int n = begun.load(); n < 4; n = begun.load()) begun.wait(n);
    return Status::Ok();
  });
  EXPECT_TRUE(status.ok());
}

TEST(ParallelForTest, ReturnsTheFirstFailureAndBeginsNothingAfterIt) {
  for (const size_t threads : {1U, 4U}) {
    std::atomic<size_t> calls = 0;
    const Status status = ParallelFor(100'000, threads, [&](size_t index) {
      ++calls;
      if (index < 10) return Status::Ok();
      return Status::Error(StatusCode::kNotFound, "{}", index);
    });
    EXPECT_EQ(status.code(), StatusCode::kNotFound);
    EXPECT_EQ(status.message(), "10");
    EXPECT_LT(calls, 100'000U);
  }
}

}  // namespace
}  // namespace tusk
