#include "dfs/namenode/blocks/block_recovery.h"

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {

Status NoSuchBlock(BlockId block) {
  return Status::Error(StatusCode::kNotFound, "no such block: blk_{}", block);
}

/// The live expected datanode heard last, except for the one that was asked the last time.
NodeIndex PickPrimary(const BlockLedger& ledger, const UnderConstruction& open_block) {
  NodeIndex best = kNoNode;
  NodeIndex last = kNoNode;
  for (const ExpectedReplica& expected : open_block.replicas) {
    const NodeIndex index = ledger.registry.storage(expected.storage).node;
    const DatanodeState& node = ledger.registry.node(index);
    if (!node.live) continue;
    if (index == open_block.primary) {
      last = index;
      continue;
    }
    if (best == kNoNode || node.last_heartbeat > ledger.registry.node(best).last_heartbeat) {
      best = index;
    }
  }
  return best != kNoNode ? best : last;
}

}  // namespace

Result<RecoveryStart> StartBlockRecovery(BlockLedger& ledger, BlockId block,
                                         GenerationStamp recovery_id) {
  BlockEntry* entry = ledger.map.Find(block);
  if (entry == nullptr) return NoSuchBlock(block);
  UnderConstruction& open_block = ledger.open[block.value()];
  const bool running = entry->state == BlockState::kUnderRecovery;
  if (running && ledger.now - open_block.recovery_started < ledger.options.recovery_retry) {
    return Status::Error(StatusCode::kRecoveryInProgress, "blk_{} is being recovered with stamp {}",
                         block, open_block.recovery_id);
  }
  const bool is_newer = recovery_id.value() > entry->generation_stamp &&
                        (!running || recovery_id > open_block.recovery_id);
  if (!is_newer) {
    return Status::Error(
        StatusCode::kFailedPrecondition, "recovery of blk_{} needs a stamp above {}, not {}", block,
        running ? open_block.recovery_id.value() : entry->generation_stamp, recovery_id);
  }
  ASSIGN_OR_RETURN(const BlockState state,
                   NextBlockState(entry->state, BlockEvent::kStartRecovery));
  if (open_block.replicas.empty() && entry->length == 0) return RecoveryStart::kNothingWritten;
  ledger.SetState(*entry, state);
  open_block.recovery_id = recovery_id;
  open_block.recovery_started = ledger.now;
  open_block.primary = PickPrimary(ledger, open_block);
  ++open_block.recovery_tries;
  if (open_block.primary != kNoNode) {
    ledger.recovery_orders[open_block.primary.value()].push_back(block);
  }
  return RecoveryStart::kStarted;
}

Status CheckBlockRecovery(const BlockLedger& ledger, BlockId block, GenerationStamp recovery_id) {
  const BlockEntry* entry = ledger.map.Find(block);
  if (entry == nullptr) return NoSuchBlock(block);
  const auto found = ledger.open.find(block.value());
  if (entry->state != BlockState::kUnderRecovery || found == ledger.open.end()) {
    return Status::Error(StatusCode::kFailedPrecondition, "blk_{} is {}, not being recovered",
                         block, BlockStateName(entry->state));
  }
  if (recovery_id != found->second.recovery_id) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "recovery {} of blk_{} is not the newest, which is {}", recovery_id, block,
                         found->second.recovery_id);
  }
  return Status();
}

Status FinishBlockRecovery(BlockLedger& ledger, BlockId block, GenerationStamp new_stamp,
                           uint64_t new_length, bool close,
                           std::span<const StorageIndex> storages) {
  RETURN_IF_ERROR(CheckBlockRecovery(ledger, block, new_stamp));
  BlockEntry& entry = *ledger.map.Find(block);
  UnderConstruction& open_block = ledger.open[block.value()];
  entry.generation_stamp = new_stamp.value();
  entry.length = new_length;
  open_block.recovery_id = GenerationStamp();
  open_block.primary = kNoNode;
  ledger.SetExpected(entry, open_block, storages, new_stamp);
  if (!close) {
    ledger.SetState(entry, BlockState::kUnderConstruction);
    return Status();
  }
  ASSIGN_OR_RETURN(const BlockState state, NextBlockState(entry.state, BlockEvent::kRecovered));
  ledger.SetState(entry, state);
  open_block.committed_at = ledger.now;
  for (StorageIndex storage : storages) {
    // The primary's word that they finalised it; a report that says otherwise will count.
    if (ledger.registry.NodeOf(storage).live) ledger.AddGood(entry, storage);
  }
  ledger.SettleExpected(entry);
  const bool enough = entry.replica_count >= ledger.options.min_replication;
  if (entry.state == BlockState::kCommitted && enough) {
    ledger.DropOpen(block);
    ledger.SetState(entry, BlockState::kComplete);
    ledger.completed.push_back(block);
    ledger.Reassess(entry);
  }
  return Status();
}

}  // namespace tusk::dfs::namenode
