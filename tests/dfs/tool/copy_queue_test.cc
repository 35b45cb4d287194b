#include "dfs/tool/copy_queue.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tusk::dfs {
namespace {

using ::testing::ElementsAre;

Status Failed(int number) { return Status::Error(StatusCode::kIoError, "{}", number); }

TEST(CopyQueueTest, FailuresAreToldInTheOrderOfTheCopies) {
  std::vector<std::string> told;
  CopyQueue queue(3, 10, [&told](const Status& status) { told.emplace_back(status.message()); });
  std::atomic<int> later = 0;
  // The first copy ends after the others.
  queue.Push([&later] {
    for (int n = later.load(); n < 2; n = later.load()) later.wait(n);
    return Failed(1);
  });
  for (const int number : {2, 3}) {
    queue.Push([&later, number] {
      later.fetch_add(1);
      later.notify_all();
      return number == 2 ? Failed(number) : Status::Ok();
    });
  }
  queue.Push([] { return Failed(4); });
  queue.Drain();
  EXPECT_THAT(told, ElementsAre("1", "2", "4"));
  queue.Push([] { return Failed(5); });
  queue.Drain();
  EXPECT_THAT(told, ElementsAre("1", "2", "4", "5"));
}

TEST(CopyQueueTest, DoesAllWhateverItsSize) {
  for (const size_t threads : {0U, 1U, 4U}) {
    for (const size_t waiting : {0U, 1U, 100U}) {
      std::atomic<int> done = 0;
      std::atomic<size_t> running = 0;
      std::atomic<bool> too_many = false;
      {
        CopyQueue queue(threads, waiting, [](const Status&) { FAIL(); });
        for (int i = 0; i < 200; ++i) {
          queue.Push([&] {
            if (running.fetch_add(1) >= std::max<size_t>(threads, 1)) too_many = true;
            ++done;
            --running;
            return Status::Ok();
          });
        }
      }
      EXPECT_EQ(done, 200);
      EXPECT_FALSE(too_many);
    }
  }
}

}  // namespace
}  // namespace tusk::dfs
