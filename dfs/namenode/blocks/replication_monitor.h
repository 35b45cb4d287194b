#pragma once

#include <unordered_map>
#include <vector>

#include "dfs/namenode/blocks/block_ledger.h"
#include "dfs/namenode/blocks/datanode_command.h"

namespace tusk::dfs::namenode {

/// Turns the replication queue into orders: most urgent first, from a source with a free stream to
/// targets that the placement policy picks; and hands each datanode its orders with the answer to
/// its heartbeat. A source copies at most `max_streams` blocks at a time (`max_streams_hard_limit`
/// for blocks with one copy left); one heartbeat brings a bounded number of deletions.
/// Not thread-safe: guarded by BlockManager's mutex.
class ReplicationMonitor {
 public:
  explicit ReplicationMonitor(BlockLedger& ledger) : ledger_(ledger) {}

  /// Copies that never came are wanted again.
  void RetryExpired();
  /// Looks at so many blocks as there are live datanodes times `work_per_node`. Returns how many
  /// copies were ordered.
  size_t Schedule();
  /// What the datanode is to do now.
  void FillOrders(NodeIndex node, HeartbeatOrders* orders);
  /// The datanode is gone: what it was to send is wanted again.
  void DropNode(NodeIndex node);
  /// Copies that wait for their source's next heartbeat.
  size_t waiting() const { return waiting_; }

 private:
  /// An order to copy that waits for its source's next heartbeat.
  struct Transfer {
    BlockId block;
    std::vector<StorageIndex> targets;
  };
  /// A datanode with a good replica that may send, or kNoNode.
  NodeIndex PickSource(const BlockEntry& entry, bool urgent);
  bool ScheduleOne(BlockEntry& entry, Urgency urgency);
  void FillTransfers(NodeIndex node, HeartbeatOrders* orders);
  void FillDeletions(NodeIndex node, HeartbeatOrders* orders);
  void FillRecoveries(NodeIndex node, HeartbeatOrders* orders);

  BlockLedger& ledger_;
  std::unordered_map<uint32_t, std::vector<Transfer>> transfers_;  // by NodeIndex of the source
  size_t waiting_ = 0;
};

}  // namespace tusk::dfs::namenode
