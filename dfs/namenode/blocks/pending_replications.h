#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/namenode/datanodes/datanode_id.h"

namespace tusk::dfs::namenode {

/// Copies that were ordered, or that the last pipeline of a block still owes, and have not been
/// reported yet. Not thread-safe.
class PendingReplications {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  /// Where a copy is expected.
  struct Target {
    StorageIndex storage;
    uint64_t bytes = 0;    ///< what was reserved on it
    bool written = false;  ///< by a pipeline that acknowledged it: just the report is under way
  };

  /// `storage` will get the block. False when it was expected there already.
  bool Add(BlockId block, Target target, SteadyTime now);
  /// The copy arrived, or cannot arrive any more: the target, or nothing if none was expected.
  bool Remove(BlockId block, StorageIndex storage, Target* removed);
  /// The block is gone: what was expected of it.
  std::vector<Target> RemoveBlock(BlockId block);
  /// Takes out what was ordered before `before`.
  std::vector<std::pair<BlockId, std::vector<Target>>> TakeExpired(SteadyTime before);
  /// Takes out everything expected on a storage: the blocks and what was reserved.
  std::vector<std::pair<BlockId, Target>> TakeStorage(StorageIndex storage);

  uint32_t Count(BlockId block) const;
  /// Where copies of the block are expected.
  std::vector<StorageIndex> Targets(BlockId block) const;
  /// Blocks with a copy on its way.
  size_t size() const { return blocks_.size(); }

 private:
  /// The copies of one block that are under way.
  struct Pending {
    std::vector<Target> targets;
    SteadyTime since;
  };
  std::unordered_map<int64_t, Pending> blocks_;
  std::deque<std::pair<SteadyTime, int64_t>> by_age_;
};

}  // namespace tusk::dfs::namenode
