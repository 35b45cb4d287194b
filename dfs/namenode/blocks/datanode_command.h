#pragma once

#include <cstdint>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/namenode/blocks/storage_target.h"

namespace tusk::dfs::namenode {

/// "Copy this replica of yours there" (DNA_TRANSFER).
struct TransferOrder {
  Block block;
  std::vector<StorageTarget> targets;
};

/// "Be the primary of this recovery" (DNA_RECOVERBLOCK).
struct RecoveryOrder {
  Block block;                  ///< stamp and length as stored
  GenerationStamp recovery_id;  ///< the new stamp
  std::vector<StorageTarget> replicas;
};

/// What a datanode is told in answer to a heartbeat.
struct HeartbeatOrders {
  bool register_again = false;  ///< DNA_REGISTER: nothing else is set then
  std::vector<TransferOrder> transfers;
  std::vector<Block> deletions;  ///< with the stamps that the datanode's replicas have
  std::vector<RecoveryOrder> recoveries;
  uint64_t full_report_lease = 0;  ///< 0: none granted
};

}  // namespace tusk::dfs::namenode
