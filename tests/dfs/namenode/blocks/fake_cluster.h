#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/datanodes/rack_resolver.h"
#include "tests/support/manual_clock.h"

namespace tusk::dfs::namenode {

/// A full report from a list.
class ListReader : public ReplicaReader {
 public:
  explicit ListReader(std::vector<ReportedReplica> replicas) : replicas_(std::move(replicas)) {}
  Result<size_t> Next(std::span<ReportedReplica> out) override {
    size_t filled = 0;
    while (filled < out.size() && at_ < replicas_.size()) out[filled++] = replicas_[at_++];
    return filled;
  }
  uint64_t Count() const override { return replicas_.size(); }

 private:
  const std::vector<ReportedReplica> replicas_;
  size_t at_ = 0;
};

/// A datanode as its namenode sees it: replicas on disk, reports, obedience to orders.
struct FakeDatanode {
  DatanodeId id;
  StorageName storage;
  uint64_t capacity = 1ULL << 40;
  bool up = true;
  uint32_t xceivers = 0;
  std::map<int64_t, ReportedReplica> disk;
  uint64_t deleted = 0;
  uint64_t received = 0;
};

/// A block manager with datanodes that answer at once, on a clock that moves by hand.
class FakeCluster {
 public:
  /// `racks[i]` is the rack of datanode i. Nobody has registered yet.
  explicit FakeCluster(std::vector<std::string> racks, uint64_t seed = 1,
                       BlockManagerOptions options = {})
      : options_(options) {
    std::unordered_map<std::string, std::string> table;
    for (size_t i = 0; i < racks.size(); ++i) {
      FakeDatanode node;
      node.id.uuid = "uuid-" + std::to_string(i);
      node.id.ip_address = "10.0.0." + std::to_string(i);
      node.id.host_name = "node" + std::to_string(i);
      node.id.transfer_port = 9866;
      node.storage = {"DS-" + std::to_string(i), StorageType::kDisk};
      table[node.id.ip_address] = racks[i];
      nodes.push_back(node);
    }
    resolver_ = std::make_unique<TableRackResolver>(std::move(table));
    blocks = std::make_unique<BlockManager>(options, clock, *resolver_, seed);
    blocks->SetIdentity({"CID-1", "BP-1", 7, 1, -66, "test"});
  }

  /// All datanodes register, report and send a heartbeat; safe mode is over.
  void Start() {
    for (size_t i = 0; i < nodes.size(); ++i) Join(i);
    blocks->EnableWork(true);
  }

