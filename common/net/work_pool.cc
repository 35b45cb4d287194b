#include "common/net/work_pool.h"

#include <pthread.h>

#include <deque>
#include <thread>
#include <vector>

#include "common/base/check.h"
#include "common/base/mutex.h"
#include "common/base/status_macros.h"
#include "common/net/sleep.h"
#include "common/net/suspension.h"

namespace tusk {

struct WorkPool::State {
  std::string name;
  size_t max_queued = 0;
  mutable Mutex mutex;
  CondVar changed;
  std::deque<std::unique_ptr<Work>> queue GUARDED_BY(mutex);
  bool stopping GUARDED_BY(mutex) = false;
  std::vector<std::thread> threads;  // changed only by the constructor and Stop

  void RunThread() {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
    for (;;) {
      std::unique_ptr<Work> work;
      {
        MutexLock lock(mutex);
        while (queue.empty() && !stopping) changed.Wait(mutex);
        if (queue.empty()) return;
        work = std::move(queue.front());
        queue.pop_front();
      }
      work->Execute();
    }
  }
};

WorkPool::WorkPool(std::string name, int threads, size_t max_queued)
    : state_(std::make_unique<State>()) {
  CHECK_GT(threads, 0);
  state_->name = std::move(name);
  state_->max_queued = max_queued;
  for (int i = 0; i < threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->RunThread(); });
  }
}

WorkPool::~WorkPool() { Stop(); }

Status WorkPool::Enqueue(std::unique_ptr<Work> work) {
  MutexLock lock(state_->mutex);
  if (state_->stopping) {
    return Status::Error(StatusCode::kUnavailable, "work pool {} is stopped", state_->name);
  }
  if (state_->queue.size() >= state_->max_queued) {
    return Status::Error(StatusCode::kResourceExhausted,
                         "work pool {} has {} pieces of work waiting", state_->name,
                         state_->queue.size());
  }
  state_->queue.push_back(std::move(work));
  state_->changed.NotifyOne();
  return Status();
}

Task<Status> WorkPool::Execute(Work* work) {
  if (co_await IsCancelled())
    co_return Status(StatusCode::kCancelled, "cancelled before the work began");
  Suspension suspension;
  // The caller's frame, which holds `work`, stays until Resume: the wait cannot be cancelled.
  auto run = [work, suspension]() mutable {
    work->Execute();
    suspension.Resume();
  };
  using Item = DetachedWork<decltype(run)>;
  CO_RETURN_IF_ERROR(Enqueue(std::make_unique<Item>(std::move(run))));
  co_await suspension.Wait();
  co_return Status();
}

void WorkPool::Stop() {
  {
    MutexLock lock(state_->mutex);
    state_->stopping = true;
    state_->changed.NotifyAll();
  }
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

size_t WorkPool::queued() const {
  MutexLock lock(state_->mutex);
  return state_->queue.size();
}

const std::string& WorkPool::name() const { return state_->name; }

}  // namespace tusk
