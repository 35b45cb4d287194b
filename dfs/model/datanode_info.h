#pragma once

#include <cstdint>
#include <string>

namespace tusk::dfs {

/// Who a datanode is and where it listens (Hadoop's DatanodeID). The uuid is its identity: it
/// stays the same when addresses change.
struct DatanodeId {
  std::string uuid;
  std::string ip_address;  ///< numeric; clients connect to it literally
  std::string host_name;
  uint16_t transfer_port = 0;  ///< block streams
  uint16_t info_port = 0;      ///< HTTP
  uint16_t ipc_port = 0;       ///< Hadoop RPC
  uint16_t info_secure_port = 0;

  /// "ip:transfer_port", the name in reports and errors.
  std::string TransferAddress() const { return ip_address + ":" + std::to_string(transfer_port); }

  friend bool operator==(const DatanodeId&, const DatanodeId&) = default;
};

/// Administrative state; values are Hadoop's DatanodeInfoProto.AdminState.
enum class AdminState : uint8_t {
  kNormal = 0,
  kDecommissionInProgress = 1,
  kDecommissioned = 2,
  kEnteringMaintenance = 3,
  kInMaintenance = 4,
};

/// A datanode as a report shows it (Hadoop's DatanodeInfo): identity, place, usage.
struct DatanodeInfo {
  DatanodeId id;
  std::string location;   ///< network path of its rack, e.g. "/default-rack"
  uint64_t capacity = 0;  ///< bytes, as all sizes here
  uint64_t dfs_used = 0;
  uint64_t non_dfs_used = 0;
  uint64_t remaining = 0;
  uint64_t block_pool_used = 0;
  uint64_t cache_capacity = 0;
  uint64_t cache_used = 0;
  uint32_t xceiver_count = 0;  ///< open block streams
  uint32_t block_count = 0;
  int64_t last_update_ms = 0;            ///< last heartbeat, milliseconds since 1970
  int64_t last_update_monotonic_ms = 0;  ///< the same on the namenode's steady clock
  int64_t last_block_report_ms = 0;
  int64_t last_block_report_monotonic_ms = 0;
  AdminState admin_state = AdminState::kNormal;

  friend bool operator==(const DatanodeInfo&, const DatanodeInfo&) = default;
};

}  // namespace tusk::dfs
