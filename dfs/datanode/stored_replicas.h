#pragma once

#include <span>
#include <string>
#include <vector>

#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/upstream/replica_source.h"

namespace tusk::dfs::datanode {

/// The block store as the conversation with the namenode sees it. Deletions run in the pool of the
/// volume concerned. Thread-safe.
class StoredReplicas final : public ReplicaSource {
 public:
  /// The store must outlive it.
  explicit StoredReplicas(BlockStore& store) : store_(store) {}

  std::vector<StorageState> Storages() const override;
  std::vector<ReportedReplica> ListReplicas(const std::string& storage_id) const override;
  void Invalidate(std::span<const Block> blocks) override;

 private:
  BlockStore& store_;
};

}  // namespace tusk::dfs::datanode
