#include "dfs/namenode/blocks/block_manager.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/time/clock.h"
#include "dfs/namenode/blocks/block_ledger.h"
#include "dfs/namenode/blocks/block_manager_call.h"
#include "dfs/namenode/blocks/block_recovery.h"
#include "dfs/namenode/blocks/block_report_processor.h"
#include "dfs/namenode/blocks/replication_monitor.h"
#include "dfs/namenode/datanodes/heartbeat_monitor.h"
#include "dfs/namenode/datanodes/rack_resolver.h"

namespace tusk::dfs::namenode {

namespace {

Status NoSuchBlock(BlockId block) {
  return Status::Error(StatusCode::kNotFound, "no such block: blk_{}", block);
}

}  // namespace

BlockManager::BlockManager(BlockManagerOptions options, const Clock& clock, RackResolver& racks,
                           uint64_t seed)
    : options_(options),
      clock_(clock),
      racks_(racks),
      ledger_(std::make_unique<BlockLedger>(options, seed)),
      reports_(std::make_unique<BlockReportProcessor>(*ledger_)),
      monitor_(std::make_unique<ReplicationMonitor>(*ledger_)),
      heartbeats_(std::make_unique<HeartbeatMonitor>(options.stale_interval, options.DeadAfter(),
                                                     options.redundancy_interval)) {}

BlockManager::~BlockManager() = default;

void BlockManager::ReadClock() const {
  ledger_->now = clock_.SteadyNow();
  ledger_->wall_ms = clock_.WallMillis();
}

std::vector<std::function<void()>> BlockManager::TakeNotifications() {
  std::vector<std::function<void()>> notifications;
  for (BlockId block : std::exchange(ledger_->completed, {})) {
    const auto found = waiters_.find(block.value());
    if (found == waiters_.end()) continue;
    for (Waiter& waiter : found->second) {
      waiter_blocks_.erase(waiter.token);
      notifications.push_back(std::move(waiter.notify));
    }
    waiters_.erase(found);
  }
  return notifications;
}

// ---- Start-up, safe mode -------------------------------------------------------------------

void BlockManager::SetIdentity(ClusterIdentity identity) {
  MutexLock lock(mutex_);
  ledger_->registry.SetIdentity(std::move(identity));
}

ClusterIdentity BlockManager::identity() const {
  MutexLock lock(mutex_);
  return ledger_->registry.identity();
}

void BlockManager::LoadBlock(const StoredBlock& stored) {
  Call call(*this);
  BlockState state = BlockState::kUnderConstruction;
  if (stored.complete) {
    state = BlockState::kComplete;
  } else if (stored.committed) {
    state = BlockState::kCommitted;
  }
  BlockEntry& entry = ledger_->Load(stored.block, stored.file, stored.replication, state);
  ledger_->DropOpen(stored.block.id);
  if (!stored.complete) {
    UnderConstruction& open_block = ledger_->open[stored.block.id.value()];
    open_block.block_size = stored.block_size;
    open_block.committed_at = ledger_->now;
    ledger_->TryComplete(entry);
  }
}

void BlockManager::ReserveBlocks(uint64_t blocks) {
  MutexLock lock(mutex_);
  ledger_->map.Reserve(blocks);
}

void BlockManager::SetLastBlockId(BlockId last) {
  MutexLock lock(mutex_);
  ledger_->last_block_id = last.value();
}

SafeModeCounts BlockManager::GetSafeModeCounts() const {
  MutexLock lock(mutex_);
  SafeModeCounts counts;
  counts.total_blocks = ledger_->complete_blocks;
  counts.safe_blocks = ledger_->safe_blocks;
  counts.live_datanodes = static_cast<uint32_t>(ledger_->registry.live().size());
  counts.blocks_in_future = ledger_->future.size();
  for (const auto& [id, length] : ledger_->future) counts.bytes_in_future += length;
  return counts;
}

void BlockManager::EnableWork(bool enabled) {
  Call call(*this);
  if (ledger_->work_enabled == enabled) return;
  ledger_->work_enabled = enabled;
  if (!enabled) return;
  BlockLedger& ledger = *ledger_;
  ledger.map.ForEach([&ledger](BlockEntry& entry) { ledger.Reassess(entry); });
}

// ---- Namespace operations ------------------------------------------------------------------

void BlockManager::AddUnderConstruction(const Block& block, FileId file, uint16_t replication,
                                        uint64_t block_size,
                                        std::span<const StorageTarget> targets) {
  Call call(*this);
  BlockEntry& entry = ledger_->Load(block, file, replication, BlockState::kUnderConstruction);
  UnderConstruction& open_block = ledger_->open[block.id.value()];
  open_block.block_size = block_size;
  std::vector<StorageIndex> storages;
  for (const StorageTarget& target : targets) {
    const NodeIndex node = ledger_->registry.FindByUuid(target.datanode->id.uuid);
    if (node == kNoNode) continue;
    storages.push_back(ledger_->registry.GetStorage(node, *target.storage_id, target.storage_type));
  }
  ledger_->SetExpected(entry, open_block, storages, block.generation_stamp);
}

Status BlockManager::ReopenBlock(const Block& block) {
  Call call(*this);
  BlockEntry* entry = ledger_->map.Find(block.id);
  if (entry == nullptr) return NoSuchBlock(block.id);
  ASSIGN_OR_RETURN(const BlockState state, NextBlockState(entry->state, BlockEvent::kReopen));
  ledger_->SetState(*entry, state);
  UnderConstruction& open_block = ledger_->open[block.id.value()];
  open_block.reopened_length = entry->length;
  std::vector<StorageIndex> storages;
  const auto replicas = ledger_->map.Replicas(*entry);
  for (uint32_t replica : std::vector<uint32_t>(replicas.begin(), replicas.end())) {
    const StorageIndex storage(replica);
    ExpectedReplica& expected = open_block.replicas.emplace_back();
    expected.storage = storage;
    expected.reported = true;
    expected.state = ReplicaState::kFinalized;
    expected.replica = entry->block();
    ledger_->RemoveGood(*entry, storage);
  }
  for (const PendingReplications::Target& target : ledger_->pending.RemoveBlock(block.id)) {
    ledger_->Release(target.storage, target.bytes);
    // It has the replica. An appender that is not told of it asks for another datanode, gets this
    // one, and fails to have the block copied there.
    if (target.written) open_block.replicas.emplace_back().storage = target.storage;
  }
  ledger_->Reassess(*entry);
  return Status();
}

Status BlockManager::CommitBlock(const Block& block) {
  Call call(*this);
  BlockEntry* entry = ledger_->map.Find(block.id);
  if (entry == nullptr) return NoSuchBlock(block.id);
  if (block.generation_stamp.value() != entry->generation_stamp) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "commit of blk_{} with stamp {}, which has stamp {}", block.id,
                         block.generation_stamp, entry->generation_stamp);
  }
  if (entry->is_fixed()) {
    if (block.length == entry->length) return Status();
    return Status::Error(StatusCode::kFailedPrecondition,
                         "commit of blk_{} with {} bytes, which is committed with {} bytes",
                         block.id, block.length, entry->length);
  }
  if (block.length < entry->length) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "commit of blk_{} with {} bytes, of which {} are known already", block.id,
                         block.length, entry->length);
  }
  ASSIGN_OR_RETURN(const BlockState state, NextBlockState(entry->state, BlockEvent::kCommit));
  entry->length = block.length;
  ledger_->SetState(*entry, state);
  ledger_->open[block.id.value()].committed_at = ledger_->now;
  ledger_->SettleExpected(*entry);
  return Status();
}

