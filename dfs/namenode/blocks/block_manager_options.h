#pragma once

#include <chrono>
#include <cstdint>

namespace tusk::dfs::namenode {

/// Settings of the block and datanode side. Defaults are Hadoop's unless said otherwise.
struct BlockManagerOptions {
  // Liveness. Dead after 2 x recheck + 10 x heartbeat; stale after stale_interval.
  std::chrono::milliseconds heartbeat_interval{3000};  ///< dfs.heartbeat.interval
  std::chrono::milliseconds recheck_interval{300000};  ///< dfs.namenode.heartbeat.recheck-interval
  std::chrono::milliseconds stale_interval{30000};     ///< dfs.namenode.stale.datanode.interval

  // How many replicas make a block safe.
  uint16_t min_replication = 1;  ///< dfs.namenode.replication.min
  uint16_t min_replicas_ack =
      2;  ///< tusk.namenode.min-replicas-ack (ours; 1 is Hadoop's behaviour)
  uint16_t max_replication = 512;  ///< dfs.replication.max

  // Copying.
  std::chrono::milliseconds redundancy_interval{
      3000};  ///< dfs.namenode.redundancy.interval.seconds
  std::chrono::milliseconds pending_timeout{
      300000};                          ///< dfs.namenode.reconstruction.pending.timeout-sec
  uint32_t max_streams = 2;             ///< dfs.namenode.replication.max-streams
  uint32_t max_streams_hard_limit = 4;  ///< dfs.namenode.replication.max-streams-hard-limit
  uint32_t work_per_node = 2;           ///< dfs.namenode.replication.work.multiplier.per.iteration

  // Deleting.
  uint32_t deletions_per_heartbeat = 1000;  ///< dfs.block.invalidate.limit

  // Placement.
  bool consider_load = true;           ///< dfs.namenode.redundancy.considerLoad
  double load_factor = 2.0;            ///< dfs.namenode.redundancy.considerLoad.factor
  bool avoid_stale_for_write = false;  ///< dfs.namenode.avoid.write.stale.datanode
  bool avoid_stale_for_read = true;    ///< dfs.namenode.avoid.read.stale.datanode (Hadoop: false)

  // Recovery of last blocks.
  std::chrono::milliseconds recovery_retry{
      90000};  ///< 30 heartbeats: a newer try may start after it

  /// Silent for longer: dead.
  std::chrono::milliseconds DeadAfter() const {
    return 2 * recheck_interval + 10 * heartbeat_interval;
  }
};

}  // namespace tusk::dfs::namenode
