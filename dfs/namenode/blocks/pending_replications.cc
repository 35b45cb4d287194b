#include "dfs/namenode/blocks/pending_replications.h"

#include <algorithm>
#include <utility>

namespace tusk::dfs::namenode {

bool PendingReplications::Add(BlockId block, Target target, SteadyTime now) {
  Pending& pending = blocks_[block.value()];
  const bool known = std::any_of(pending.targets.begin(), pending.targets.end(),
                                 [&](const Target& t) { return t.storage == target.storage; });
  if (known) return false;
  pending.targets.push_back(target);
  pending.since = now;
  by_age_.emplace_back(now, block.value());
  return true;
}

bool PendingReplications::Remove(BlockId block, StorageIndex storage, Target* removed) {
  const auto found = blocks_.find(block.value());
  if (found == blocks_.end()) return false;
  std::vector<Target>& targets = found->second.targets;
  const auto at = std::find_if(targets.begin(), targets.end(),
                               [&](const Target& t) { return t.storage == storage; });
  if (at == targets.end()) return false;
  *removed = *at;
  targets.erase(at);
  if (targets.empty()) blocks_.erase(found);
  return true;
}

std::vector<PendingReplications::Target> PendingReplications::RemoveBlock(BlockId block) {
  std::vector<Target> targets;
  if (const auto found = blocks_.find(block.value()); found != blocks_.end()) {
    targets = std::move(found->second.targets);
    blocks_.erase(found);
  }
  return targets;
}

std::vector<std::pair<BlockId, std::vector<PendingReplications::Target>>>
PendingReplications::TakeExpired(SteadyTime before) {
  std::vector<std::pair<BlockId, std::vector<Target>>> expired;
  while (!by_age_.empty() && by_age_.front().first < before) {
    const auto found = blocks_.find(by_age_.front().second);
    by_age_.pop_front();
    // A block with a younger order has a younger entry further back.
    if (found == blocks_.end() || found->second.since >= before) continue;
    expired.emplace_back(BlockId(found->first), std::move(found->second.targets));
    blocks_.erase(found);
  }
  return expired;
}

std::vector<std::pair<BlockId, PendingReplications::Target>> PendingReplications::TakeStorage(
    StorageIndex storage) {
  std::vector<std::pair<BlockId, Target>> taken;
  for (const auto& [block, pending] : blocks_) {
    for (const Target& target : pending.targets) {
      if (target.storage == storage) taken.emplace_back(BlockId(block), target);
    }
  }
  Target ignored;
  for (const auto& [block, target] : taken) Remove(block, target.storage, &ignored);
  return taken;
}

uint32_t PendingReplications::Count(BlockId block) const {
  const auto found = blocks_.find(block.value());
  return found == blocks_.end() ? 0 : static_cast<uint32_t>(found->second.targets.size());
}

std::vector<StorageIndex> PendingReplications::Targets(BlockId block) const {
  std::vector<StorageIndex> storages;
  if (const auto found = blocks_.find(block.value()); found != blocks_.end()) {
    for (const Target& target : found->second.targets) storages.push_back(target.storage);
  }
  return storages;
}

}  // namespace tusk::dfs::namenode