bool BlockManager::IsMinReplicated(BlockId block) const {
  MutexLock lock(mutex_);
  const BlockEntry* entry = ledger_->map.Find(block);
  return entry != nullptr && entry->state == BlockState::kComplete;
}

uint16_t BlockManager::RequiredAcks(uint16_t wanted) const {
  MutexLock lock(mutex_);
  return ledger_->RequiredAcks(wanted);
}

uint64_t BlockManager::SubscribeMinReplicated(BlockId block, std::function<void()> notify) {
  {
    MutexLock lock(mutex_);
    const BlockEntry* entry = ledger_->map.Find(block);
    if (entry != nullptr && entry->state != BlockState::kComplete) {
      const uint64_t token = next_token_++;
      waiters_[block.value()].push_back({token, std::move(notify)});
      waiter_blocks_[token] = block.value();
      return token;
    }
  }
  notify();
  return 0;
}

void BlockManager::UnsubscribeMinReplicated(uint64_t token) {
  MutexLock lock(mutex_);
  const auto found = waiter_blocks_.find(token);
  if (found == waiter_blocks_.end()) return;
  const auto waiting = waiters_.find(found->second);
  std::erase_if(waiting->second, [&](const Waiter& waiter) { return waiter.token == token; });
  if (waiting->second.empty()) waiters_.erase(waiting);
  waiter_blocks_.erase(found);
}

