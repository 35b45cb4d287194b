#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/namenode/datanodes/datanode_id.h"

namespace tusk::dfs::namenode {

/// Why a replica is to be deleted.
enum class DeletionCause : uint8_t {
  kNoOwner,  ///< its block belongs to no file
  kSurplus,  ///< more copies than wanted
  kBad,      ///< known to be bad, and good ones suffice
};

/// Replicas that are to be deleted, per storage: first waiting, then ordered, until the datanode
/// says that they are gone. Such a replica never counts as a copy. An order that is not confirmed
/// in `retry_after` is given again. Not thread-safe.
class InvalidationQueue {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  /// One replica that is to go.
  struct Deletion {
    Block replica;  ///< with the stamp that the datanode really has (HDFS-16664)
    DeletionCause cause = DeletionCause::kNoOwner;
    bool ordered = false;
    bool seen = false;  ///< scratch of a full report
  };

  explicit InvalidationQueue(std::chrono::milliseconds retry_after) : retry_after_(retry_after) {}

  /// A repeat with a newer stamp or another cause replaces, and waits anew.
  void Add(StorageIndex storage, const Block& replica, DeletionCause cause);
  /// The replica is gone, or is to live after all.
  bool Remove(StorageIndex storage, BlockId block);
  Deletion* Find(StorageIndex storage, BlockId block);
  const Deletion* Find(StorageIndex storage, BlockId block) const;
  bool HasAny(StorageIndex storage) const;

  /// Up to `limit` replicas of the storage to order now. `may` is asked for each, and may not
  /// change the queue; those it refuses are dropped from it and put into `refused`.
  std::vector<Block> Take(StorageIndex storage, size_t limit, SteadyTime now,
                          const std::function<bool(const Deletion&)>& may,
                          std::vector<Deletion>* refused);

  /// A full report of the storage begins: nothing is seen.
  void BeginReport(StorageIndex storage);
  /// The full report is read: what it did not list is gone, what was ordered and is still there is
  /// ordered again.
  void EndReport(StorageIndex storage);
  /// The storage is gone.
  void Clear(StorageIndex storage);

  /// Replicas in it.
  size_t size() const { return size_; }
  size_t size(StorageIndex storage) const;

 private:
  /// The deletions of one storage: all, those not ordered yet, those ordered by age.
  struct Line {
    std::unordered_map<int64_t, Deletion> deletions;
    std::deque<int64_t> waiting;
    std::deque<std::pair<SteadyTime, int64_t>> ordered;
  };
  Line* LineOf(StorageIndex storage);

  const std::chrono::milliseconds retry_after_;
  std::unordered_map<uint32_t, Line> lines_;
  size_t size_ = 0;
};

}  // namespace tusk::dfs::namenode
