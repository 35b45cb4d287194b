#include "dfs/namenode/datanodes/datanode_registry.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"

namespace tusk::dfs::namenode {

namespace {

constexpr std::string_view kIncorrectVersion =
    "org.apache.hadoop.hdfs.server.common.IncorrectVersionException";
constexpr std::string_view kUnregistered =
    "org.apache.hadoop.hdfs.protocol.UnregisteredNodeException";

int64_t MonotonicMillis(SteadyTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::string HostAddress(const DatanodeId& id) {
  return id.host_name + ":" + std::to_string(id.transfer_port);
}

void EraseIndex(std::vector<NodeIndex>& list, NodeIndex node) {
  const auto found = std::find(list.begin(), list.end(), node);
  if (found == list.end()) return;
  *found = list.back();
  list.pop_back();
}

}  // namespace

Status DatanodeRegistry::CheckRegistration(const DatanodeRegistration& registration) const {
  const DatanodeId& id = registration.id;
  if (id.uuid.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "datanode {} registers without a uuid",
                         id.TransferAddress());
  }
  if (registration.layout_version > 0) {  // Hadoop's layout versions count downwards
    return Status::Error(StatusCode::kFailedPrecondition,
                         "datanode {} reports an impossible layout version {}",
                         id.TransferAddress(), registration.layout_version)
        .WithRemoteClass(kIncorrectVersion);
  }
  if (!registration.cluster_id.empty() && registration.cluster_id != identity_.cluster_id) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "datanode {} belongs to cluster {}, this is cluster {}: its data was "
                         "written under another namenode",
                         id.TransferAddress(), registration.cluster_id, identity_.cluster_id)
        .WithRemoteClass(kUnregistered);
  }
  if (registration.namespace_id != 0 && registration.namespace_id != identity_.namespace_id) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "datanode {} belongs to namespace {}, this is namespace {}",
                         id.TransferAddress(), registration.namespace_id, identity_.namespace_id)
        .WithRemoteClass(kUnregistered);
  }
  return Status();
}

void DatanodeRegistry::Index(NodeIndex index) {
  const DatanodeId& id = node(index).id;
  by_uuid_[id.uuid] = index;
  by_address_[id.TransferAddress()] = index;
  by_address_[HostAddress(id)] = index;
  by_host_[id.ip_address].push_back(index);
  if (id.host_name != id.ip_address) by_host_[id.host_name].push_back(index);
}

void DatanodeRegistry::Unindex(NodeIndex index) {
  const DatanodeId& id = node(index).id;
  by_uuid_.erase(id.uuid);
  for (const std::string& address : {id.TransferAddress(), HostAddress(id)}) {
    const auto found = by_address_.find(address);
    if (found != by_address_.end() && found->second == index) by_address_.erase(found);
  }
  for (const std::string& host : {id.ip_address, id.host_name}) {
    const auto found = by_host_.find(host);
    if (found == by_host_.end()) continue;
    EraseIndex(found->second, index);
    if (found->second.empty()) by_host_.erase(found);
  }
}

void DatanodeRegistry::AddLive(NodeIndex index) {
  DatanodeState& state = node(index);
  if (state.live) return;
  state.live = true;
  live_.push_back(index);
  if (live_by_rack_.size() <= state.rack.value()) live_by_rack_.resize(state.rack.value() + 1);
  std::vector<NodeIndex>& rack = live_by_rack_[state.rack.value()];
  if (rack.empty()) ++live_racks_;
  rack.push_back(index);
  total_xceivers_ += state.xceiver_count;
}

void DatanodeRegistry::RemoveLive(NodeIndex index) {
  DatanodeState& state = node(index);
  if (!state.live) return;
  state.live = false;
  EraseIndex(live_, index);
  std::vector<NodeIndex>& rack = live_by_rack_[state.rack.value()];
  EraseIndex(rack, index);
  if (rack.empty()) --live_racks_;
  total_xceivers_ -= state.xceiver_count;
}

DatanodeRegistry::Outcome DatanodeRegistry::Register(const DatanodeRegistration& registration,
                                                     std::string_view rack_path, SteadyTime now,
                                                     int64_t wall_ms) {
  Outcome outcome;
  const DatanodeId& id = registration.id;
  const NodeIndex at_address = FindByAddress(id.TransferAddress());
  outcome.node = FindByUuid(id.uuid);
  if (at_address != kNoNode && at_address != outcome.node) {
    MarkDead(at_address);
    Unindex(at_address);
    node(at_address).removed = true;
    outcome.replaced = at_address;
  }
  if (outcome.node == kNoNode) {
    outcome.node = NodeIndex(static_cast<uint32_t>(nodes_.size()));
    nodes_.emplace_back();
  } else {
    outcome.known_before = true;
    MarkDead(outcome.node);
    Unindex(outcome.node);
  }
  DatanodeState& state = node(outcome.node);
  state.id = id;
  state.rack = topology_.Intern(rack_path);
  state.software_version = registration.software_version;
  state.last_heartbeat = now;
  state.transfers_in_progress = 0;
  Index(outcome.node);
  AddLive(outcome.node);
  Publish(outcome.node, now, wall_ms);
  return outcome;
}

