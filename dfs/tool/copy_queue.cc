#include "dfs/tool/copy_queue.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace tusk::dfs {

CopyQueue::CopyQueue(size_t threads, size_t waiting, Tell tell)
    : most_threads_(std::max<size_t>(threads, 1)),
      most_waiting_(std::max<size_t>(waiting, 1)),
      tell_(std::move(tell)) {}

CopyQueue::~CopyQueue() {
  Drain();
  {
    MutexLock lock(mutex_);
    ended_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

void CopyQueue::Push(Copy copy) {
  MutexLock lock(mutex_);
  while (waiting_.size() >= most_waiting_) changed_.Wait(mutex_);
  if (waiting_.size() >= idle_ && threads_.size() < most_threads_) StartThread();
  if (threads_.empty()) {
    // The system gives none at all.
    const Status status = copy();
    if (!status.ok()) tell_(status);
    return;
  }
  waiting_.push_back(std::move(copy));
  changed_.NotifyAll();
}

void CopyQueue::StartThread() {
  try {
    threads_.emplace_back([this] { Run(); });
  } catch (const std::system_error&) {
    // Those that there are do it.
  }
}

void CopyQueue::Drain() {
  MutexLock lock(mutex_);
  while (!waiting_.empty() || told_ < begun_) changed_.Wait(mutex_);
}

void CopyQueue::Run() {
  MutexLock lock(mutex_);
  while (true) {
    ++idle_;
    while (waiting_.empty() && !ended_) changed_.Wait(mutex_);
    --idle_;
    if (waiting_.empty()) return;
    const uint64_t number = begun_++;
    const Copy copy = std::move(waiting_.front());
    waiting_.pop_front();
    changed_.NotifyAll();
    mutex_.Unlock();
    Status status = copy();
    mutex_.Lock();
    done_.emplace(number, std::move(status));
    TellInOrder();
    changed_.NotifyAll();
  }
}

void CopyQueue::TellInOrder() {
  for (auto next = done_.find(told_); next != done_.end(); next = done_.find(told_)) {
    if (!next->second.ok()) tell_(next->second);
    done_.erase(next);
    ++told_;
  }
}

}  // namespace tusk::dfs
