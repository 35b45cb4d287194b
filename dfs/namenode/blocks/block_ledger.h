#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/random.h"
#include "dfs/namenode/blocks/block_id_set.h"
#include "dfs/namenode/blocks/block_manager_options.h"
#include "dfs/namenode/blocks/block_map.h"
#include "dfs/namenode/blocks/corrupt_replicas.h"
#include "dfs/namenode/blocks/invalidation_queue.h"
#include "dfs/namenode/blocks/pending_replications.h"
#include "dfs/namenode/blocks/placement_policy.h"
#include "dfs/namenode/blocks/replication_queue.h"
#include "dfs/namenode/blocks/storage_target.h"
#include "dfs/namenode/blocks/under_construction.h"
#include "dfs/namenode/datanodes/datanode_registry.h"

namespace tusk::dfs::namenode {

/// All tables of the block side, and the few transitions that keep them consistent. Every change
/// of a replica list goes through here, and ends with `Reassess` of that block, so that queues
/// never disagree with the map.
///
/// Invariants (walked by tests): a storage is in `held` exactly for the blocks that list it as a
/// good replica; no replica is good and to be deleted, or good and bad; a block is in the queue
/// only while its file wants it; `safe_blocks` counts the complete blocks with enough replicas.
///
/// Not thread-safe: owned by BlockManager and guarded by its mutex.
class BlockLedger {
 public:
  BlockLedger(const BlockManagerOptions& options, uint64_t seed);

  const BlockManagerOptions options;
  Random random;
  DatanodeRegistry registry;
  BlockMap map;
  OpenBlocks open;
  CorruptReplicas corrupt;
  ReplicationQueue queue;
  PendingReplications pending;
  InvalidationQueue deletions;
  const std::unique_ptr<PlacementPolicy> placement;
  /// Recoveries that wait for their primary's next heartbeat, by NodeIndex.
  std::unordered_map<uint32_t, std::vector<BlockId>> recovery_orders;
  int64_t last_block_id = INT64_MAX;             ///< ids above are from the future
  std::unordered_map<int64_t, uint64_t> future;  ///< reported ids from the future -> length
  uint64_t complete_blocks = 0;
  uint64_t safe_blocks = 0;
  bool work_enabled = false;
  SteadyTime now{};  ///< set by the manager at the start of each call
  int64_t wall_ms = 0;
  std::vector<BlockId> completed;  ///< became minimally replicated or went away in this call

  /// Blocks that a storage holds good replicas of.
  BlockIdSet& Held(StorageIndex storage);
  size_t HeldCount(StorageIndex storage) const;

  /// Good replicas that a block must have to be complete (C4).
  uint16_t RequiredAcks(uint16_t wanted) const;

  // ---- Blocks ----
  /// Makes or replaces an entry; keeps counts right.
  BlockEntry& Load(const Block& block, FileId file, uint16_t wanted, BlockState state);
  /// Every replica of it is to be deleted, and it is forgotten.
  void Remove(BlockEntry& entry);
  void SetState(BlockEntry& entry, BlockState state);
  /// After the commit: counts what was reported finalised, completes if enough.
  void SettleExpected(BlockEntry& entry);
  /// Committed with enough good replicas: complete. What the pipeline still owes becomes pending.
  void TryComplete(BlockEntry& entry);
  /// The expected storages of an open block from now on; reports with `keep` or a newer stamp stay.
  void SetExpected(BlockEntry& entry, UnderConstruction& open_block,
                   std::span<const StorageIndex> storages, GenerationStamp keep);
  /// Forgets what is known of an open block beyond its entry, and what is reserved for it.
  void DropOpen(BlockId block);

  // ---- Replicas ----
  /// A good finalised replica of a committed or complete block.
  void AddGood(BlockEntry& entry, StorageIndex storage);
  /// It is gone or no longer good. Returns false when it was not listed.
  bool RemoveGood(BlockEntry& entry, StorageIndex storage);
  /// Known to be bad.
  void MarkCorrupt(BlockEntry& entry, StorageIndex storage, const Block& reported,
                   std::string_view reason, bool damaged);
  /// The datanode says that its replica of this block is gone.
  void ForgetReplica(BlockId block, StorageIndex storage);
  /// Everything on the storage is lost or void.
  void ForgetStorage(StorageIndex storage);

  /// Compares what a block has with what it should have: queues the lack, orders surplus and bad
  /// replicas to be deleted. Does nothing before work is enabled.
  void Reassess(BlockEntry& entry);

  // ---- Reservations ----
  void Reserve(StorageIndex storage, uint64_t bytes);
  void Release(StorageIndex storage, uint64_t bytes);

  // ---- Answers ----
  bool IsStale(const DatanodeState& node) const;
  StorageTarget TargetOf(StorageIndex storage) const;
  /// A reported replica may be deleted now; the last check before the order is given.
  bool MayDelete(const InvalidationQueue::Deletion& deletion) const;

 private:
  void UpdateSafe(BlockEntry& entry);
  void TrimSurplus(BlockEntry& entry);
  void DeleteCorrupt(BlockEntry& entry);
  bool HasRoomElsewhere(const BlockEntry& entry) const;

  std::vector<BlockIdSet> held_;  // by StorageIndex
};

}  // namespace tusk::dfs::namenode
