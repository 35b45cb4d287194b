#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "common/base/status.h"
#include "common/net/task.h"
#include "common/net/task_group.h"
#include "dfs/datanode/upstream/replica_source.h"
#include "dfs/proto/datanode_protocol.pb.h"

namespace tusk::dfs::datanode {

/// How much work by order of the namenode is under way at one time.
struct CommandLimits {
  /// Copies and recoveries under way at one time. Further orders are dropped: the namenode gives
  /// an order again that is not carried out (pending replications, lease recovery time out).
  uint32_t transfers = 64;
  uint32_t recoveries = 256;
};

/// Carries out what the namenode orders in its answers: delete, copy, recover. Orders that we do
/// not know (other block pools, caching, erasure coding) are logged and left; REGISTER is the
/// heartbeat loop's.
///
/// Never waits: long work runs in the task group given. Owned by the strand of the caller; the
/// counters may be read from anywhere.
class CommandExecutor {
 public:
  /// All must outlive it.
  CommandExecutor(ReplicaSource& replicas, BlockWorker& worker, TaskGroup& tasks,
                  CommandLimits limits);

  /// Begins one order. kInvalidArgument for one that is malformed.
  Status Execute(const proto::DatanodeCommandProto& command, const std::string& block_pool_id);

  /// Copies under way (xmitsInProgress of heartbeats).
  uint32_t transfers() const { return transfers_.load(std::memory_order_relaxed); }
  uint32_t recoveries() const { return recoveries_.load(std::memory_order_relaxed); }

 private:
  Status Transfer(const proto::BlockCommandProto& command);
  Status Recover(const proto::BlockRecoveryCommandProto& command);

  ReplicaSource& replicas_;
  BlockWorker& worker_;
  TaskGroup& tasks_;
  const CommandLimits limits_;
  std::atomic<uint32_t> transfers_{0};
  std::atomic<uint32_t> recoveries_{0};
};

}  // namespace tusk::dfs::datanode
