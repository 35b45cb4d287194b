#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "common/base/status.h"
#include "common/net/task.h"

namespace tusk {

/// A named pool of threads with a bounded queue for work that blocks or computes: one for each
/// disk volume, one for CPU work. I/O threads never do such work themselves.
///
/// Thread-safe. The pool must be stopped before the IoRuntime whose coroutines wait for it.
class WorkPool {
 public:
  /// Starts `threads` threads called `name` (15 letters show in ps). At most `max_queued` pieces of
  /// work wait; further ones are refused.
  WorkPool(std::string name, int threads, size_t max_queued);
  /// Stops.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// Runs `work`, a callable that returns Status or Result<T>, in a thread of the pool and resumes
  /// the caller on its own executor with what it returned. kResourceExhausted when the queue is
  /// full, kUnavailable when the pool is stopped, kCancelled when the caller was cancelled before;
  /// `work` has not run then. Once queued, work is neither cancelled nor timed out: the caller
  /// stays suspended until it is done. `work` may refer to the caller's locals.
  template <class F>
  Task<std::invoke_result_t<F&>> Run(F work) {
    using R = std::invoke_result_t<F&>;
    FunctionWork<F, R> item(std::move(work));
    Status queued = co_await Execute(&item);
    if (!queued.ok()) co_return R(std::move(queued));
    co_return std::move(*item.result);
  }

  /// Runs `work` in a thread of the pool; nobody waits for it. Same refusals.
  template <class F>
  Status Post(F work) {
    return Enqueue(std::make_unique<DetachedWork<F>>(std::move(work)));
  }

  /// Refuses new work, finishes what is queued, joins the threads. Idempotent. Not from a thread of
  /// the pool.
  void Stop();

  /// Pieces of work that wait now.
  size_t queued() const;
  const std::string& name() const;

 private:
  struct Work {
    virtual ~Work() = default;
    virtual void Execute() = 0;
  };
  template <class F, class R>
  struct FunctionWork : Work {
    explicit FunctionWork(F f) : function(std::move(f)) {}
    void Execute() override { result.emplace(function()); }
    F function;
    std::optional<R> result;
  };
  template <class F>
  struct DetachedWork : Work {
    explicit DetachedWork(F f) : function(std::move(f)) {}
    void Execute() override { function(); }
    F function;
  };
  struct State;

  Task<Status> Execute(Work* work);
  Status Enqueue(std::unique_ptr<Work> work);

  std::unique_ptr<State> state_;
};

}  // namespace tusk
