#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

#include "common/base/status.h"
#include "common/net/async_event.h"
#include "common/net/task.h"
#include "common/time/clock.h"
#include "dfs/datanode/upstream/command_executor.h"
#include "dfs/datanode/upstream/namenode_session.h"
#include "dfs/datanode/upstream/replica_source.h"

namespace tusk::dfs::datanode {

/// Sends a life sign with usage and load every `interval` (dfs.heartbeat.interval), and begins what
/// the namenode orders in its answer. When the namenode does not know this datanode (it was
/// restarted, or had given it up) it registers anew and asks for a full report.
class HeartbeatLoop {
 public:
  /// All must outlive it. `on_registered` runs after the first answered life sign of each
  /// registration, the first one included: then the namenode knows the room here, and a full report
  /// may make it trust in us.
  HeartbeatLoop(NamenodeSession& session, ReplicaSource& replicas, BlockWorker& worker,
                CommandExecutor& commands, const Clock& clock, std::chrono::nanoseconds interval,
                std::function<void()> on_registered);

  /// Runs until it is cancelled. Register has succeeded once before.
  Task<void> Run();

  /// The next life sign goes out now: orders are waited for. From any thread.
  void Beat() { now_.Set(); }
  uint64_t heartbeats() const { return heartbeats_.load(std::memory_order_relaxed); }
  /// When the namenode answered last, on the steady clock; the epoch if it never did.
  Clock::SteadyTime last_answer() const {
    return Clock::SteadyTime(
        std::chrono::nanoseconds(last_answer_ns_.load(std::memory_order_relaxed)));
  }

 private:
  Task<Status> SendOne();
  Task<Status> RegisterAgain();

  NamenodeSession& session_;
  ReplicaSource& replicas_;
  BlockWorker& worker_;
  CommandExecutor& commands_;
  const Clock& clock_;
  const std::chrono::nanoseconds interval_;
  const std::function<void()> on_registered_;
  AsyncEvent now_;
  bool fresh_ = true;  // registered since the last answered life sign; owned by Run
  std::atomic<uint64_t> heartbeats_{0};
  std::atomic<int64_t> last_answer_ns_{0};
};

}  // namespace tusk::dfs::datanode
