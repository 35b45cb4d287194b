#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "common/base/status.h"
#include "common/net/task.h"
#include "dfs/datanode/upstream/command_executor.h"
#include "dfs/datanode/upstream/incremental_report.h"
#include "dfs/datanode/upstream/namenode_session.h"
#include "dfs/datanode/upstream/replica_source.h"

namespace tusk {
class Clock;
class WorkPool;
}  // namespace tusk

namespace tusk::dfs::datanode {

/// When and in what pieces full reports go out.
struct BlockReportOptions {
  std::chrono::nanoseconds interval = std::chrono::hours(6);  ///< dfs.blockreport.intervalMsec
  /// More replicas than this: one message for each storage (dfs.blockreport.split.threshold).
  uint64_t split_threshold = 1'000'000;
  std::chrono::nanoseconds first_retry = std::chrono::milliseconds(200);
  std::chrono::nanoseconds last_retry = std::chrono::seconds(5);
};

/// Tells the namenode which replicas are here: all of them after each registration and every
/// `interval`, and each that came or went at once.
///
/// One coroutine sends both kinds, so that they reach the namenode in the order in which they are
/// true: a change that happens while a full report is on its way is sent after it. Messages that
/// were not answered are sent again.
class BlockReportLoop {
 public:
  /// All must outlive it. `pool` encodes full reports.
  BlockReportLoop(NamenodeSession& session, ReplicaSource& replicas, IncrementalReport& changes,
                  CommandExecutor& commands, WorkPool& pool, const Clock& clock,
                  BlockReportOptions options);

  /// Runs until it is cancelled. Reports only while registered.
  Task<void> Run();

  /// A full report is due now: after a registration, or by order. From any thread.
  void RequestFull();
  /// Full reports that the namenode has taken since the start.
  uint64_t full_reports() const { return full_reports_.load(std::memory_order_relaxed); }

 private:
  Task<Status> SendFull();
  Task<Status> SendChanges();
  Status Encode(const std::vector<StorageState>& storages,
                std::vector<proto::BlockReportRequestProto>* messages) const;

  NamenodeSession& session_;
  ReplicaSource& replicas_;
  IncrementalReport& changes_;
  CommandExecutor& commands_;
  WorkPool& pool_;
  const Clock& clock_;
  const BlockReportOptions options_;
  std::atomic<bool> full_due_{false};
  std::atomic<uint64_t> full_reports_{0};
};

}  // namespace tusk::dfs::datanode