Status BlockManager::UpdatePipeline(BlockId block, GenerationStamp new_stamp, uint64_t new_length,
                                    std::span<const ReplicaName> pipeline) {
  Call call(*this);
  BlockEntry* entry = ledger_->map.Find(block);
  if (entry == nullptr) return NoSuchBlock(block);
  if (entry->state != BlockState::kUnderConstruction) {
    return Status::Error(StatusCode::kFailedPrecondition, "blk_{} is {}, not being written", block,
                         BlockStateName(entry->state));
  }
  if (new_stamp.value() <= entry->generation_stamp || new_length < entry->length) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "new pipeline of blk_{} with stamp {} and {} bytes, after stamp {} and {} "
                         "bytes",
                         block, new_stamp, new_length, entry->generation_stamp, entry->length);
  }
  entry->generation_stamp = new_stamp.value();
  entry->length = new_length;
  UnderConstruction& open_block = ledger_->open[block.value()];
  // What the nodes that fell out reported stays behind: with its old stamp it is stale now.
  for (const ExpectedReplica& old : open_block.replicas) {
    if (old.reported && old.replica.generation_stamp < new_stamp &&
        old.state == ReplicaState::kFinalized) {
      ledger_->corrupt.Add(block, {.storage = old.storage,
                                   .reported = old.replica,
                                   .reason = "GENSTAMP_MISMATCH",
                                   .damaged = false});
    }
  }
  const std::vector<StorageIndex> storages = Resolve(pipeline);
  for (StorageIndex storage : storages) ledger_->corrupt.Remove(block, storage);
  ledger_->SetExpected(*entry, open_block, storages, new_stamp);
  return Status();
}

void BlockManager::UpdateLength(BlockId block, uint64_t length) {
  MutexLock lock(mutex_);
  BlockEntry* entry = ledger_->map.Find(block);
  if (entry == nullptr || entry->is_fixed()) return;
  entry->length = std::max(entry->length, length);
}

void BlockManager::SetReplication(std::span<const BlockId> blocks, uint16_t replication) {
  Call call(*this);
  for (BlockId block : blocks) {
    BlockEntry* entry = ledger_->map.Find(block);
    if (entry == nullptr || entry->wanted == replication) continue;
    entry->wanted = replication;
    ledger_->TryComplete(*entry);
    ledger_->Reassess(*entry);
  }
}

void BlockManager::ChangeOwner(std::span<const BlockId> blocks, FileId file) {
  MutexLock lock(mutex_);
  for (BlockId block : blocks) {
    if (BlockEntry* entry = ledger_->map.Find(block)) entry->file = file.value();
  }
}

void BlockManager::RemoveBlocks(std::span<const BlockId> blocks) {
  Call call(*this);
  for (BlockId block : blocks) {
    if (BlockEntry* entry = ledger_->map.Find(block)) ledger_->Remove(*entry);
  }
}

std::optional<Block> BlockManager::Find(BlockId block) const {
  MutexLock lock(mutex_);
  const BlockEntry* entry = ledger_->map.Find(block);
  if (entry == nullptr) return std::nullopt;
  return entry->block();
}

FileId BlockManager::OwnerOf(BlockId block) const {
  MutexLock lock(mutex_);
  const BlockEntry* entry = ledger_->map.Find(block);
  return entry == nullptr ? kUnknownFileId : FileId(entry->file);
}

// ---- Recovery of a last block --------------------------------------------------------------

Result<RecoveryStart> BlockManager::StartRecovery(BlockId block, GenerationStamp recovery_id) {
  Call call(*this);
  return StartBlockRecovery(*ledger_, block, recovery_id);
}

Status BlockManager::CheckRecovery(BlockId block, GenerationStamp recovery_id) const {
  MutexLock lock(mutex_);
  return CheckBlockRecovery(*ledger_, block, recovery_id);
}

Status BlockManager::FinishRecovery(BlockId block, GenerationStamp new_stamp, uint64_t new_length,
                                    bool close, std::span<const ReplicaName> storages) {
  Call call(*this);
  return FinishBlockRecovery(*ledger_, block, new_stamp, new_length, close, Resolve(storages));
}

}  // namespace tusk::dfs::namenode
