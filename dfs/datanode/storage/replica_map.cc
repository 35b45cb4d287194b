#include "dfs/datanode/storage/replica_map.h"

namespace tusk::dfs::datanode {

ReplicaFacts Replica::Facts() const {
  ReplicaFacts facts{.block = block,
                     .state = state,
                     .acked = block.length,
                     .recovery_id = recovery_id,
                     .recovered_from = recovered_from};
  if (live != nullptr) {
    const LiveReplica::Progress progress = live->progress();
    facts.block.length = progress.on_disk;
    facts.acked = progress.acked;
  }
  return facts;
}

std::optional<Replica> ReplicaMap::Find(BlockId id) const {
  MutexLock lock(mutex_);
  const auto found = replicas_.find(id);
  if (found == replicas_.end()) return {};
  return found->second;
}

bool ReplicaMap::Insert(const Replica& replica) {
  MutexLock lock(mutex_);
  return replicas_.emplace(replica.block.id, replica).second;
}

void ReplicaMap::Put(const Replica& replica) {
  MutexLock lock(mutex_);
  replicas_[replica.block.id] = replica;
}

bool ReplicaMap::Erase(BlockId id) {
  MutexLock lock(mutex_);
  return replicas_.erase(id) > 0;
}

void ReplicaMap::EraseVolume(uint32_t volume) {
  MutexLock lock(mutex_);
  std::erase_if(replicas_, [volume](const auto& item) { return item.second.volume == volume; });
}

size_t ReplicaMap::size() const {
  MutexLock lock(mutex_);
  return replicas_.size();
}

std::vector<Replica> ReplicaMap::OfVolume(uint32_t volume) const {
  std::vector<Replica> result;
  MutexLock lock(mutex_);
  for (const auto& [id, replica] : replicas_) {
    if (replica.volume == volume) result.push_back(replica);
  }
  return result;
}

uint64_t ReplicaMap::CountOnVolume(uint32_t volume) const {
  uint64_t count = 0;
  MutexLock lock(mutex_);
  for (const auto& [id, replica] : replicas_) count += replica.volume == volume ? 1 : 0;
  return count;
}

}  // namespace tusk::dfs::datanode
