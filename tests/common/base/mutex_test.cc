#include "common/base/mutex.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace tusk {
namespace {

class Account {
 public:
  void Add() {
    MutexLock lock(mutex_);
    ++sum_;
    changed_.NotifyAll();
  }
  void WaitFor(int sum) {
    MutexLock lock(mutex_);
    while (sum_ < sum) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int sum_ GUARDED_BY(mutex_) = 0;
};

TEST(Mutex, WaitersSeeEveryChange) {
  Account account;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&account] {
      for (int j = 0; j < 100; ++j) account.Add();
    });
  }
  account.WaitFor(400);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace tusk
