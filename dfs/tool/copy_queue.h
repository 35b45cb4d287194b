#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/status.h"

namespace tusk::dfs {

/// Copies of files that are under way at the same time. Each is done in one of some threads, which
/// are started when there is something for them to do; failures are told in the order in which the
/// copies were given, whichever ended first. To be used by one thread.
class CopyQueue {
 public:
  using Copy = std::function<Status()>;
  using Tell = std::function<void(const Status& failure)>;

  /// At most `threads` copies at the same time and `waiting` that wait for a thread, each at least
  /// 1. `tell` is called by any thread, by one at a time.
  CopyQueue(size_t threads, size_t waiting, Tell tell);
  /// As Drain.
  ~CopyQueue();
  CopyQueue(const CopyQueue&) = delete;
  CopyQueue& operator=(const CopyQueue&) = delete;

  /// Waits while too many copies wait.
  void Push(Copy copy);
  /// Waits until all copies are done and their failures told.
  void Drain();

 private:
  void StartThread();
  void Run();
  /// Tells what is known up to the first copy that is not done.
  void TellInOrder() REQUIRES(mutex_);

  const size_t most_threads_;
  const size_t most_waiting_;
  const Tell tell_;
  std::vector<std::thread> threads_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Copy> waiting_ GUARDED_BY(mutex_);
  /// By their numbers: copies that are done but not told of.
  std::map<uint64_t, Status> done_ GUARDED_BY(mutex_);
  uint64_t begun_ GUARDED_BY(mutex_) = 0;
  uint64_t told_ GUARDED_BY(mutex_) = 0;
  size_t idle_ GUARDED_BY(mutex_) = 0;
  bool ended_ GUARDED_BY(mutex_) = false;
};

}  // namespace tusk::dfs
