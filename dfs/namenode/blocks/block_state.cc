#include "dfs/namenode/blocks/block_state.h"

namespace tusk::dfs::namenode {

namespace {

std::string_view BlockEventName(BlockEvent event) {
  switch (event) {
    case BlockEvent::kCommit:
      return "commit";
    case BlockEvent::kEnoughReplicas:
      return "enough replicas";
    case BlockEvent::kReopen:
      return "reopen";
    case BlockEvent::kStartRecovery:
      return "start of recovery";
    case BlockEvent::kRecovered:
      return "end of recovery";
  }
  return "unknown event";
}

constexpr std::string_view kGenstampMismatch = "GENSTAMP_MISMATCH";
constexpr std::string_view kSizeMismatch = "SIZE_MISMATCH";
constexpr std::string_view kInvalidState = "INVALID_STATE";

ReplicaJudgement JudgeFixed(BlockState state, const Block& stored, const Block& reported,
                            ReplicaState reported_state) {
  switch (reported_state) {
    case ReplicaState::kFinalized:
      if (reported.generation_stamp != stored.generation_stamp) {
        return {ReplicaVerdict::kCorrupt, kGenstampMismatch};
      }
      if (reported.length != stored.length) return {ReplicaVerdict::kCorrupt, kSizeMismatch};
      return {ReplicaVerdict::kGood, {}};
    case ReplicaState::kBeingWritten:
    case ReplicaState::kWaitingRecovery:
      // A pipeline that goes on, or a report that was made just before the replica was finalised.
      if (reported.generation_stamp > stored.generation_stamp) return {};
      if (reported.generation_stamp < stored.generation_stamp) {
        return {ReplicaVerdict::kCorrupt, kGenstampMismatch};
      }
      if (state == BlockState::kCommitted) return {ReplicaVerdict::kExpected, {}};
      if (reported_state == ReplicaState::kBeingWritten) return {};
      return {ReplicaVerdict::kCorrupt, kInvalidState};
    case ReplicaState::kUnderRecovery:
    case ReplicaState::kTemporary:
      return {};
  }
  return {};
}

}  // namespace

std::string_view BlockStateName(BlockState state) {
  switch (state) {
    case BlockState::kUnderConstruction:
      return "UNDER_CONSTRUCTION";
    case BlockState::kUnderRecovery:
      return "UNDER_RECOVERY";
    case BlockState::kCommitted:
      return "COMMITTED";
    case BlockState::kComplete:
      return "COMPLETE";
  }
  return "UNKNOWN";
}

Result<BlockState> NextBlockState(BlockState state, BlockEvent event) {
  switch (event) {
    case BlockEvent::kCommit:
      // A repeat of the client's word changes nothing.
      if (state == BlockState::kUnderConstruction) return BlockState::kCommitted;
      if (state == BlockState::kCommitted || state == BlockState::kComplete) return state;
      break;
    case BlockEvent::kEnoughReplicas:
      if (state == BlockState::kCommitted || state == BlockState::kComplete) {
        return BlockState::kComplete;
      }
      break;
    case BlockEvent::kReopen:
      if (state == BlockState::kComplete) return BlockState::kUnderConstruction;
      break;
    case BlockEvent::kStartRecovery:
      // A newer recovery supersedes an older one; a committed block is as its client wanted it.
      if (state == BlockState::kUnderConstruction || state == BlockState::kUnderRecovery) {
        return BlockState::kUnderRecovery;
      }
      break;
    case BlockEvent::kRecovered:
      if (state == BlockState::kUnderRecovery) return BlockState::kCommitted;
      break;
  }
  return Status::Error(StatusCode::kFailedPrecondition, "{} of a block that is {}",
                       BlockEventName(event), BlockStateName(state));
}

ReplicaJudgement JudgeReplica(BlockState state, const Block& stored, const Block& reported,
                              ReplicaState reported_state) {
  if (state == BlockState::kCommitted || state == BlockState::kComplete) {
    return JudgeFixed(state, stored, reported, reported_state);
  }
  if (reported_state == ReplicaState::kTemporary) return {};
  // The stored stamp is the last that a pipeline update made known. A higher one is a recovery
  // that the client has not told yet; a lower one was left behind by a pipeline without it.
  if (reported.generation_stamp < stored.generation_stamp) {
    return {ReplicaVerdict::kCorrupt, kGenstampMismatch};
  }
  return {ReplicaVerdict::kExpected, {}};
}

}  // namespace tusk::dfs::namenode
