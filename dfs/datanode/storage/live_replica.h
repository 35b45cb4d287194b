#pragma once

#include <cstdint>
#include <functional>

#include "common/base/mutex.h"
#include "common/net/async_event.h"
#include "common/net/task.h"
#include "common/time/deadline.h"

namespace tusk::dfs::datanode {

/// What the writer of a replica, its readers and whoever recovers it share while it grows: how far
/// it is, and who writes. Three lengths: acked <= on disk (written, perhaps not synced).
///
/// Thread-safe.
class LiveReplica {
 public:
  struct Progress {
    uint64_t on_disk = 0;  ///< bytes that files and checksums hold
    uint64_t acked = 0;    ///< bytes that all nodes further down acknowledged: readers see these
    /// Checksum of the last chunk as it is at `on_disk`, when that chunk is not full. The file may
    /// hold a later one already.
    uint32_t last_checksum = 0;
  };

  LiveReplica(uint64_t length, uint32_t last_checksum);

  Progress progress() const EXCLUDES(mutex_);
  void SetOnDisk(uint64_t bytes, uint32_t last_checksum) EXCLUDES(mutex_);
  /// Never goes back.
  void SetAcked(uint64_t bytes) EXCLUDES(mutex_);
  /// Waits until `bytes` are acknowledged; false when `deadline` passed first.
  Task<bool> WaitAcked(uint64_t bytes, Deadline deadline);

  /// Takes the right to write. `interrupt` asks the writer, from any thread, to end soon. False
  /// when somebody else has it.
  bool BeginWriting(std::function<void()> interrupt) EXCLUDES(mutex_);
  void EndWriting() EXCLUDES(mutex_);
  /// Interrupts the writer, if any, and waits until it has ended; false at `deadline`.
  Task<bool> StopWriter(Deadline deadline);

 private:
  mutable Mutex mutex_;
  Progress progress_ GUARDED_BY(mutex_);
  int waiters_ GUARDED_BY(mutex_) = 0;
  bool writing_ GUARDED_BY(mutex_) = false;
  std::function<void()> interrupt_ GUARDED_BY(mutex_);
  AsyncEvent grown_;  // set while a waiter should look again
  AsyncEvent ended_;  // set while nobody writes
};

}  // namespace tusk::dfs::datanode
