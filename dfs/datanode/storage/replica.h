#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.h"
#include "dfs/model/block.h"

namespace tusk::dfs::datanode {

/// State of a replica; values are those of block reports (ReplicaStateProto).
enum class ReplicaState : uint8_t {
  kFinalized = 0,      // complete, synced, immutable
  kBeingWritten = 1,   // a client's pipeline writes it, or did until it vanished (RBW)
  kWaiting = 2,        // was being written when the datanode ended; waits for recovery (RWR)
  kUnderRecovery = 3,  // frozen under a recovery id (RUR)
  kTemporary = 4,      // copied from a peer; invisible, gone after a restart
};
/// Hadoop's name: "FINALIZED", "RBW", "RWR", "RUR", "TEMPORARY".
std::string_view ReplicaStateName(ReplicaState state);

/// What decisions about a replica depend on.
struct ReplicaFacts {
  Block block;  ///< length: bytes that are on disk
  ReplicaState state = ReplicaState::kFinalized;
  uint64_t acked = 0;           ///< bytes that all datanodes further down have, too
  GenerationStamp recovery_id;  ///< of the recovery that froze it; 0 for none
  /// What it was before kUnderRecovery.
  ReplicaState recovered_from = ReplicaState::kFinalized;
};

/// What the sender of WRITE_BLOCK says about an existing replica.
struct ReopenRequest {
  Block block;  ///< with the stamp that the sender knows
  GenerationStamp new_stamp;
  uint64_t min_bytes = 0;  ///< acknowledged by all datanodes
  uint64_t max_bytes = 0;  ///< sent
};

// The state machine: pure decisions. Each returns Ok, or why the replica must not make that step.
// Errors are kFailedPrecondition unless told otherwise. Table: hdfs-wire-protocol 3.7 and 4.3.

/// A fresh replica where `existing` (if any) is: only a writer's or copier's leftover with an older
/// stamp may be replaced; else kAlreadyExists.
Status CheckCreate(const std::optional<ReplicaFacts>& existing, const Block& block);

/// Append to a finalized replica; with `recovery` also to one that an append has reopened already.
Status CheckAppend(const ReplicaFacts& replica, const ReopenRequest& request, bool recovery);

/// Going on after a node of the pipeline was lost. Returns the length to cut the replica to: what
/// was acknowledged, never less than the sender's minimum.
Result<uint64_t> CheckStreamingRecovery(const ReplicaFacts& replica, const ReopenRequest& request);

/// Finalizing after a node was lost when everything had been sent.
Status CheckCloseRecovery(const ReplicaFacts& replica, const ReopenRequest& request);

/// Freezing for block recovery under `recovery_id`. kRecoveryInProgress when one with the same or a
/// higher id runs.
Status CheckInitRecovery(const ReplicaFacts& replica, const Block& block,
                         GenerationStamp recovery_id);

/// Ending a recovery at `new_length`.
Status CheckUpdateRecovery(const ReplicaFacts& replica, const Block& block,
                           GenerationStamp recovery_id, uint64_t new_length);

/// Bytes that readers may see.
uint64_t VisibleLength(const ReplicaFacts& replica);

}  // namespace tusk::dfs::datanode
