#include "dfs/datanode/stored_replicas.h"

#include <map>
#include <utility>

#include "common/log/logger.h"

namespace tusk::dfs::datanode {

namespace {

constexpr std::string_view kModule = "datanode";

void InvalidateAll(BlockStore& store, const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    const Status deleted = store.Invalidate(block);
    if (!deleted.ok()) LOG_WARN(kModule, "not deleted: {}", deleted.ToString());
  }
}

}  // namespace

std::vector<StorageState> StoredReplicas::Storages() const {
  std::vector<StorageState> storages;
  for (const auto& volume : store_.volumes().volumes()) {
    StorageState& storage = storages.emplace_back();
    storage.id = volume->storage_id();
    storage.type = volume->type();
    storage.failed = volume->failed();
    storage.capacity = volume->capacity();
    storage.dfs_used = volume->used();
    storage.remaining = volume->remaining();
  }
  return storages;
}

std::vector<ReportedReplica> StoredReplicas::ListReplicas(const std::string& storage_id) const {
  std::vector<ReportedReplica> reported;
  for (const auto& volume : store_.volumes().volumes()) {
    if (volume->storage_id() != storage_id) continue;
    const std::vector<Replica> replicas = store_.ReportOf(volume->index());
    reported.reserve(replicas.size());
    // The numbers of both enums are Hadoop's; temporary replicas are not in the list.
    for (const Replica& replica : replicas) {
      reported.push_back({replica.block, static_cast<ReportedState>(replica.state)});
    }
  }
  return reported;
}

void StoredReplicas::Invalidate(std::span<const Block> blocks) {
  std::map<Volume*, std::vector<Block>> by_volume;
  for (const Block& block : blocks) {
    const Result<Volume*> volume = store_.VolumeOf(block.id);
    if (volume.ok()) by_volume[*volume].push_back(block);
  }
  for (auto& [volume, doomed] : by_volume) {
    const size_t count = doomed.size();
    BlockStore* store = &store_;
    const Status posted =
        volume->pool().Post([store, doomed = std::move(doomed)] { InvalidateAll(*store, doomed); });
    // The next full report names them again, and the namenode orders again.
    if (!posted.ok()) {
      LOG_WARN(kModule, "deletion left replicas={} volume={} error={}", count, volume->path(),
               posted.ToString());
    }
  }
}

}  // namespace tusk::dfs::datanode