  void Join(size_t i) {
    static_cast<void>(Register(i));
    Heartbeat(i);
    FullReport(i);
  }
  Status Register(size_t i) {
    DatanodeRegistration registration;
    registration.id = nodes[i].id;
    registration.cluster_id = "CID-1";
    registration.namespace_id = 7;
    return blocks->Register(registration).status();
  }
  void FullReport(size_t i) {
    std::vector<ReportedReplica> replicas;
    for (const auto& [id, replica] : nodes[i].disk) replicas.push_back(replica);
    ListReader reader(std::move(replicas));
    static_cast<void>(blocks->ProcessFullReport(nodes[i].id, nodes[i].storage, reader));
  }
  void Incremental(size_t i, const Block& block, ReplicaChange::Kind kind) {
    const std::vector<ReplicaChange> changes = {{block, kind, ""}};
    static_cast<void>(blocks->ProcessIncrementalReport(nodes[i].id, nodes[i].storage, changes));
  }
  HeartbeatReport Usage(size_t i) const {
    HeartbeatReport report;
    StorageUsage usage;
    usage.storage_id = nodes[i].storage.id;
    usage.capacity = nodes[i].capacity;
    for (const auto& [id, replica] : nodes[i].disk) usage.dfs_used += replica.block.length;
    usage.remaining = usage.capacity - std::min(usage.capacity, usage.dfs_used);
    report.storages.push_back(usage);
    report.xceiver_count = nodes[i].xceivers;
    return report;
  }
  /// Sends a heartbeat and does nothing about the answer.
  HeartbeatOrders Ask(size_t i) { return blocks->Heartbeat(nodes[i].id, Usage(i)); }
  /// Sends a heartbeat and does what the answer says.
  HeartbeatOrders Heartbeat(size_t i) {
    HeartbeatOrders orders = Ask(i);
    if (orders.register_again) {
      static_cast<void>(Register(i));
      FullReport(i);
      return orders;
    }
    for (const Block& block : orders.deletions) {
      const auto found = nodes[i].disk.find(block.id.value());
      // As datanodes do: a replica with a newer stamp than ordered is another one.
      if (found == nodes[i].disk.end() ||
          found->second.block.generation_stamp > block.generation_stamp) {
        continue;
      }
      nodes[i].disk.erase(found);
      ++nodes[i].deleted;
      Incremental(i, block, ReplicaChange::Kind::kDeleted);
    }
    for (const TransferOrder& order : orders.transfers) {
      const auto source = nodes[i].disk.find(order.block.id.value());
      if (source == nodes[i].disk.end() || source->second.block != order.block) continue;
      for (const StorageTarget& target : order.targets) {
        FakeDatanode& to = nodes[IndexOf(target.datanode->id.uuid)];
        if (!to.up || to.disk.contains(order.block.id.value())) continue;
        to.disk[order.block.id.value()] = {order.block, ReplicaState::kFinalized};
        ++to.received;
        Incremental(IndexOf(to.id.uuid), order.block, ReplicaChange::Kind::kReceived);
      }
    }
    return orders;
  }
  size_t IndexOf(const std::string& uuid) const {
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].id.uuid == uuid) return i;
    }
    return SIZE_MAX;
  }

  /// Time passes in steps of a heartbeat: those that are up send theirs, work is scheduled.
  void Run(std::chrono::seconds time) {
    for (std::chrono::milliseconds left = time; left.count() > 0;
         left -= options_.heartbeat_interval) {
      clock.Advance(options_.heartbeat_interval);
      for (size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].up) Heartbeat(i);
      }
      blocks->Tick();
    }
  }
  /// The datanode falls silent for good and is declared dead.
  void Kill(size_t i) {
    nodes[i].up = false;
    Run(std::chrono::duration_cast<std::chrono::seconds>(options_.DeadAfter()) +
        std::chrono::seconds(10));
  }

  Block NewBlock(uint64_t length = 0) {
    ++last_id_;
    return {BlockId(last_id_), GenerationStamp(1000 + last_id_ % 1000000), length};
  }
  /// A finalised replica on a datanode's disk; reported unless `quiet`.
  void Put(size_t i, const Block& block, bool quiet = false,
           ReplicaState state = ReplicaState::kFinalized) {
    nodes[i].disk[block.id.value()] = {block, state};
    if (!quiet) Incremental(i, block, ReplicaChange::Kind::kReceived);
  }
  /// A block of one file, complete, with replicas on these datanodes.
  Block AddComplete(uint16_t wanted, const std::vector<size_t>& on, uint64_t length = 1000) {
    Block block = NewBlock(length);
    blocks->LoadBlock({block, FileId(16386), wanted, 1 << 20, true, false});
    for (size_t i : on) Put(i, block);
    return block;
  }
  /// Allocates a block as addBlock does.
  std::vector<StorageTarget> Allocate(Block* block, uint16_t wanted,
                                      uint64_t block_size = 1 << 20) {
    *block = NewBlock();
    PlacementRequest request;
    request.replication = wanted;
    request.block_size = block_size;
    Result<std::vector<StorageTarget>> targets = blocks->ChooseTargets(request);
    if (!targets.ok()) return {};
    blocks->AddUnderConstruction(*block, FileId(16386), wanted, block_size, *targets);
    return *targets;
  }
  /// How many datanodes that are up hold this very replica.
  size_t Copies(const Block& block) const {
    size_t copies = 0;
    for (const FakeDatanode& node : nodes) {
      const auto found = node.disk.find(block.id.value());
      if (node.up && found != node.disk.end() && found->second.block == block) ++copies;
    }
    return copies;
  }

  ManualClock clock;
  std::vector<FakeDatanode> nodes;
  std::unique_ptr<BlockManager> blocks;

 private:
  const BlockManagerOptions options_;
  std::unique_ptr<TableRackResolver> resolver_;
  int64_t last_id_ = 1073741824;
};

inline std::vector<std::string> OneRack(size_t nodes) {
  return std::vector<std::string>(nodes, "/default-rack");
}

}  // namespace tusk::dfs::namenode
