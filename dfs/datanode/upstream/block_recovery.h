#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "common/base/status.h"
#include "common/net/task.h"
#include "dfs/datanode/upstream/namenode_session.h"
#include "dfs/datanode/upstream/replica_source.h"

namespace tusk::dfs::datanode {

/// What one datanode said about its replica of a block under recovery.
struct RecoveryCandidate {
  size_t location = 0;  ///< index in the order's list
  Block block;
  ReportedState state = ReportedState::kFinalized;  ///< before the recovery froze it
  bool temporary = false;
};

/// What a recovery makes of the candidates.
struct RecoveryPlan {
  bool delete_block = false;  ///< nothing was ever written: the file ends before this block
  uint64_t new_length = 0;
  std::vector<size_t> participants;  ///< locations whose replicas become the block
};

/// Chooses length and participants as Hadoop does (BlockRecoveryWorker, RecoveryTaskContiguous):
/// finalized replicas decide if there are any, and those being written join in when they are as
/// long; else the ones being written, cut to the shortest; else the waiting ones likewise. Empty
/// and temporary replicas do not count. kCorruption when finalized replicas differ in length. Pure.
Result<RecoveryPlan> PlanRecovery(std::span<const RecoveryCandidate> candidates);

/// How patient a recovery is with the datanodes that it asks.
struct RecoveryLimits {
  std::chrono::nanoseconds peer_timeout = std::chrono::seconds(30);
};

/// Leads the recovery of blocks by order of the namenode (RECOVERBLOCK): freezes the replicas,
/// chooses a length all can agree on, cuts and finalizes them under the new stamp, and tells the
/// namenode (commitBlockSynchronization). Speaks to its own datanode as to the others, over
/// InterDatanodeProtocol.
///
/// Participants that fail are left out as long as one succeeds; the namenode orders again if
/// nothing comes. Thread-safe.
class BlockRecovery {
 public:
  /// Both must outlive it. `client` makes the calls to the other datanodes.
  BlockRecovery(rpc::RpcClient& client, NamenodeSession& session, const Clock& clock,
                RecoveryLimits limits = {});

  Task<Status> Recover(RecoveryOrder order);

 private:
  struct Outcome;
  Task<Status> Freeze(const RecoveryOrder& order, size_t location,
                      std::vector<RecoveryCandidate>* candidates);
  Task<Status> Update(const RecoveryOrder& order, size_t location, uint64_t new_length,
                      Outcome* outcome);
  Task<Status> Tell(const RecoveryOrder& order, const Outcome& outcome);
  Task<Status> CallPeer(const ReplicaLocation& peer, std::string_view method,
                        const google::protobuf::MessageLite& request,
                        google::protobuf::MessageLite* response);

  rpc::RpcClient& client_;
  NamenodeSession& session_;
  const Clock& clock_;
  const RecoveryLimits limits_;
};

}  // namespace tusk::dfs::datanode
