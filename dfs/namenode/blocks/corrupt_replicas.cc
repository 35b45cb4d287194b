#include "dfs/namenode/blocks/corrupt_replicas.h"

#include <algorithm>

namespace tusk::dfs::namenode {

bool CorruptReplicas::Add(BlockId block, const Replica& replica) {
  std::vector<Replica>& replicas = blocks_[block.value()];
  for (Replica& known : replicas) {
    if (known.storage != replica.storage) continue;
    const bool changed = known.reported != replica.reported;
    const bool damaged = known.damaged && !changed;
    known = replica;
    known.damaged = known.damaged || damaged;
    return changed;
  }
  replicas.push_back(replica);
  return true;
}

bool CorruptReplicas::Remove(BlockId block, StorageIndex storage) {
  const auto found = blocks_.find(block.value());
  if (found == blocks_.end()) return false;
  const size_t removed =
      std::erase_if(found->second, [&](const Replica& r) { return r.storage == storage; });
  if (found->second.empty()) blocks_.erase(found);
  return removed > 0;
}

void CorruptReplicas::RemoveBlock(BlockId block) { blocks_.erase(block.value()); }

const CorruptReplicas::Replica* CorruptReplicas::Find(BlockId block, StorageIndex storage) const {
  for (const Replica& replica : Of(block)) {
    if (replica.storage == storage) return &replica;
  }
  return nullptr;
}

const std::vector<CorruptReplicas::Replica>& CorruptReplicas::Of(BlockId block) const {
  if (blocks_.empty()) return none_;
  const auto found = blocks_.find(block.value());
  return found == blocks_.end() ? none_ : found->second;
}

std::vector<BlockId> CorruptReplicas::OnStorage(StorageIndex storage) const {
  std::vector<BlockId> blocks;
  for (const auto& [block, replicas] : blocks_) {
    for (const Replica& replica : replicas) {
      if (replica.storage == storage) blocks.push_back(BlockId(block));
    }
  }
  return blocks;
}

}  // namespace tusk::dfs::namenode