void DatanodeRegistry::Publish(NodeIndex index, SteadyTime now, int64_t wall_ms) {
  DatanodeState& state = node(index);
  DatanodeInfo info;
  if (state.info != nullptr) {
    info.block_count = state.info->block_count;
    info.last_block_report_ms = state.info->last_block_report_ms;
    info.last_block_report_monotonic_ms = state.info->last_block_report_monotonic_ms;
    info.cache_capacity = state.info->cache_capacity;
    info.cache_used = state.info->cache_used;
  }
  info.id = state.id;
  info.location = topology_.PathOf(state.rack);
  for (StorageIndex at : state.storages) {
    const StorageUsage& usage = storage(at).usage;
    if (usage.failed) continue;
    info.capacity += usage.capacity;
    info.dfs_used += usage.dfs_used;
    info.non_dfs_used += usage.non_dfs_used;
    info.remaining += usage.remaining;
    info.block_pool_used += usage.block_pool_used;
  }
  info.xceiver_count = state.xceiver_count;
  info.last_update_ms = wall_ms;
  info.last_update_monotonic_ms = MonotonicMillis(now);
  state.info = std::make_shared<const DatanodeInfo>(std::move(info));
}

void DatanodeRegistry::Update(NodeIndex index, const HeartbeatReport& report, SteadyTime now,
                              int64_t wall_ms) {
  for (StorageIndex at : node(index).storages) {
    // A storage that is not named any more holds nothing to write to.
    StorageUsage& usage = storage(at).usage;
    usage.capacity = usage.remaining = usage.dfs_used = usage.block_pool_used = 0;
    usage.non_dfs_used = 0;
  }
  for (const StorageUsage& usage : report.storages) {
    storage(GetStorage(index, usage.storage_id, usage.type)).usage = usage;
  }
  DatanodeState& state = node(index);
  if (state.live) total_xceivers_ += report.xceiver_count - uint64_t{state.xceiver_count};
  state.xceiver_count = report.xceiver_count;
  state.transfers_in_progress = report.transfers_in_progress;
  state.failed_volumes = report.failed_volumes;
  state.last_heartbeat = now;
  Publish(index, now, wall_ms);
}

void DatanodeRegistry::NoteFullReport(NodeIndex index, SteadyTime now, int64_t wall_ms,
                                      uint32_t block_count) {
  DatanodeInfo info = *node(index).info;
  info.block_count = block_count;
  info.last_block_report_ms = wall_ms;
  info.last_block_report_monotonic_ms = MonotonicMillis(now);
  node(index).info = std::make_shared<const DatanodeInfo>(std::move(info));
}

void DatanodeRegistry::MarkDead(NodeIndex index) {
  RemoveLive(index);
  for (StorageIndex at : node(index).storages) storage(at).fully_reported = false;
}

NodeIndex DatanodeRegistry::FindByUuid(std::string_view uuid) const {
  const auto found = by_uuid_.find(std::string(uuid));
  return found == by_uuid_.end() ? kNoNode : found->second;
}

NodeIndex DatanodeRegistry::FindByAddress(std::string_view address) const {
  const auto found = by_address_.find(std::string(address));
  return found == by_address_.end() ? kNoNode : found->second;
}

std::vector<NodeIndex> DatanodeRegistry::OnHost(std::string_view host) const {
  std::vector<NodeIndex> nodes;
  const auto found = by_host_.find(std::string(host));
  if (found == by_host_.end()) return nodes;
  for (NodeIndex index : found->second) {
    if (node(index).live) nodes.push_back(index);
  }
  return nodes;
}

StorageIndex DatanodeRegistry::FindStorage(NodeIndex index, std::string_view id) const {
  for (StorageIndex at : node(index).storages) {
    if (*storage(at).id == id) return at;
  }
  return kNoStorage;
}

StorageIndex DatanodeRegistry::GetStorage(NodeIndex index, std::string_view id, StorageType type) {
  const StorageIndex known = FindStorage(index, id);
  if (known != kNoStorage) {
    storage(known).usage.type = type;
    return known;
  }
  const StorageIndex made(static_cast<uint32_t>(storages_.size()));
  StorageState& state = storages_.emplace_back();
  state.node = index;
  state.id = std::make_shared<const std::string>(id);
  state.usage.storage_id = id;
  state.usage.type = type;
  node(index).storages.push_back(made);
  return made;
}

const std::vector<NodeIndex>& DatanodeRegistry::live_on(RackId rack) const {
  static const std::vector<NodeIndex> kNone;
  return rack.value() < live_by_rack_.size() ? live_by_rack_[rack.value()] : kNone;
}

}  // namespace tusk::dfs::namenode
