#include "dfs/namenode/blocks/replication_monitor.h"

#include <algorithm>
#include <utility>

namespace tusk::dfs::namenode {

void ReplicationMonitor::RetryExpired() {
  const auto before = ledger_.now - ledger_.options.pending_timeout;
  for (const auto& [block, targets] : ledger_.pending.TakeExpired(before)) {
    for (const PendingReplications::Target& target : targets) {
      ledger_.Release(target.storage, target.bytes);
    }
    if (BlockEntry* entry = ledger_.map.Find(block)) ledger_.Reassess(*entry);
  }
}

NodeIndex ReplicationMonitor::PickSource(const BlockEntry& entry, bool urgent) {
  const uint32_t limit =
      urgent ? ledger_.options.max_streams_hard_limit : ledger_.options.max_streams;
  NodeIndex best = kNoNode;
  size_t best_load = 0;
  size_t equals = 0;
  for (uint32_t replica : ledger_.map.Replicas(entry)) {
    const NodeIndex index = ledger_.registry.storage(StorageIndex(replica)).node;
    const DatanodeState& node = ledger_.registry.node(index);
    if (!node.live) continue;
    const auto queued = transfers_.find(index.value());
    size_t load = queued == transfers_.end() ? 0 : queued->second.size();
    load += node.transfers_in_progress;
    if (load >= limit) continue;
    if (ledger_.IsStale(node)) load += limit;  // only when nobody else can
    if (best == kNoNode || load < best_load) {
      best = index;
      best_load = load;
      equals = 1;
    } else if (load == best_load && ledger_.random.Below(++equals) == 0) {
      best = index;
    }
  }
  return best;
}

bool ReplicationMonitor::ScheduleOne(BlockEntry& entry, Urgency urgency) {
  const BlockId id = entry.block_id();
  const NodeIndex source = PickSource(entry, urgency == Urgency::kHighest);
  if (source == kNoNode) return false;
  PlacementInput input;
  input.new_block = false;
  input.writer = source;
  input.block_size = entry.length;
  input.stale_before = ledger_.now - ledger_.options.stale_interval;
  const auto holds = [&](StorageIndex storage) {
    input.chosen.push_back(ledger_.registry.storage(storage).node);
  };
  for (uint32_t replica : ledger_.map.Replicas(entry)) holds(StorageIndex(replica));
  for (StorageIndex target : ledger_.pending.Targets(id)) holds(target);
  const size_t counted = input.chosen.size();
  if (urgency == Urgency::kBadlyPlaced) {
    input.wanted = 1;
  } else {
    if (counted >= entry.wanted) return false;
    input.wanted = static_cast<uint16_t>(entry.wanted - counted);
  }
  // A datanode cannot take a copy beside a bad one, nor beside one that it is to delete.
  for (const CorruptReplicas::Replica& bad : ledger_.corrupt.Of(id)) {
    input.excluded.push_back(ledger_.registry.storage(bad.storage).node);
  }
  Transfer transfer{id,
                    ledger_.placement->Choose(ledger_.registry, input, ledger_.random, nullptr)};
  std::erase_if(transfer.targets,
                [&](StorageIndex target) { return ledger_.deletions.Find(target, id) != nullptr; });
  if (transfer.targets.empty()) return false;
  if (urgency == Urgency::kBadlyPlaced) {
    std::vector<uint32_t> would_be(ledger_.map.Replicas(entry).begin(),
                                   ledger_.map.Replicas(entry).end());
    would_be.push_back(transfer.targets[0].value());
    if (!ledger_.placement->IsSpread(ledger_.registry, would_be, entry.wanted)) return false;
  }
  for (StorageIndex target : transfer.targets) {
    if (ledger_.pending.Add(id, {target, entry.length}, ledger_.now)) {
      ledger_.Reserve(target, entry.length);
    }
  }
  transfers_[source.value()].push_back(std::move(transfer));
  ++waiting_;
  return true;
}

size_t ReplicationMonitor::Schedule() {
  if (!ledger_.work_enabled) return 0;
  size_t ordered = 0;
  const size_t limit = ledger_.registry.live().size() * ledger_.options.work_per_node;
  for (BlockId id : ledger_.queue.Take(limit)) {
    BlockEntry* entry = ledger_.map.Find(id);
    if (entry == nullptr || !entry->is_fixed()) continue;
    const bool spread =
        ledger_.placement->IsSpread(ledger_.registry, ledger_.map.Replicas(*entry), entry->wanted);
    const auto urgency =
        JudgeUrgency(entry->replica_count, ledger_.pending.Count(id), entry->wanted, spread);
    if (!urgency) continue;
    if (*urgency != Urgency::kMissing && ScheduleOne(*entry, *urgency)) ++ordered;
    // Still lacking, or not to be helped now: behind the others.
    const auto rest =
        JudgeUrgency(entry->replica_count, ledger_.pending.Count(id), entry->wanted, spread);
    if (rest) ledger_.queue.Put(id, *rest);
  }
  return ordered;
}

void ReplicationMonitor::FillOrders(NodeIndex node, HeartbeatOrders* orders) {
  FillRecoveries(node, orders);
  if (!ledger_.work_enabled) return;
  FillTransfers(node, orders);
  FillDeletions(node, orders);
}

void ReplicationMonitor::FillTransfers(NodeIndex node, HeartbeatOrders* orders) {
  const auto found = transfers_.find(node.value());
  if (found == transfers_.end()) return;
  const uint32_t busy = ledger_.registry.node(node).transfers_in_progress;
  const uint32_t limit = ledger_.options.max_streams_hard_limit;
  size_t room = busy < limit ? limit - busy : 0;
  std::vector<Transfer>& waiting = found->second;
  size_t taken = 0;
  for (; taken < waiting.size() && room > 0; ++taken) {
    const BlockEntry* entry = ledger_.map.Find(waiting[taken].block);
    if (entry == nullptr) continue;
    TransferOrder order;
    order.block = entry->block();
    for (StorageIndex target : waiting[taken].targets) {
      const bool wanted =
          ledger_.registry.NodeOf(target).live && !ledger_.map.HasReplica(*entry, target);
      if (wanted) order.targets.push_back(ledger_.TargetOf(target));
    }
    if (order.targets.empty()) continue;
    orders->transfers.push_back(std::move(order));
    --room;
  }
  waiting.erase(waiting.begin(), waiting.begin() + static_cast<ptrdiff_t>(taken));
  waiting_ -= taken;
  if (waiting.empty()) transfers_.erase(found);
}

void ReplicationMonitor::FillDeletions(NodeIndex node, HeartbeatOrders* orders) {
  const auto may = [this](const InvalidationQueue::Deletion& deletion) {
    return ledger_.MayDelete(deletion);
  };
  for (StorageIndex storage : ledger_.registry.node(node).storages) {
    // Not before the storage's first full report: until then the namenode knows too little (C8).
    if (!ledger_.registry.storage(storage).fully_reported) continue;
    if (!ledger_.deletions.HasAny(storage)) continue;
    const size_t room = ledger_.options.deletions_per_heartbeat - orders->deletions.size();
    std::vector<InvalidationQueue::Deletion> refused;
    const std::vector<Block> taken =
        ledger_.deletions.Take(storage, room, ledger_.now, may, &refused);
    orders->deletions.insert(orders->deletions.end(), taken.begin(), taken.end());
    for (const InvalidationQueue::Deletion& deletion : refused) {
      BlockEntry* entry = ledger_.map.Find(deletion.replica.id);
      if (entry == nullptr) continue;
      const bool good =
          deletion.cause != DeletionCause::kBad &&
          JudgeReplica(entry->state, entry->block(), deletion.replica, ReplicaState::kFinalized)
                  .verdict == ReplicaVerdict::kGood;
      if (good) {
        ledger_.AddGood(*entry, storage);
      } else {
        ledger_.MarkCorrupt(*entry, storage, deletion.replica, "CORRUPTION_REPORTED", true);
      }
    }
  }
}

void ReplicationMonitor::FillRecoveries(NodeIndex node, HeartbeatOrders* orders) {
  const auto found = ledger_.recovery_orders.find(node.value());
  if (found == ledger_.recovery_orders.end()) return;
  const std::vector<BlockId> blocks = std::move(found->second);
  ledger_.recovery_orders.erase(found);
  for (BlockId id : blocks) {
    const BlockEntry* entry = ledger_.map.Find(id);
    if (entry == nullptr || entry->state != BlockState::kUnderRecovery) continue;
    const UnderConstruction& open_block = ledger_.open[id.value()];
    if (open_block.primary != node) continue;  // superseded
    RecoveryOrder order;
    order.block = entry->block();
    order.recovery_id = open_block.recovery_id;
    for (const ExpectedReplica& expected : open_block.replicas) {
      if (ledger_.registry.NodeOf(expected.storage).live) {
        order.replicas.push_back(ledger_.TargetOf(expected.storage));
      }
    }
    if (!order.replicas.empty()) orders->recoveries.push_back(std::move(order));
  }
}

void ReplicationMonitor::DropNode(NodeIndex node) {
  const auto found = transfers_.find(node.value());
  if (found == transfers_.end()) return;
  std::vector<Transfer> lost = std::move(found->second);
  waiting_ -= lost.size();
  transfers_.erase(found);
  for (const Transfer& transfer : lost) {
    for (StorageIndex target : transfer.targets) {
      PendingReplications::Target removed;
      if (ledger_.pending.Remove(transfer.block, target, &removed)) {
        ledger_.Release(target, removed.bytes);
      }
    }
    if (BlockEntry* entry = ledger_.map.Find(transfer.block)) ledger_.Reassess(*entry);
  }
}

}  // namespace tusk::dfs::namenode
