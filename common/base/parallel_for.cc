#include "common/base/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

#include "common/base/mutex.h"

namespace tusk {
namespace {

class Loop {
 public:
  Loop(size_t count, const std::function<Status(size_t)>& work) : count_(count), work_(work) {}

  /// What each thread runs.
  void Run() {
    while (!stopped_.load(std::memory_order_relaxed)) {
      const size_t index = next_.fetch_add(1);
      if (index >= count_) return;
      const Status status = work_(index);
      if (!status.ok()) Fail(index, status);
    }
  }

  Status status() const {
    const MutexLock lock(mutex_);
    return status_;
  }

 private:
  void Fail(size_t index, const Status& status) {
    stopped_ = true;
    const MutexLock lock(mutex_);
    // Indexes are taken in order: whoever has a smaller one has begun, and will have told.
    if (!status_.ok() && failed_ < index) return;
    failed_ = index;
    status_ = status;
  }

  const size_t count_;
  const std::function<Status(size_t)>& work_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> stopped_ = false;
  mutable Mutex mutex_;
  size_t failed_ GUARDED_BY(mutex_) = 0;
  Status status_ GUARDED_BY(mutex_);
};

}  // namespace

Status ParallelFor(size_t count, size_t threads, const std::function<Status(size_t)>& work) {
  Loop loop(count, work);
  std::vector<std::thread> others;
  try {
    for (size_t i = 1; i < std::min(count, threads); ++i)
      others.emplace_back([&loop] { loop.Run(); });
  } catch (const std::system_error&) {
    // No more threads are to be had: those that there are do it.
  }
  loop.Run();
  for (std::thread& thread : others) thread.join();
  return loop.status();
}

}  // namespace tusk
