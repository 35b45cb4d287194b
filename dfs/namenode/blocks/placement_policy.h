#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "common/base/result.h"
#include "dfs/namenode/datanodes/datanode_registry.h"

namespace tusk::dfs::namenode {

/// What a policy is asked, with names resolved to numbers.
struct PlacementInput {
  uint16_t wanted = 1;         ///< new targets
  NodeIndex writer = kNoNode;  ///< a live datanode on the client's machine
  bool has_writer_rack = false;
  RackId writer_rack;               ///< of a client that is no datanode, if known
  std::vector<NodeIndex> chosen;    ///< hold or will hold the block; never chosen again
  std::vector<NodeIndex> excluded;  ///< must not be chosen
  std::vector<NodeIndex> favored;   ///< first choice, in order
  uint64_t block_size = 0;
  bool new_block = true;      ///< false: a further copy of an existing one
  bool avoid_writer = false;  ///< NO_LOCAL_WRITE
  SteadyTime stale_before{};  ///< datanodes not heard since then are stale
};

/// Where the replicas of a block go. Not thread-safe: called under its owner's lock.
class PlacementPolicy {
 public:
  virtual ~PlacementPolicy() = default;

  /// Up to `input.wanted` storages on distinct datanodes. Fewer when no more qualify; `why_not`
  /// (may be null) then gets one clause that counts the datanodes and says why each was refused.
  virtual std::vector<StorageIndex> Choose(const DatanodeRegistry& registry,
                                           const PlacementInput& input, Random& random,
                                           std::string* why_not) const = 0;

  /// The replicas stand on as many racks as the policy wants, given `live_racks` in the cluster.
  virtual bool IsSpread(const DatanodeRegistry& registry, std::span<const uint32_t> storages,
                        uint16_t wanted) const = 0;
};

}  // namespace tusk::dfs::namenode
