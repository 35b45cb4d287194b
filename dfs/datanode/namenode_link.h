#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

#include "common/net/io_runtime.h"
#include "common/net/task_group.h"
#include "common/rpc/rpc_client.h"
#include "common/time/clock.h"
#include "dfs/datanode/datanode_options.h"
#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/stored_replicas.h"
#include "dfs/datanode/transfer/transfer_server.h"
#include "dfs/datanode/upstream/block_recovery.h"
#include "dfs/datanode/upstream/block_report_loop.h"
#include "dfs/datanode/upstream/command_executor.h"
#include "dfs/datanode/upstream/heartbeat_loop.h"
#include "dfs/datanode/upstream/incremental_report.h"
#include "dfs/datanode/upstream/namenode_session.h"

namespace tusk {
class WorkPool;
}

namespace tusk::dfs::datanode {

/// The datanode's conversation with its namenode, from the first question to the stop: waits for
/// the namenode, attaches the volumes to its namespace, registers, then heartbeats, reports, and
/// carries out orders.
///
/// Thread-safe; Start and Stop are called once each, from no I/O thread.
class NamenodeLink final : public BlockWorker {
 public:
  /// All must outlive it. `pool` does what blocks: scanning at first, encoding reports.
  /// `on_failure` gets what repeating cannot cure, on an I/O thread.
  NamenodeLink(IoRuntime& runtime, const Clock& clock, BlockStore& store, TransferServer& transfers,
               WorkPool& pool, const DatanodeSettings& settings, DatanodeId self,
               std::function<void(const Status&)> on_failure);
  ~NamenodeLink() override;

  /// Begins. The store's listener is taken over. Returns at once.
  void Start();
  /// Ends the conversation. Idempotent.
  void Stop();

  /// A report is due: a full one, or what changed.
  void RequestReport(bool full);
  /// Tells the namenode that a replica here is damaged.
  void ReportBad(const Block& block, const Volume& volume);

  // BlockWorker: orders of the namenode.
  Task<Status> Transfer(TransferOrder order) override;
  Task<Status> Recover(RecoveryOrder order) override;
  uint32_t OpenStreams() const override;

  // For pages, metrics and tests.
  const NamenodeSession& session() const { return session_; }
  const CommandExecutor& commands() const { return commands_; }
  const HeartbeatLoop& heartbeats() const { return heartbeats_; }
  const BlockReportLoop& reports() const { return reports_; }
  size_t unreported() const { return changes_.size(); }

 private:
  static Task<void> Converse(NamenodeLink* self);
  static Task<void> TellBad(NamenodeLink* self, Block block, std::string storage_id,
                            StorageType type);
  Task<Status> Meet();
  void Listen();

  BlockStore& store_;
  TransferServer& transfers_;
  WorkPool& pool_;
  const std::string uuid_;
  const std::function<void(const Status&)> on_failure_;
  rpc::RpcClient client_;
  NamenodeSession session_;
  BlockRecovery recovery_;
  StoredReplicas replicas_;
  IncrementalReport changes_;
  std::atomic<uint32_t> bad_reports_{0};  // under way
  TaskGroup group_;
  CommandExecutor commands_;
  HeartbeatLoop heartbeats_;
  BlockReportLoop reports_;
};

}  // namespace tusk::dfs::datanode
