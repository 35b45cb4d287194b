#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cluster_plan.h"
#include "common/base/result.h"

namespace tusk::dfs {
class DfsFileSystem;
}
namespace tusk::mapreduce {
class JobClient;
}

namespace tusk::cli {

/// One daemon as it is now.
struct DaemonState {
  PlannedDaemon daemon;
  std::optional<pid_t> pid;  // while it runs
  bool healthy = false;      // it runs and says so itself
  std::string sentence;      // what it says, or why it cannot be asked
};

/// The whole cluster as it is now. What only a daemon that does not answer knows is not set.
struct ClusterState {
  std::vector<DaemonState> daemons;
  std::optional<int> live_datanodes;
  std::optional<bool> safe_mode;
  std::optional<int> live_trackers;
  int map_slots = 0;
  int reduce_slots = 0;

  /// Every daemon runs and is healthy; safe mode does not count.
  bool healthy() const;
  /// What keeps a client from writing and a job from running, one sentence; empty when nothing
  /// does.
  std::string Missing(const ClusterPlan& plan) const;
};

/// Asks the daemons of one cluster, again and again.
class ClusterProbe {
 public:
  /// Fails when the cluster's conf directory cannot be read.
  static Result<ClusterProbe> Open(const ClusterPlan& plan);
  ClusterProbe(ClusterProbe&& other) noexcept;
  ~ClusterProbe();

  /// Takes seconds when a daemon hangs.
  ClusterState Ask();
  /// Asks until nothing is missing, at most for `patience`; the last state.
  ClusterState AskUntilReady(std::chrono::milliseconds patience);

 private:
  ClusterProbe();
  void AskNamenode(ClusterState& state);
  void AskJobtracker(ClusterState& state);

  ClusterPlan plan_;
  std::shared_ptr<dfs::DfsFileSystem> files_;
  std::unique_ptr<mapreduce::JobClient> jobs_;
};

/// The state as one JSON object, for `--json`.
std::string StateJson(const ClusterPlan& plan, const ClusterState& state);

}  // namespace tusk::cli
