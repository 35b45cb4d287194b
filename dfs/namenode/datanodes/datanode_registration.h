#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dfs/model/datanode_info.h"
#include "dfs/model/storage_type.h"

namespace tusk::dfs::namenode {

/// Ids of the namespace that datanodes must match (NamespaceInfo of Hadoop).
struct ClusterIdentity {
  std::string cluster_id;     ///< "CID-..."
  std::string block_pool_id;  ///< "BP-..."
  int32_t namespace_id = 0;
  int64_t creation_ms = 0;
  int32_t layout_version = -66;
  std::string software_version;
};

/// A datanode that asks to join (DatanodeRegistration of Hadoop). An empty cluster id and a zero
/// namespace id are those of a datanode without data.
struct DatanodeRegistration {
  DatanodeId id;
  std::string cluster_id;
  int32_t namespace_id = 0;
  int64_t creation_ms = 0;
  int32_t layout_version = 0;
  std::string software_version;
};

/// One storage in a datanode's report (StorageReportProto). Sizes in bytes.
struct StorageUsage {
  std::string storage_id;
  StorageType type = StorageType::kDisk;
  bool failed = false;
  bool read_only_shared = false;
  uint64_t capacity = 0;
  uint64_t dfs_used = 0;
  uint64_t remaining = 0;
  uint64_t block_pool_used = 0;
  uint64_t non_dfs_used = 0;
};

/// What a heartbeat says.
struct HeartbeatReport {
  std::vector<StorageUsage> storages;
  uint32_t transfers_in_progress = 0;
  uint32_t xceiver_count = 0;
  uint32_t failed_volumes = 0;
  uint64_t cache_capacity = 0;
  uint64_t cache_used = 0;
  bool wants_full_report_lease = false;
};

}  // namespace tusk::dfs::namenode
