#pragma once

#include <vector>

#include "dfs/namenode/blocks/storage_target.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// What a primary datanode tells after the recovery of a last block.
struct BlockSynchronization {
  Block block;                ///< as it was ordered
  GenerationStamp new_stamp;  ///< the recovery id
  uint64_t new_length = 0;
  bool close_file = true;
  bool delete_block = false;          ///< no datanode has it
  std::vector<ReplicaName> replicas;  ///< that now hold it finalised
};

/// Makes the result of a recovery the block's state and closes its file
/// (FSNamesystem.commitBlockSynchronization). Fine when it was done already. kFailedPrecondition
/// when a newer recovery runs.
Result<TxId> CommitBlockSynchronization(const OpContext& context, const BlockSynchronization& sync);

}  // namespace tusk::dfs::namenode
