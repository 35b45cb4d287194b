// The part of BlockManager that answers where blocks are and where they should go.

#include <algorithm>
#include <utility>

#include "common/time/clock.h"
#include "dfs/namenode/blocks/block_ledger.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/blocks/block_report_processor.h"
#include "dfs/namenode/blocks/replication_monitor.h"
#include "dfs/namenode/datanodes/heartbeat_monitor.h"
#include "dfs/namenode/datanodes/rack_resolver.h"

namespace tusk::dfs::namenode {

namespace {

/// Pipeline order: from the writer (or the first target) each time on to the nearest one left, so
/// that the block crosses the fewest racks.
void OrderPipeline(const DatanodeRegistry& registry, std::vector<StorageIndex>& targets) {
  for (size_t at = 1; at + 1 < targets.size(); ++at) {
    const RackId from = registry.NodeOf(targets[at - 1]).rack;
    const auto nearest =
        std::min_element(targets.begin() + static_cast<ptrdiff_t>(at), targets.end(),
                         [&](StorageIndex a, StorageIndex b) {
                           return registry.topology().Distance(from, registry.NodeOf(a).rack) <
                                  registry.topology().Distance(from, registry.NodeOf(b).rack);
                         });
    std::iter_swap(targets.begin() + static_cast<ptrdiff_t>(at), nearest);
  }
}

}  // namespace

Result<std::vector<StorageTarget>> BlockManager::ChooseTargets(const PlacementRequest& request) {
  MutexLock lock(mutex_);
  BlockLedger& ledger = *ledger_;
  ReadClock();
  const DatanodeRegistry& registry = ledger.registry;
  PlacementInput input;
  input.wanted = request.replication;
  input.block_size = request.block_size;
  input.avoid_writer = request.no_local_write;
  input.stale_before = ledger.now - options_.stale_interval;
  if (!request.ignore_client_locality && !request.writer_host.empty()) {
    const std::vector<NodeIndex> local = registry.OnHost(request.writer_host);
    if (!local.empty()) {
      input.writer = local[ledger.random.Below(local.size())];
    } else if (const auto rack = racks_.Cached(request.writer_host)) {
      input.has_writer_rack = true;
      input.writer_rack = ledger.registry.topology().Intern(*rack);
    }
  }
  const auto add = [&](const std::vector<std::string>& uuids, std::vector<NodeIndex>* nodes) {
    for (const std::string& uuid : uuids) {
      const NodeIndex node = registry.FindByUuid(uuid);
      if (node != kNoNode) nodes->push_back(node);
    }
  };
  add(request.excluded, &input.excluded);
  add(request.already_chosen, &input.chosen);
  for (const std::string& address : request.favored) {
    const NodeIndex node = registry.FindByAddress(address);
    if (node != kNoNode) input.favored.push_back(node);
  }
  std::string why_not;
  std::vector<StorageIndex> chosen =
      ledger.placement->Choose(registry, input, ledger.random, &why_not);
  const size_t least =
      request.already_chosen.empty() ? ledger.RequiredAcks(request.replication) : 1;
  if (chosen.size() < least) {
    return Status::Error(StatusCode::kNoSpace, "{} can take the block, {} needed: {}",
                         chosen.empty() ? "no datanode" : fmt::format("only {}", chosen.size()),
                         least, why_not);
  }
  if (input.chosen.empty()) OrderPipeline(registry, chosen);
  std::vector<StorageTarget> targets;
  for (StorageIndex storage : chosen) targets.push_back(ledger.TargetOf(storage));
  return targets;
}

void BlockManager::SortByDistance(std::vector<StorageIndex>& storages,
                                  std::string_view reader_host) const {
  if (storages.size() < 2) return;
  BlockLedger& ledger = *ledger_;
  const DatanodeRegistry& registry = ledger.registry;
  ledger.random.Shuffle(std::span<StorageIndex>(storages));
  const std::vector<NodeIndex> local = registry.OnHost(reader_host);
  std::optional<RackId> rack;
  if (!local.empty()) {
    rack = registry.node(local.front()).rack;
  } else if (!reader_host.empty()) {
    if (const auto path = racks_.Cached(reader_host)) {
      rack = ledger.registry.topology().Intern(*path);
    }
  }
  const auto rank = [&](StorageIndex storage) {
    const NodeIndex index = registry.storage(storage).node;
    const DatanodeState& node = registry.node(index);
    uint32_t distance = 0;
    if (std::find(local.begin(), local.end(), index) == local.end()) {
      distance = rack ? registry.topology().Distance(*rack, node.rack) : 1;
    }
    const bool late = options_.avoid_stale_for_read && ledger.IsStale(node);
    return std::make_pair(late, distance);
  };
  std::sort(storages.begin(), storages.end(),
            [&](StorageIndex a, StorageIndex b) { return rank(a) < rank(b); });
}

LocatedReplicas BlockManager::Locate(BlockId block, std::string_view reader_host) const {
  MutexLock lock(mutex_);
  BlockLedger& ledger = *ledger_;
  ReadClock();
  LocatedReplicas located;
  located.block.id = block;
  const BlockEntry* entry = ledger.map.Find(block);
  if (entry == nullptr) return located;
  located.block = entry->block();
  located.complete = entry->state == BlockState::kComplete;
  std::vector<StorageIndex> storages;
  const auto add = [&](StorageIndex storage) {
    const bool live = ledger.registry.NodeOf(storage).live;
    const bool known = std::find(storages.begin(), storages.end(), storage) != storages.end();
    if (live && !known) storages.push_back(storage);
  };
  for (uint32_t replica : ledger.map.Replicas(*entry)) add(StorageIndex(replica));
  if (const auto found = ledger.open.find(block.value()); found != ledger.open.end()) {
    for (const ExpectedReplica& expected : found->second.replicas) {
      if (ledger.corrupt.Find(block, expected.storage) == nullptr) add(expected.storage);
    }
  }
  if (storages.empty()) {
    for (const CorruptReplicas::Replica& bad : ledger.corrupt.Of(block)) add(bad.storage);
    located.corrupt = !storages.empty();
  }
  SortByDistance(storages, reader_host);
  for (StorageIndex storage : storages) located.replicas.push_back(ledger.TargetOf(storage));
  return located;
}

std::vector<StorageIndex> BlockManager::Resolve(std::span<const ReplicaName> names) const {
  BlockLedger& ledger = *ledger_;
  std::vector<StorageIndex> storages;
  for (const ReplicaName& name : names) {
    const NodeIndex node = ledger.registry.FindByUuid(name.datanode_uuid);
    if (node == kNoNode) continue;
    StorageIndex storage = ledger.registry.FindStorage(node, name.storage_id);
    if (storage == kNoStorage && !name.storage_id.empty()) {
      storage = ledger.registry.GetStorage(node, name.storage_id, StorageType::kDisk);
    }
    if (storage == kNoStorage && !ledger.registry.node(node).storages.empty()) {
      storage = ledger.registry.node(node).storages.front();
    }
    if (storage != kNoStorage) storages.push_back(storage);
  }
  return storages;
}

std::vector<StorageTarget> BlockManager::ResolveTargets(std::span<const ReplicaName> names) const {
  MutexLock lock(mutex_);
  BlockLedger& ledger = *ledger_;
  std::vector<StorageTarget> targets;
  for (StorageIndex storage : Resolve(names)) targets.push_back(ledger.TargetOf(storage));
  return targets;
}

BlockHealth BlockManager::GetBlockHealth(BlockId block) const {
  MutexLock lock(mutex_);
  BlockLedger& ledger = *ledger_;
  ReadClock();
  BlockHealth health;
  health.block.id = block;
  const BlockEntry* entry = ledger.map.Find(block);
  if (entry == nullptr) return health;
  health.block = entry->block();
  health.complete = entry->state == BlockState::kComplete;
  health.wanted = entry->wanted;
  health.pending = static_cast<uint16_t>(ledger.pending.Count(block));
  const auto replicas = ledger.map.Replicas(*entry);
  health.badly_placed = !ledger.placement->IsSpread(ledger.registry, replicas, entry->wanted);
  std::vector<RackId> racks;
  for (uint32_t replica : replicas) {
    const StorageIndex storage(replica);
    const DatanodeState& node = ledger.registry.NodeOf(storage);
    if (!node.live) continue;
    ++health.live;
    if (std::find(racks.begin(), racks.end(), node.rack) == racks.end()) racks.push_back(node.rack);
    health.replicas.push_back({ledger.TargetOf(storage), false, ledger.IsStale(node), {}});
  }
  health.racks = static_cast<uint16_t>(racks.size());
  if (const auto found = ledger.open.find(block.value()); found != ledger.open.end()) {
    for (const ExpectedReplica& expected : found->second.replicas) {
      const DatanodeState& node = ledger.registry.NodeOf(expected.storage);
      if (!node.live || ledger.map.HasReplica(*entry, expected.storage)) continue;
      ++health.live;
      health.replicas.push_back(
          {ledger.TargetOf(expected.storage), false, ledger.IsStale(node), {}});
    }
  }
  for (const CorruptReplicas::Replica& bad : ledger.corrupt.Of(block)) {
    ++health.corrupt;
    const DatanodeState& node = ledger.registry.NodeOf(bad.storage);
    health.replicas.push_back(
        {ledger.TargetOf(bad.storage), true, ledger.IsStale(node), std::string(bad.reason)});
  }
  return health;
}

std::vector<BlockId> BlockManager::MissingBlocks(BlockId after, size_t limit) const {
  MutexLock lock(mutex_);
  BlockLedger& ledger = *ledger_;
  std::vector<BlockId> missing = ledger.queue.Members(Urgency::kMissing, SIZE_MAX);
  std::sort(missing.begin(), missing.end());
  const auto first = std::upper_bound(missing.begin(), missing.end(), after);
  missing.erase(missing.begin(), first);
  if (missing.size() > limit) missing.resize(limit);
  return missing;
}

}  // namespace tusk::dfs::namenode
