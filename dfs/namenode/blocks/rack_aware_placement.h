#pragma once

#include "dfs/namenode/blocks/placement_policy.h"

namespace tusk::dfs::namenode {

/// Hadoop's default policy (BlockPlacementPolicyDefault): the first replica on the writer's
/// datanode, the second on another rack, the third on the second's rack, the rest anywhere, with a
/// bound on replicas per rack. A datanode qualifies if it is live, not stale, not busier than
/// `load_factor` times the average, and has a storage with room for the block besides what is
/// already on its way. Where that leaves too few, it asks again without load and staleness, and
/// then without the bound per rack: a placement that is not perfect beats none.
///
/// Random choice costs O(1) per target in a healthy cluster; only when that fails are all
/// datanodes looked at.
class RackAwarePlacement : public PlacementPolicy {
 public:
  struct Options {
    bool consider_load = true;
    double load_factor = 2.0;
    bool avoid_stale = false;
  };
  explicit RackAwarePlacement(Options options) : options_(options) {}

  std::vector<StorageIndex> Choose(const DatanodeRegistry& registry, const PlacementInput& input,
                                   Random& random, std::string* why_not) const override;
  /// At least two racks for two or more replicas where the cluster has two.
  bool IsSpread(const DatanodeRegistry& registry, std::span<const uint32_t> storages,
                uint16_t wanted) const override;

 private:
  const Options options_;
};

}  // namespace tusk::dfs::namenode
