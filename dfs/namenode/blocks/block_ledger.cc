#include "dfs/namenode/blocks/block_ledger.h"

#include <algorithm>
#include <utility>

#include "dfs/namenode/blocks/excess_replicas.h"
#include "dfs/namenode/blocks/rack_aware_placement.h"

namespace tusk::dfs::namenode {

BlockLedger::BlockLedger(const BlockManagerOptions& the_options, uint64_t seed)
    : options(the_options),
      random(seed),
      deletions(the_options.pending_timeout),
      placement(std::make_unique<RackAwarePlacement>(
          RackAwarePlacement::Options{.consider_load = the_options.consider_load,
                                      .load_factor = the_options.load_factor,
                                      .avoid_stale = the_options.avoid_stale_for_write})) {}

BlockIdSet& BlockLedger::Held(StorageIndex storage) {
  if (held_.size() <= storage.value()) held_.resize(storage.value() + 1);
  return held_[storage.value()];
}

size_t BlockLedger::HeldCount(StorageIndex storage) const {
  return storage.value() < held_.size() ? held_[storage.value()].size() : 0;
}

uint16_t BlockLedger::RequiredAcks(uint16_t wanted) const {
  const uint16_t safe = std::min(options.min_replicas_ack, wanted);
  const uint16_t ours = registry.live().size() < 2 ? uint16_t{1} : safe;
  return std::max<uint16_t>({options.min_replication, ours, 1});
}

// ---- Blocks --------------------------------------------------------------------------------

void BlockLedger::SetState(BlockEntry& entry, BlockState state) {
  if (entry.state == BlockState::kComplete) --complete_blocks;
  entry.state = state;
  if (state == BlockState::kComplete) ++complete_blocks;
  UpdateSafe(entry);
}

void BlockLedger::UpdateSafe(BlockEntry& entry) {
  const bool safe = entry.state == BlockState::kComplete &&
                    entry.replica_count >= std::max<uint16_t>(options.min_replication, 1);
  if (safe == entry.counted_safe) return;
  entry.counted_safe = safe;
  safe_blocks += safe ? 1 : uint64_t(-1);
}

BlockEntry& BlockLedger::Load(const Block& block, FileId file, uint16_t wanted, BlockState state) {
  const bool is_new = map.Find(block.id) == nullptr;
  BlockEntry& entry = map.Insert(block.id);
  if (is_new) {
    entry.state = BlockState::kUnderConstruction;
    future.erase(block.id.value());
  }
  entry.generation_stamp = block.generation_stamp.value();
  entry.length = block.length;
  entry.file = file.value();
  entry.wanted = wanted;
  if (last_block_id != INT64_MAX) last_block_id = std::max(last_block_id, block.id.value());
  SetState(entry, state);
  return entry;
}

void BlockLedger::Remove(BlockEntry& entry) {
  const BlockId id = entry.block_id();
  const Block block = entry.block();
  for (uint32_t replica : map.Replicas(entry)) {
    Held(StorageIndex(replica)).Erase(id);
    deletions.Add(StorageIndex(replica), block, DeletionCause::kNoOwner);
  }
  for (const CorruptReplicas::Replica& bad : corrupt.Of(id)) {
    deletions.Add(bad.storage, bad.reported, DeletionCause::kNoOwner);
  }
  corrupt.RemoveBlock(id);
  if (const auto found = open.find(id.value()); found != open.end()) {
    for (const ExpectedReplica& expected : found->second.replicas) {
      if (expected.reported) {
        deletions.Add(expected.storage, expected.replica, DeletionCause::kNoOwner);
      }
    }
    DropOpen(id);
  }
  for (const PendingReplications::Target& target : pending.RemoveBlock(id)) {
    Release(target.storage, target.bytes);
  }
  queue.Remove(id);
  map.ClearReplicas(entry);
  SetState(entry, BlockState::kUnderConstruction);
  map.Erase(id);
  completed.push_back(id);
}

void BlockLedger::DropOpen(BlockId block) {
  const auto found = open.find(block.value());
  if (found == open.end()) return;
  for (const ExpectedReplica& expected : found->second.replicas) {
    Release(expected.storage, expected.reserved);
  }
  open.erase(found);
}

void BlockLedger::SetExpected(BlockEntry& entry, UnderConstruction& open_block,
                              std::span<const StorageIndex> storages, GenerationStamp keep) {
  std::vector<ExpectedReplica> before = std::move(open_block.replicas);
  open_block.replicas.clear();
  for (StorageIndex storage : storages) {
    if (open_block.Find(storage) != nullptr) continue;
    ExpectedReplica expected;
    expected.storage = storage;
    for (const ExpectedReplica& old : before) {
      if (old.storage == storage && old.reported && old.replica.generation_stamp >= keep) {
        expected = old;
        expected.reserved = 0;
      }
    }
    if (!expected.reported || expected.state != ReplicaState::kFinalized) {
      const uint64_t known = std::min(entry.length, open_block.block_size);
      expected.reserved = open_block.block_size - known;
      Reserve(storage, expected.reserved);
    }
    open_block.replicas.push_back(expected);
  }
  for (const ExpectedReplica& old : before) Release(old.storage, old.reserved);
}

void BlockLedger::SettleExpected(BlockEntry& entry) {
  const auto found = open.find(entry.id);
  if (found == open.end()) return TryComplete(entry);
  const std::vector<ExpectedReplica> replicas = found->second.replicas;
  const uint64_t reopened_length = found->second.reopened_length;
  for (const ExpectedReplica& expected : replicas) {
    if (!expected.reported) continue;
    // Not every client takes a new stamp to append: this was reported before it wrote.
    const bool outdated = expected.state == ReplicaState::kFinalized &&
                          expected.replica.generation_stamp == entry.block().generation_stamp &&
                          expected.replica.length == reopened_length &&
                          reopened_length < entry.length;
    if (outdated) continue;
    const ReplicaJudgement judgement =
        JudgeReplica(entry.state, entry.block(), expected.replica, expected.state);
    if (judgement.verdict == ReplicaVerdict::kGood) {
      AddGood(entry, expected.storage);
    } else if (judgement.verdict == ReplicaVerdict::kCorrupt) {
      MarkCorrupt(entry, expected.storage, expected.replica, judgement.reason, false);
    }
  }
  TryComplete(entry);
}

void BlockLedger::TryComplete(BlockEntry& entry) {
  if (entry.state != BlockState::kCommitted) return;
  if (entry.replica_count < RequiredAcks(entry.wanted)) return;
  const BlockId id = entry.block_id();
  SetState(entry, BlockState::kComplete);
  if (const auto found = open.find(entry.id); found != open.end()) {
    for (const ExpectedReplica& expected : found->second.replicas) {
      const bool owed = registry.NodeOf(expected.storage).live &&
                        !map.HasReplica(entry, expected.storage) &&
                        corrupt.Find(id, expected.storage) == nullptr;
      if (owed && pending.Add(id, {expected.storage, entry.length, true}, now)) {
        Reserve(expected.storage, entry.length);
      }
    }
    DropOpen(id);
  }
  completed.push_back(id);
  Reassess(entry);
}

// ---- Replicas ------------------------------------------------------------------------------

void BlockLedger::AddGood(BlockEntry& entry, StorageIndex storage) {
  const BlockId id = entry.block_id();
  PendingReplications::Target arrived;
  if (pending.Remove(id, storage, &arrived)) Release(storage, arrived.bytes);
  if (const auto found = open.find(entry.id); found != open.end()) {
    if (ExpectedReplica* expected = found->second.Find(storage)) {
      Release(storage, std::exchange(expected->reserved, 0));
    }
  }
  corrupt.Remove(id, storage);
  if (!map.AddReplica(entry, storage)) return;
  Held(storage).Insert(id);
  UpdateSafe(entry);
  if (entry.state == BlockState::kCommitted) {
    TryComplete(entry);
  } else {
    Reassess(entry);
  }
}

bool BlockLedger::RemoveGood(BlockEntry& entry, StorageIndex storage) {
  if (!map.RemoveReplica(entry, storage)) return false;
  Held(storage).Erase(entry.block_id());
  UpdateSafe(entry);
  Reassess(entry);
  return true;
}

void BlockLedger::MarkCorrupt(BlockEntry& entry, StorageIndex storage, const Block& reported,
                              std::string_view reason, bool damaged) {
  const BlockId id = entry.block_id();
  PendingReplications::Target failed;
  if (pending.Remove(id, storage, &failed)) Release(storage, failed.bytes);
  corrupt.Add(id, {.storage = storage, .reported = reported, .reason = reason, .damaged = damaged});
  if (!RemoveGood(entry, storage)) Reassess(entry);
}

void BlockLedger::ForgetReplica(BlockId block, StorageIndex storage) {
  deletions.Remove(storage, block);
  future.erase(block.value());
  BlockEntry* entry = map.Find(block);
  if (entry == nullptr) return;
  corrupt.Remove(block, storage);
  if (const auto found = open.find(block.value()); found != open.end()) {
    if (ExpectedReplica* expected = found->second.Find(storage)) expected->reported = false;
  }
  if (!RemoveGood(*entry, storage)) Reassess(*entry);
}

void BlockLedger::ForgetStorage(StorageIndex storage) {
  const std::vector<BlockId> blocks = Held(storage).Members();
  // Emptied first: the entries then only lose one of their numbers.
  for (BlockId block : blocks) {
    if (BlockEntry* entry = map.Find(block)) RemoveGood(*entry, storage);
  }
  Held(storage).Clear();
  for (BlockId block : corrupt.OnStorage(storage)) {
    corrupt.Remove(block, storage);
    if (BlockEntry* entry = map.Find(block)) Reassess(*entry);
  }
  deletions.Clear(storage);
  for (const auto& [block, target] : pending.TakeStorage(storage)) {
    Release(storage, target.bytes);
    if (BlockEntry* entry = map.Find(block)) Reassess(*entry);
  }
  registry.storage(storage).fully_reported = false;
  for (auto& [id, open_block] : open) {
    if (ExpectedReplica* expected = open_block.Find(storage)) expected->reported = false;
  }
}

// ---- What to do about it -------------------------------------------------------------------

void BlockLedger::Reassess(BlockEntry& entry) {
  if (!work_enabled) return;
  const BlockId id = entry.block_id();
  // A committed block that waits for its second copy needs it as much as a complete one.
  const bool fixed =
      entry.state == BlockState::kComplete ||
      (entry.state == BlockState::kCommitted && entry.replica_count > 0 && queue.Contains(id));
  if (!fixed) {
    queue.Remove(id);
    return;
  }
  const bool spread = placement->IsSpread(registry, map.Replicas(entry), entry.wanted);
  const auto urgency = JudgeUrgency(entry.replica_count, pending.Count(id), entry.wanted, spread);
  if (urgency) {
    queue.Put(id, *urgency);
  } else {
    queue.Remove(id);
  }
  if (entry.replica_count > entry.wanted) TrimSurplus(entry);
  if (entry.replica_count > 0 && !corrupt.Of(id).empty()) DeleteCorrupt(entry);
}

void BlockLedger::TrimSurplus(BlockEntry& entry) {
  std::vector<ExcessCandidate> sure;
  for (uint32_t replica : map.Replicas(entry)) {
    const StorageIndex at(replica);
    // Its own word since it registered: neither counted nor dropped on an echo (C8, HDFS-16964).
    if (!registry.storage(at).fully_reported) continue;
    const DatanodeState& node = registry.NodeOf(at);
    sure.push_back({.storage = at,
                    .node = registry.storage(at).node,
                    .rack = node.rack,
                    .stale = IsStale(node),
                    .hinted = false,
                    .remaining = node.info->remaining});
  }
  if (sure.size() <= entry.wanted) return;
  const Block block = entry.block();
  const size_t surplus = sure.size() - entry.wanted;
  for (StorageIndex drop : ChooseExcess(std::move(sure), surplus)) {
    map.RemoveReplica(entry, drop);
    Held(drop).Erase(block.id);
    deletions.Add(drop, block, DeletionCause::kSurplus);
  }
  UpdateSafe(entry);
}

bool BlockLedger::HasRoomElsewhere(const BlockEntry& entry) const {
  const auto replicas = map.Replicas(entry);
  constexpr size_t kMoreThanCanHold = 64;
  if (registry.live().size() > replicas.size() + kMoreThanCanHold) return true;
  size_t holders = 0;
  for (NodeIndex node : registry.live()) {
    for (StorageIndex storage : registry.node(node).storages) {
      const bool holds =
          std::find(replicas.begin(), replicas.end(), storage.value()) != replicas.end() ||
          corrupt.Find(entry.block_id(), storage) != nullptr ||
          deletions.Find(storage, entry.block_id()) != nullptr;
      if (!holds) continue;
      ++holders;
      break;
    }
  }
  return holders < registry.live().size();
}

void BlockLedger::DeleteCorrupt(BlockEntry& entry) {
  const BlockId id = entry.block_id();
  // Bad copies stay until the good ones suffice; but where every datanode holds a copy, good or
  // bad, a bad one has to make room for its own replacement.
  const bool enough = entry.replica_count >= entry.wanted;
  if (!enough && (pending.Count(id) > 0 || HasRoomElsewhere(entry))) return;
  const std::vector<CorruptReplicas::Replica> bad = corrupt.Of(id);
  for (const CorruptReplicas::Replica& replica : bad) {
    if (!registry.NodeOf(replica.storage).live) continue;
    corrupt.Remove(id, replica.storage);
    deletions.Add(replica.storage, replica.reported, DeletionCause::kBad);
    if (!enough) break;
  }
}

bool BlockLedger::MayDelete(const InvalidationQueue::Deletion& deletion) const {
  const BlockEntry* entry = map.Find(deletion.replica.id);
  if (entry == nullptr) return true;
  switch (deletion.cause) {
    case DeletionCause::kNoOwner:
      return false;  // it has an owner (again)
    case DeletionCause::kSurplus:
      return entry->replica_count >= std::max<uint16_t>(entry->wanted, 1);
    case DeletionCause::kBad:
      return entry->replica_count > 0;
  }
  return false;
}

// ---- Reservations, answers -----------------------------------------------------------------

void BlockLedger::Reserve(StorageIndex storage, uint64_t bytes) {
  StorageState& state = registry.storage(storage);
  state.scheduled_bytes += bytes;
  if (bytes > 0) ++state.scheduled_blocks;
}

void BlockLedger::Release(StorageIndex storage, uint64_t bytes) {
  StorageState& state = registry.storage(storage);
  state.scheduled_bytes -= std::min(state.scheduled_bytes, bytes);
  if (bytes > 0 && state.scheduled_blocks > 0) --state.scheduled_blocks;
}

bool BlockLedger::IsStale(const DatanodeState& node) const {
  return now - node.last_heartbeat > options.stale_interval;
}

StorageTarget BlockLedger::TargetOf(StorageIndex storage) const {
  const StorageState& state = registry.storage(storage);
  return {registry.node(state.node).info, state.id, state.usage.type};
}

}  // namespace tusk::dfs::namenode
