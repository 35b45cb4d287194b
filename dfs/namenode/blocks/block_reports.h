#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/model/datanode_info.h"
#include "dfs/namenode/blocks/storage_target.h"
#include "dfs/namenode/datanodes/datanode_registration.h"

namespace tusk::dfs::namenode {

/// A block as the namespace holds it, for loading at start-up.
struct StoredBlock {
  Block block;
  FileId file;
  uint16_t replication = 1;
  uint64_t block_size = 0;  ///< of its file: room a further replica may need
  bool complete = true;     ///< false: under construction (last block of an open file)
  bool committed = false;   ///< with !complete: the client has told the final length
};

/// How far the block map is from being safe to serve from (SafeModeInfo of Hadoop).
struct SafeModeCounts {
  uint64_t total_blocks = 0;  ///< complete blocks of the namespace
  uint64_t safe_blocks = 0;   ///< those with at least dfs.namenode.replication.min replicas
  uint32_t live_datanodes = 0;
  uint64_t blocks_in_future = 0;  ///< reported, with ids that this namespace never gave out
  uint64_t bytes_in_future = 0;   ///< of those: a namespace older than the disks; do not leave
};

/// Totals of the cluster (getFsStats, getFsReplicatedBlockStats, pages). Bytes unless named so.
struct BlockStats {
  uint64_t capacity = 0;
  uint64_t dfs_used = 0;
  uint64_t non_dfs_used = 0;
  uint64_t remaining = 0;
  uint64_t block_pool_used = 0;
  uint64_t blocks = 0;
  uint64_t under_replicated = 0;  ///< fewer good replicas than wanted, missing ones not counted
  uint64_t corrupt = 0;           ///< blocks with at least one known-bad replica
  uint64_t missing = 0;           ///< no good replica
  uint64_t missing_replication_one = 0;
  uint64_t pending_replication = 0;  ///< copies on their way
  uint64_t scheduled_replication = 0;
  uint64_t pending_deletion = 0;  ///< replicas ordered to be deleted, not confirmed
  uint64_t highest_priority = 0;  ///< one replica left
  uint64_t blocks_in_future = 0;
  uint32_t live_datanodes = 0;
  uint32_t dead_datanodes = 0;
  uint32_t stale_datanodes = 0;
  uint32_t xceivers = 0;
  uint32_t failed_volumes = 0;
  uint32_t racks = 0;
};

/// Which datanodes a report lists (DatanodeReportTypeProto).
enum class DatanodeReportKind : uint8_t {
  kAll = 1,
  kLive = 2,
  kDead = 3,
  kDecommissioning = 4,
  kEnteringMaintenance = 5,
  kInMaintenance = 6,
};

/// A datanode with what the pages and the balancer's report show of it.
struct DatanodeReport {
  DatanodeInfo info;
  std::string software_version;
  bool dead = false;
  bool stale = false;
  uint32_t failed_volumes = 0;
  uint32_t scheduled_blocks = 0;  ///< writes and copies on their way to it
  std::vector<StorageUsage> storages;
};

/// One replica for fsck and the file browser.
struct ReplicaHealth {
  StorageTarget where;
  bool corrupt = false;
  bool stale = false;  ///< on a datanode that has not been heard lately
  std::string corrupt_reason;
};

/// One block for fsck and the file browser.
struct BlockHealth {
  Block block;
  bool complete = false;
  uint16_t wanted = 0;
  uint16_t live = 0;
  uint16_t corrupt = 0;
  uint16_t pending = 0;       ///< copies on their way
  uint16_t racks = 0;         ///< distinct racks of the live replicas
  bool badly_placed = false;  ///< all on one rack though the cluster has more
  std::vector<ReplicaHealth> replicas;
};

/// What a recovery of a last block needs next.
enum class RecoveryStart : uint8_t {
  kStarted,         ///< a primary will be ordered at its next heartbeat
  kNothingWritten,  ///< no replica and length 0: remove the block and close the file
};

}  // namespace tusk::dfs::namenode
