#include "dfs/datanode/upstream/incremental_report.h"

#include <utility>

namespace tusk::dfs::datanode {

void IncrementalReport::Add(const std::string& storage_id, StorageType type,
                            ReportedChange change) {
  {
    MutexLock lock(mutex_);
    Storage& storage = storages_[storage_id];
    storage.type = type;
    storage.changes[change.block.id] = std::move(change);
  }
  wake_.Set();
}

std::vector<StorageChanges> IncrementalReport::Take() {
  MutexLock lock(mutex_);
  std::vector<StorageChanges> all;
  for (auto& [id, storage] : storages_) {
    StorageChanges& taken = all.emplace_back();
    taken.storage_id = id;
    taken.type = storage.type;
    for (auto& [block, change] : storage.changes) taken.changes.push_back(std::move(change));
  }
  storages_.clear();
  return all;
}

void IncrementalReport::PutBack(std::vector<StorageChanges> changes) {
  MutexLock lock(mutex_);
  for (StorageChanges& storage : changes) {
    Storage& queued = storages_[storage.storage_id];
    queued.type = storage.type;
    for (ReportedChange& change : storage.changes) {
      const BlockId id = change.block.id;
      queued.changes.try_emplace(id, std::move(change));
    }
  }
}

void IncrementalReport::Clear() {
  MutexLock lock(mutex_);
  storages_.clear();
}

size_t IncrementalReport::size() const {
  MutexLock lock(mutex_);
  size_t count = 0;
  for (const auto& [id, storage] : storages_) count += storage.changes.size();
  return count;
}

}  // namespace tusk::dfs::datanode
