#include "common/net/work_pool.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "common/base/result.h"
#include "tests/support/run_task.h"

namespace tusk {
namespace {

Task<Result<int>> Square(WorkPool* pool, int value) {
  auto work = [value]() -> Result<int> { return value * value; };
  co_return co_await pool->Run(work);
}

TEST(WorkPoolTest, RunsInItsThreadsAndComesBack) {
  TaskRunner runner;
  WorkPool pool("square", 2, 100);
  for (int i = 0; i < 100; ++i) {
    const Result<int> result = runner.Run(Square(&pool, i));
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(*result, i * i);
  }
}

TEST(WorkPoolTest, RefusesWhenFullAndWhenStopped) {
  TaskRunner runner;
  WorkPool pool("small", 1, 1);
  std::promise<void> gate;
  std::promise<void> begun;
  auto opened = gate.get_future().share();
  ASSERT_TRUE(pool.Post([opened, &begun] {
                    begun.set_value();
                    opened.wait();
                  })
                  .ok());
  begun.get_future().wait();
  std::atomic<int> ran{0};
  ASSERT_TRUE(pool.Post([&ran] { ++ran; }).ok());
  EXPECT_EQ(pool.Post([&ran] { ++ran; }).code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(runner.Run(Square(&pool, 2)).status().code(), StatusCode::kResourceExhausted);
  gate.set_value();
  pool.Stop();
  EXPECT_EQ(ran.load(), 1);
  EXPECT_EQ(runner.Run(Square(&pool, 2)).status().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace tusk
