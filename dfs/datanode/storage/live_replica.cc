#include "dfs/datanode/storage/live_replica.h"

#include <algorithm>
#include <utility>

namespace tusk::dfs::datanode {

LiveReplica::LiveReplica(uint64_t length, uint32_t last_checksum)
    : progress_{.on_disk = length, .acked = length, .last_checksum = last_checksum} {
  ended_.Set();
}

LiveReplica::Progress LiveReplica::progress() const {
  MutexLock lock(mutex_);
  return progress_;
}

void LiveReplica::SetOnDisk(uint64_t bytes, uint32_t last_checksum) {
  MutexLock lock(mutex_);
  progress_.on_disk = bytes;
  progress_.last_checksum = last_checksum;
  progress_.acked = std::min(progress_.acked, bytes);
}

void LiveReplica::SetAcked(uint64_t bytes) {
  MutexLock lock(mutex_);
  progress_.acked = std::max(progress_.acked, std::min(bytes, progress_.on_disk));
  if (waiters_ > 0) grown_.Set();
}

Task<bool> LiveReplica::WaitAcked(uint64_t bytes, Deadline deadline) {
  for (;;) {
    {
      MutexLock lock(mutex_);
      if (progress_.acked >= bytes) co_return true;
      ++waiters_;
      grown_.Reset();
    }
    const bool woken = co_await grown_.Wait(deadline);
    MutexLock lock(mutex_);
    --waiters_;
    if (!woken) co_return progress_.acked >= bytes;
  }
}

bool LiveReplica::BeginWriting(std::function<void()> interrupt) {
  MutexLock lock(mutex_);
  if (writing_) return false;
  writing_ = true;
  interrupt_ = std::move(interrupt);
  ended_.Reset();
  return true;
}

void LiveReplica::EndWriting() {
  std::function<void()> dropped;
  MutexLock lock(mutex_);
  writing_ = false;
  dropped.swap(interrupt_);
  ended_.Set();
}

Task<bool> LiveReplica::StopWriter(Deadline deadline) {
  std::function<void()> interrupt;
  {
    MutexLock lock(mutex_);
    if (!writing_) co_return true;
    interrupt = interrupt_;
  }
  if (interrupt) interrupt();
  co_return co_await ended_.Wait(deadline);
}

}  // namespace tusk::dfs::datanode
