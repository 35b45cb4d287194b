#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/namenode/blocks/replica_report.h"
#include "dfs/namenode/datanodes/datanode_registry.h"

namespace tusk::dfs::namenode {

/// A storage that a block which is not complete is expected on.
struct ExpectedReplica {
  StorageIndex storage;
  bool reported = false;
  ReplicaState state = ReplicaState::kBeingWritten;  ///< as reported
  Block replica;                                     ///< stamp and length as reported
  uint64_t reserved = 0;                             ///< bytes scheduled on the storage
};

/// What is known of a block only until it is complete (BlockUnderConstructionFeature).
struct UnderConstruction {
  uint64_t block_size = 0;
  std::vector<ExpectedReplica> replicas;
  SteadyTime committed_at{};
  uint64_t reopened_length = UINT64_MAX;  ///< what it had when it was opened for an append
  // Recovery of a last block.
  GenerationStamp recovery_id;
  SteadyTime recovery_started{};
  NodeIndex primary = kNoNode;
  uint32_t recovery_tries = 0;

  ExpectedReplica* Find(StorageIndex storage) {
    for (ExpectedReplica& replica : replicas) {
      if (replica.storage == storage) return &replica;
    }
    return nullptr;
  }
};

/// Blocks that are not complete. Few: at most two for each open file.
using OpenBlocks = std::unordered_map<int64_t, UnderConstruction>;

}  // namespace tusk::dfs::namenode
