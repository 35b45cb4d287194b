#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dfs/namenode/datanodes/datanode_id.h"
#include "dfs/namenode/datanodes/topology.h"

namespace tusk::dfs::namenode {

/// A replica that may be dropped.
struct ExcessCandidate {
  StorageIndex storage;
  NodeIndex node;
  RackId rack;
  bool stale = false;      ///< its datanode has not been heard lately
  bool hinted = false;     ///< the balancer moved the block away from here
  uint64_t remaining = 0;  ///< free bytes of its datanode
};

/// Which `surplus` of the candidates to drop (BlockPlacementPolicyDefault.chooseReplicasToDelete):
/// second copies on one datanode first, then the hinted one; never one whose loss leaves fewer
/// racks while another choice exists, at least two racks being kept; among equals a stale datanode,
/// then the fullest. Pure.
std::vector<StorageIndex> ChooseExcess(std::vector<ExcessCandidate> candidates, size_t surplus);

}  // namespace tusk::dfs::namenode
