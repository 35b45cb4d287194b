#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/net/async_event.h"
#include "dfs/model/block.h"
#include "dfs/model/storage_type.h"

namespace tusk::dfs::datanode {

/// A replica that came or went.
struct ReportedChange {
  /// Values are Hadoop's ReceivedDeletedBlockInfoProto.BlockStatus.
  enum class Kind { kReceiving = 1, kReceived = 2, kDeleted = 3 };
  Block block;
  Kind kind = Kind::kReceived;
  std::string delete_hint;  ///< uuid of the datanode from which the balancer moved it
};

/// The changes of one storage, in the order in which they happened.
struct StorageChanges {
  std::string storage_id;
  StorageType type = StorageType::kDisk;
  std::vector<ReportedChange> changes;
};

/// What the namenode has not been told yet of replicas that came or went since the last report.
///
/// A change is queued by whoever made it, in any thread, after the disk has it; the report loop
/// wakes at once, takes all, and puts them back if the namenode did not answer. Of several changes
/// of one block on one storage only the newest is kept, so the queue is bounded by the number of
/// replicas. Thread-safe.
class IncrementalReport {
 public:
  void Add(const std::string& storage_id, StorageType type, ReportedChange change);

  /// Takes everything that is queued.
  std::vector<StorageChanges> Take();
  /// Puts back what could not be sent. A newer change of the same block wins.
  void PutBack(std::vector<StorageChanges> changes);
  /// Forgets everything: a full report follows that is made after this call.
  void Clear();

  size_t size() const;
  /// Set while changes are queued; also set by whoever wants the report loop to look up.
  AsyncEvent& wake() { return wake_; }

 private:
  /// The newest change of each block of one storage.
  struct Storage {
    StorageType type = StorageType::kDisk;
    std::map<BlockId, ReportedChange> changes;
  };

  mutable Mutex mutex_;
  std::map<std::string, Storage> storages_ GUARDED_BY(mutex_);
  AsyncEvent wake_;
};

}  // namespace tusk::dfs::datanode
