#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/result.h"
#include "dfs/model/block.h"
#include "dfs/namenode/blocks/replica_report.h"

namespace tusk::dfs::namenode {

/// Life of a block in the namenode (HdfsServerConstants.BlockUCState).
enum class BlockState : uint8_t {
  kUnderConstruction = 0,  ///< a client writes it
  kUnderRecovery = 1,      ///< its writer is gone; datanodes agree on length and stamp
  kCommitted = 2,          ///< length and stamp are final, too few replicas are reported
  kComplete = 3,           ///< enough good replicas are known or were known once
};

/// "UNDER_CONSTRUCTION" and so on, as fsck and pages show it.
std::string_view BlockStateName(BlockState state);

enum class BlockEvent : uint8_t {
  kCommit,          ///< the client told final length and stamp
  kEnoughReplicas,  ///< the reported good replicas reach what is required
  kReopen,          ///< append or truncate
  kStartRecovery,   ///< lease recovery
  kRecovered,       ///< commitBlockSynchronization fixed length and stamp
};

/// The state after `event`; kFailedPrecondition when it cannot happen in `state`. Pure.
Result<BlockState> NextBlockState(BlockState state, BlockEvent event);

/// What a reported replica means for the block it names.
enum class ReplicaVerdict : uint8_t {
  kGood,      ///< finalised with the block's stamp and length: it counts
  kExpected,  ///< belongs to the write or recovery that is going on; confirms a location
  kCorrupt,   ///< of this block, but with a wrong stamp or length: never serve, replace
  kIgnore,    ///< says nothing that matters now
};

/// A verdict with its reason.
struct ReplicaJudgement {
  ReplicaVerdict verdict = ReplicaVerdict::kIgnore;
  std::string_view reason;  ///< of kCorrupt, in Hadoop's words; static text
};

/// Judges a reported replica against the stored block (`stored.id` equals the replica's id).
/// Pure; follows BlockManager.checkReplicaCorrupt, except that a finalised replica of a block
/// which is still open is never counted before the commit has named stamp and length.
ReplicaJudgement JudgeReplica(BlockState state, const Block& stored, const Block& reported,
                              ReplicaState reported_state);

}  // namespace tusk::dfs::namenode
