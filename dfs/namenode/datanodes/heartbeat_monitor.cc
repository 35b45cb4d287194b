#include "dfs/namenode/datanodes/heartbeat_monitor.h"

#include <algorithm>

namespace tusk::dfs::namenode {

std::vector<NodeIndex> HeartbeatMonitor::Check(DatanodeRegistry& registry, SteadyTime now) {
  const auto gap = now - last_check_;
  const bool paused = last_check_ != SteadyTime{} && gap > 2 * tick_interval_ + stale_after_;
  last_check_ = now;
  std::vector<NodeIndex> dead;
  for (NodeIndex index : registry.live()) {
    DatanodeState& node = registry.node(index);
    if (paused) node.last_heartbeat = std::min(node.last_heartbeat + gap, now);
    if (Judge(node.last_heartbeat, now) == Liveness::kDead) dead.push_back(index);
  }
  return dead;
}

}  // namespace tusk::dfs::namenode
