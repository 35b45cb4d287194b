// The part of BlockManager that datanodes speak to, and its periodic work.

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/time/clock.h"
#include "dfs/namenode/blocks/block_ledger.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/blocks/block_manager_call.h"
#include "dfs/namenode/blocks/block_report_processor.h"
#include "dfs/namenode/blocks/replication_monitor.h"
#include "dfs/namenode/datanodes/heartbeat_monitor.h"
#include "dfs/namenode/datanodes/rack_resolver.h"

namespace tusk::dfs::namenode {

namespace {

constexpr uint32_t kFatalDiskError = 3;

Status NotRegistered(const DatanodeId& datanode) {
  return Status::Error(StatusCode::kUnavailable, "datanode {} ({}) is not registered",
                       datanode.TransferAddress(), datanode.uuid)
      .WithRemoteClass("org.apache.hadoop.hdfs.protocol.UnregisteredNodeException");
}

}  // namespace

NodeIndex BlockManager::FindRegistered(const DatanodeId& datanode) const {
  const NodeIndex node = ledger_->registry.FindByUuid(datanode.uuid);
  if (node == kNoNode || !ledger_->registry.node(node).live) return kNoNode;
  return node;
}

Result<DatanodeRegistration> BlockManager::Register(DatanodeRegistration registration) {
  {
    MutexLock lock(mutex_);
    RETURN_IF_ERROR(ledger_->registry.CheckRegistration(registration));
  }
  const DatanodeId& id = registration.id;
  const std::string rack = racks_.Resolve({id.TransferAddress(), id.ip_address, id.host_name});
  Call call(*this);
  while (ForgetOneLostStorage()) {
  }
  const DatanodeRegistry::Outcome outcome =
      ledger_->registry.Register(registration, rack, ledger_->now, ledger_->wall_ms);
  for (const NodeIndex node : {outcome.replaced, outcome.node}) {
    if (node == kNoNode) continue;
    // Void until it reports again: it may have lost a disk while it was away.
    monitor_->DropNode(node);
    for (StorageIndex storage : ledger_->registry.node(node).storages) {
      ledger_->ForgetStorage(storage);
    }
  }
  const ClusterIdentity& identity = ledger_->registry.identity();
  registration.cluster_id = identity.cluster_id;
  registration.namespace_id = identity.namespace_id;
  registration.creation_ms = identity.creation_ms;
  registration.layout_version = identity.layout_version;
  return registration;
}

HeartbeatOrders BlockManager::Heartbeat(const DatanodeId& datanode, const HeartbeatReport& report) {
  Call call(*this);
  HeartbeatOrders orders;
  const NodeIndex node = FindRegistered(datanode);
  if (node == kNoNode) {
    orders.register_again = true;
    return orders;
  }
  ledger_->registry.Update(node, report, ledger_->now, ledger_->wall_ms);
  for (const StorageUsage& usage : report.storages) {
    if (!usage.failed) continue;
    const StorageIndex storage = ledger_->registry.FindStorage(node, usage.storage_id);
    if (ledger_->HeldCount(storage) > 0) ledger_->ForgetStorage(storage);
  }
  monitor_->FillOrders(node, &orders);
  if (report.wants_full_report_lease) orders.full_report_lease = next_token_++;
  return orders;
}

Status BlockManager::ProcessFullReport(const DatanodeId& datanode, const StorageName& storage,
                                       ReplicaReader& replicas) {
  Call call(*this);
  const NodeIndex node = FindRegistered(datanode);
  if (node == kNoNode) return NotRegistered(datanode);
  const StorageIndex index = ledger_->registry.GetStorage(node, storage.id, storage.type);
  RETURN_IF_ERROR(reports_->Full(index, replicas));
  size_t blocks = 0;
  for (StorageIndex at : ledger_->registry.node(node).storages) blocks += ledger_->HeldCount(at);
  ledger_->registry.NoteFullReport(node, ledger_->now, ledger_->wall_ms,
                                   static_cast<uint32_t>(blocks));
  return Status();
}

void BlockManager::FinishFullReport(const DatanodeId& datanode,
                                    std::span<const StorageName> storages) {
  Call call(*this);
  const NodeIndex node = FindRegistered(datanode);
  if (node == kNoNode) return;
  for (StorageIndex at : ledger_->registry.node(node).storages) {
    const std::string& id = *ledger_->registry.storage(at).id;
    const bool listed = std::any_of(storages.begin(), storages.end(),
                                    [&](const StorageName& name) { return name.id == id; });
    if (!listed) ledger_->ForgetStorage(at);
  }
}

Status BlockManager::ProcessIncrementalReport(const DatanodeId& datanode,
                                              const StorageName& storage,
                                              std::span<const ReplicaChange> changes) {
  Call call(*this);
  const NodeIndex node = FindRegistered(datanode);
  if (node == kNoNode) return NotRegistered(datanode);
  const StorageIndex index = ledger_->registry.GetStorage(node, storage.id, storage.type);
  for (const ReplicaChange& change : changes) reports_->Incremental(index, change);
  return Status();
}

void BlockManager::ReportBadReplica(const Block& block, const ReplicaName& replica,
                                    std::string_view reason) {
  Call call(*this);
  const NodeIndex node = ledger_->registry.FindByUuid(replica.datanode_uuid);
  if (node == kNoNode) return;
  // Reasons are kept as static text: what a client writes there is not.
  static_cast<void>(reason);
  for (StorageIndex storage : ledger_->registry.node(node).storages) {
    const bool named =
        replica.storage_id.empty() || *ledger_->registry.storage(storage).id == replica.storage_id;
    if (named) reports_->Bad(storage, block, {});
  }
}

Status BlockManager::ReportError(const DatanodeId& datanode, uint32_t code,
                                 std::string_view message) {
  static_cast<void>(message);
  Call call(*this);
  const NodeIndex node = FindRegistered(datanode);
  if (node == kNoNode) return NotRegistered(datanode);
  if (code != kFatalDiskError) return Status();
  ledger_->registry.MarkDead(node);
  monitor_->DropNode(node);
  for (StorageIndex storage : ledger_->registry.node(node).storages) {
    lost_storages_.push_back(storage);
  }
  return Status();
}

// ---- Periodic work -------------------------------------------------------------------------

bool BlockManager::ForgetOneLostStorage() {
  if (lost_storages_.empty()) return false;
  const StorageIndex storage = lost_storages_.back();
  lost_storages_.pop_back();
  if (!ledger_->registry.NodeOf(storage).live) ledger_->ForgetStorage(storage);
  return true;
}

void BlockManager::PushCommitted() {
  // With fewer live datanodes fewer copies may be asked for; and a committed block whose pipeline
  // shrank too far waits for a copy that only we can order.
  constexpr std::chrono::seconds kPatience{1};
  std::vector<BlockId> waiting;
  for (const auto& [id, open_block] : ledger_->open) {
    if (ledger_->now - open_block.committed_at > kPatience) waiting.push_back(BlockId(id));
  }
  for (BlockId id : waiting) {
    BlockEntry* entry = ledger_->map.Find(id);
    if (entry == nullptr || entry->state != BlockState::kCommitted) continue;
    ledger_->TryComplete(*entry);
    if (entry->state != BlockState::kCommitted || entry->replica_count == 0) continue;
    // Its writer waits: after a restart there may be thousands of others that only lack copies.
    if (ledger_->work_enabled && ledger_->pending.Count(id) == 0) ledger_->queue.PutFirst(id);
  }
}

void BlockManager::Tick() {
  {
    Call call(*this);
    for (NodeIndex node : heartbeats_->Check(ledger_->registry, ledger_->now)) {
      ledger_->registry.MarkDead(node);
      monitor_->DropNode(node);
      for (StorageIndex storage : ledger_->registry.node(node).storages) {
        lost_storages_.push_back(storage);
      }
    }
  }
  // One storage at a time, so that the loss of a big datanode stops nobody for long.
  for (bool more = true; more;) {
    Call call(*this);
    more = ForgetOneLostStorage();
  }
  Call call(*this);
  monitor_->RetryExpired();
  PushCommitted();
  monitor_->Schedule();
}

// ---- Reports -------------------------------------------------------------------------------

BlockStats BlockManager::Stats() const {
  MutexLock lock(mutex_);
  ReadClock();
  const DatanodeRegistry& registry = ledger_->registry;
  BlockStats stats;
  for (size_t i = 0; i < registry.node_count(); ++i) {
    const DatanodeState& node = registry.node(NodeIndex(static_cast<uint32_t>(i)));
    if (node.removed) continue;
    if (!node.live) {
      ++stats.dead_datanodes;
      continue;
    }
    ++stats.live_datanodes;
    if (ledger_->IsStale(node)) ++stats.stale_datanodes;
    stats.capacity += node.info->capacity;
    stats.dfs_used += node.info->dfs_used;
    stats.non_dfs_used += node.info->non_dfs_used;
    stats.remaining += node.info->remaining;
    stats.block_pool_used += node.info->block_pool_used;
    stats.xceivers += node.xceiver_count;
    stats.failed_volumes += node.failed_volumes;
  }
  const ReplicationQueue& queue = ledger_->queue;
  stats.blocks = ledger_->map.size();
  stats.missing = queue.size(Urgency::kMissing);
  stats.under_replicated = queue.size() - stats.missing - queue.size(Urgency::kBadlyPlaced);
  stats.highest_priority = queue.size(Urgency::kHighest);
  for (BlockId id : queue.Members(Urgency::kMissing, SIZE_MAX)) {
    const BlockEntry* entry = ledger_->map.Find(id);
    if (entry != nullptr && entry->wanted == 1) ++stats.missing_replication_one;
  }
  stats.corrupt = ledger_->corrupt.size();
  stats.pending_replication = ledger_->pending.size();
  stats.scheduled_replication = monitor_->waiting();
  stats.pending_deletion = ledger_->deletions.size();
  stats.blocks_in_future = ledger_->future.size();
  stats.racks = static_cast<uint32_t>(registry.live_racks());
  return stats;
}

DatanodeReport BlockManager::ReportOf(NodeIndex index) const {
  const DatanodeState& node = ledger_->registry.node(index);
  DatanodeReport report;
  report.info = *node.info;
  report.software_version = node.software_version;
  report.dead = !node.live;
  report.stale = ledger_->IsStale(node);
  report.failed_volumes = node.failed_volumes;
  report.info.block_count = 0;
  for (StorageIndex at : node.storages) {
    const StorageState& storage = ledger_->registry.storage(at);
    report.storages.push_back(storage.usage);
    report.scheduled_blocks += storage.scheduled_blocks;
    report.info.block_count += static_cast<uint32_t>(ledger_->HeldCount(at));
  }
  return report;
}

std::vector<DatanodeReport> BlockManager::GetDatanodeReport(DatanodeReportKind kind) const {
  MutexLock lock(mutex_);
  ReadClock();
  std::vector<DatanodeReport> reports;
  for (size_t i = 0; i < ledger_->registry.node_count(); ++i) {
    const NodeIndex index(static_cast<uint32_t>(i));
    const DatanodeState& node = ledger_->registry.node(index);
    if (node.removed) continue;
    const bool listed = kind == DatanodeReportKind::kAll ||
                        (kind == DatanodeReportKind::kLive && node.live) ||
                        (kind == DatanodeReportKind::kDead && !node.live);
    if (listed) reports.push_back(ReportOf(index));
  }
  return reports;
}

bool BlockManager::AwaitsFirstHeartbeat() const {
  MutexLock lock(mutex_);
  const DatanodeRegistry& registry = ledger_->registry;
  const std::vector<NodeIndex>& live = registry.live();
  return std::any_of(live.begin(), live.end(), [&registry](NodeIndex index) {
    return registry.node(index).info->capacity == 0;
  });
}

}  // namespace tusk::dfs::namenode
