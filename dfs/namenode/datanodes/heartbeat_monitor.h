#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "dfs/namenode/datanodes/datanode_registry.h"

namespace tusk::dfs::namenode {

enum class Liveness : uint8_t {
  kLive,
  kStale,  ///< silent for a while: last in read and write orders
  kDead,   ///< silent for long: its replicas count as lost
};

/// Judges who is alive, by the steady clock only. A pause of this process (stopped, suspended,
/// swapped out) is not held against the datanodes, which could not be heard meanwhile.
/// Not thread-safe: guarded by its owner.
class HeartbeatMonitor {
 public:
  /// `tick_interval`: how often Check is called; a gap of more than twice as long and `stale_after`
  /// on top is a pause.
  HeartbeatMonitor(std::chrono::milliseconds stale_after, std::chrono::milliseconds dead_after,
                   std::chrono::milliseconds tick_interval)
      : stale_after_(stale_after), dead_after_(dead_after), tick_interval_(tick_interval) {}

  /// Pure.
  Liveness Judge(SteadyTime last_heartbeat, SteadyTime now) const {
    if (now - last_heartbeat > dead_after_) return Liveness::kDead;
    if (now - last_heartbeat > stale_after_) return Liveness::kStale;
    return Liveness::kLive;
  }

  /// Live datanodes that are dead now. It is for the caller to act on it.
  std::vector<NodeIndex> Check(DatanodeRegistry& registry, SteadyTime now);

 private:
  const std::chrono::milliseconds stale_after_;
  const std::chrono::milliseconds dead_after_;
  const std::chrono::milliseconds tick_interval_;
  SteadyTime last_check_{};
};

}  // namespace tusk::dfs::namenode
