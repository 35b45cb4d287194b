#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/namenode/datanodes/datanode_id.h"

namespace tusk::dfs::namenode {

/// Replicas that are known to be bad and still exist. They are never served while a good one is
/// there, never copied, and deleted only when good ones suffice. Not thread-safe.
class CorruptReplicas {
 public:
  struct Replica {
    StorageIndex storage;
    Block reported;           ///< with the stamp and length that the datanode really has
    std::string_view reason;  ///< static text
    bool damaged = false;     ///< checksum error: a report that looks good does not clear it
  };

  /// Adds or replaces. Returns false when it was known with the same stamp and length.
  bool Add(BlockId block, const Replica& replica);
  bool Remove(BlockId block, StorageIndex storage);
  void RemoveBlock(BlockId block);
  const Replica* Find(BlockId block, StorageIndex storage) const;
  const std::vector<Replica>& Of(BlockId block) const;
  /// Blocks with a bad replica on this storage.
  std::vector<BlockId> OnStorage(StorageIndex storage) const;
  /// Blocks with at least one bad replica.
  size_t size() const { return blocks_.size(); }

 private:
  std::unordered_map<int64_t, std::vector<Replica>> blocks_;
  const std::vector<Replica> none_;
};

}  // namespace tusk::dfs::namenode
