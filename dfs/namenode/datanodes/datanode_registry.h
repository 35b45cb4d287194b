#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "dfs/model/datanode_info.h"
#include "dfs/namenode/datanodes/datanode_id.h"
#include "dfs/namenode/datanodes/datanode_registration.h"
#include "dfs/namenode/datanodes/topology.h"

namespace tusk::dfs::namenode {

using SteadyTime = std::chrono::steady_clock::time_point;

/// One data directory of a datanode.
struct StorageState {
  NodeIndex node = kNoNode;
  std::shared_ptr<const std::string> id;  ///< "DS-<uuid>", never null
  StorageUsage usage;                     ///< from the last heartbeat
  /// A full report has come since the node registered: what is known of this storage is its own
  /// word and not an echo from before.
  bool fully_reported = false;
  uint32_t scheduled_blocks = 0;  ///< writes and copies on their way to it
  uint64_t scheduled_bytes = 0;
};

/// One datanode.
struct DatanodeState {
  DatanodeId id;
  RackId rack;
  std::string software_version;
  bool live = false;     ///< registered and not declared dead
  bool removed = false;  ///< its address was taken over by another datanode: listed nowhere
  SteadyTime last_heartbeat{};
  uint32_t xceiver_count = 0;
  uint32_t transfers_in_progress = 0;
  uint32_t failed_volumes = 0;
  std::vector<StorageIndex> storages;
  /// What clients are told; replaced as a whole, so answers share it. Never null.
  std::shared_ptr<const DatanodeInfo> info;
};

/// Who registered, with which storages, on which rack. Datanodes and storages keep their numbers
/// while the process lives, dead or not. Look-ups by uuid, transfer address and host are O(1).
/// Not thread-safe: guarded by its owner.
class DatanodeRegistry {
 public:
  struct Outcome {
    NodeIndex node;
    bool known_before = false;     ///< came back: what was known of its replicas is void
    NodeIndex replaced = kNoNode;  ///< another datanode that had this address: it is gone
  };

  /// Kept for later checks of registrations.
  void SetIdentity(ClusterIdentity identity) { identity_ = std::move(identity); }
  const ClusterIdentity& identity() const { return identity_; }

  /// Checks ids against the cluster's; kFailedPrecondition says what differs, with Hadoop's
  /// exception class.
  Status CheckRegistration(const DatanodeRegistration& registration) const;
  /// Takes the datanode in as live, at `rack_path`. The same uuid is the same datanode wherever it
  /// listens now; another uuid at a taken address takes the address over.
  Outcome Register(const DatanodeRegistration& registration, std::string_view rack_path,
                   SteadyTime now, int64_t wall_ms);
  /// Takes usage over; makes storages that it names for the first time.
  void Update(NodeIndex node, const HeartbeatReport& report, SteadyTime now, int64_t wall_ms);
  /// A full report was taken from this node just now.
  void NoteFullReport(NodeIndex node, SteadyTime now, int64_t wall_ms, uint32_t block_count);
  /// Declared dead: no longer live, its storages hold nothing and are not fully reported.
  void MarkDead(NodeIndex node);

  NodeIndex FindByUuid(std::string_view uuid) const;
  /// By "ip:transfer_port" or "host:transfer_port".
  NodeIndex FindByAddress(std::string_view address) const;
  /// Live datanodes on a machine, by ip address or host name.
  std::vector<NodeIndex> OnHost(std::string_view host) const;

  /// The storage with this id on the node, made if it is new.
  StorageIndex GetStorage(NodeIndex node, std::string_view id, StorageType type);
  /// kNoStorage when the node has none with this id.
  StorageIndex FindStorage(NodeIndex node, std::string_view id) const;

  DatanodeState& node(NodeIndex index) { return nodes_[index.value()]; }
  const DatanodeState& node(NodeIndex index) const { return nodes_[index.value()]; }
  StorageState& storage(StorageIndex index) { return storages_[index.value()]; }
  const StorageState& storage(StorageIndex index) const { return storages_[index.value()]; }
  const DatanodeState& NodeOf(StorageIndex index) const { return node(storage(index).node); }
  size_t node_count() const { return nodes_.size(); }
  size_t storage_count() const { return storages_.size(); }

  /// Live datanodes, in no order.
  const std::vector<NodeIndex>& live() const { return live_; }
  /// Live datanodes of one rack.
  const std::vector<NodeIndex>& live_on(RackId rack) const;
  /// Racks with at least one live datanode.
  size_t live_racks() const { return live_racks_; }
  const Topology& topology() const { return topology_; }
  Topology& topology() { return topology_; }

  /// Sum of open streams over live datanodes.
  uint64_t total_xceivers() const { return total_xceivers_; }

 private:
  void AddLive(NodeIndex node);
  void RemoveLive(NodeIndex node);
  void Unindex(NodeIndex node);
  void Index(NodeIndex node);
  void Publish(NodeIndex node, SteadyTime now, int64_t wall_ms);

  ClusterIdentity identity_;
  Topology topology_;
  std::vector<DatanodeState> nodes_;
  std::vector<StorageState> storages_;
  std::vector<NodeIndex> live_;
  std::vector<std::vector<NodeIndex>> live_by_rack_;  // by RackId
  size_t live_racks_ = 0;
  uint64_t total_xceivers_ = 0;
  std::unordered_map<std::string, NodeIndex> by_uuid_;
  std::unordered_map<std::string, NodeIndex> by_address_;
  std::unordered_map<std::string, std::vector<NodeIndex>> by_host_;  // live or not
};

}  // namespace tusk::dfs::namenode
