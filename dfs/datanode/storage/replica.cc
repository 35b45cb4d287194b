#include "dfs/datanode/storage/replica.h"

#include <utility>

#include "common/base/status_macros.h"

namespace tusk::dfs::datanode {
namespace {

template <typename... Args>
Status Refuse(fmt::format_string<Args...> format, Args&&... args) {
  return Status::Error(StatusCode::kFailedPrecondition, format, std::forward<Args>(args)...);
}

Status CheckStamps(const ReplicaFacts& replica, const ReopenRequest& request) {
  const GenerationStamp stamp = replica.block.generation_stamp;
  if (stamp < request.block.generation_stamp || stamp > request.new_stamp) {
    return Refuse("replica blk_{} has generation stamp {}, not one of {} to {}", replica.block.id,
                  stamp, request.block.generation_stamp, request.new_stamp);
  }
  return Status();
}

}  // namespace

std::string_view ReplicaStateName(ReplicaState state) {
  switch (state) {
    case ReplicaState::kFinalized:
      return "FINALIZED";
    case ReplicaState::kBeingWritten:
      return "RBW";
    case ReplicaState::kWaiting:
      return "RWR";
    case ReplicaState::kUnderRecovery:
      return "RUR";
    case ReplicaState::kTemporary:
      return "TEMPORARY";
  }
  return "UNKNOWN";
}

Status CheckCreate(const std::optional<ReplicaFacts>& existing, const Block& block) {
  if (!existing.has_value()) return Status();
  const bool leftover =
      existing->state == ReplicaState::kBeingWritten || existing->state == ReplicaState::kTemporary;
  if (leftover && existing->block.generation_stamp < block.generation_stamp) return Status();
  return Status::Error(StatusCode::kAlreadyExists,
                       "replica blk_{} exists already, state {} stamp {}", block.id,
                       ReplicaStateName(existing->state), existing->block.generation_stamp);
}

Status CheckAppend(const ReplicaFacts& replica, const ReopenRequest& request, bool recovery) {
  const bool right_state = replica.state == ReplicaState::kFinalized ||
                           (recovery && replica.state == ReplicaState::kBeingWritten);
  if (!right_state) {
    return Refuse("replica blk_{} cannot be appended to, its state is {}", replica.block.id,
                  ReplicaStateName(replica.state));
  }
  RETURN_IF_ERROR(CheckStamps(replica, request));
  if (!recovery && replica.block.generation_stamp != request.block.generation_stamp) {
    return Refuse("replica blk_{} has generation stamp {}, not {}", replica.block.id,
                  replica.block.generation_stamp, request.block.generation_stamp);
  }
  if (replica.block.length != request.min_bytes) {
    return Refuse("replica blk_{} has {} bytes, the appender knows {}", replica.block.id,
                  replica.block.length, request.min_bytes);
  }
  return Status();
}

Result<uint64_t> CheckStreamingRecovery(const ReplicaFacts& replica, const ReopenRequest& request) {
  // Some clients recover this way after their last packet, too: the replica may be final by then.
  if (replica.state != ReplicaState::kBeingWritten && replica.state != ReplicaState::kFinalized) {
    return Refuse("replica blk_{} is not being written, its state is {}", replica.block.id,
                  ReplicaStateName(replica.state));
  }
  RETURN_IF_ERROR(CheckStamps(replica, request));
  const uint64_t keep =
      replica.state == ReplicaState::kFinalized ? replica.block.length : replica.acked;
  if (keep < request.min_bytes || replica.block.length > request.max_bytes) {
    return Refuse("replica blk_{} has {} bytes, {} of them acknowledged, the writer knows {} to {}",
                  replica.block.id, replica.block.length, keep, request.min_bytes,
                  request.max_bytes);
  }
  return keep;
}

Status CheckCloseRecovery(const ReplicaFacts& replica, const ReopenRequest& request) {
  if (replica.state != ReplicaState::kBeingWritten && replica.state != ReplicaState::kFinalized) {
    return Refuse("replica blk_{} cannot be closed, its state is {}", replica.block.id,
                  ReplicaStateName(replica.state));
  }
  RETURN_IF_ERROR(CheckStamps(replica, request));
  if (replica.block.length != request.min_bytes) {
    return Refuse("replica blk_{} has {} bytes, the writer knows {}", replica.block.id,
                  replica.block.length, request.min_bytes);
  }
  return Status();
}

Status CheckInitRecovery(const ReplicaFacts& replica, const Block& block,
                         GenerationStamp recovery_id) {
  if (replica.state == ReplicaState::kUnderRecovery && replica.recovery_id >= recovery_id) {
    return Status::Error(StatusCode::kRecoveryInProgress,
                         "replica blk_{} is being recovered under {}, asked for {}", block.id,
                         replica.recovery_id, recovery_id);
  }
  const GenerationStamp stamp = replica.block.generation_stamp;
  if (stamp < block.generation_stamp) {
    return Refuse("replica blk_{} has generation stamp {}, older than {}", block.id, stamp,
                  block.generation_stamp);
  }
  if (stamp >= recovery_id) {
    return Refuse("replica blk_{} has generation stamp {}, recovery id is only {}", block.id, stamp,
                  recovery_id);
  }
  return Status();
}

Status CheckUpdateRecovery(const ReplicaFacts& replica, const Block& block,
                           GenerationStamp recovery_id, uint64_t new_length) {
  if (replica.state != ReplicaState::kUnderRecovery) {
    return Refuse("replica blk_{} is not under recovery, its state is {}", block.id,
                  ReplicaStateName(replica.state));
  }
  if (replica.recovery_id != recovery_id) {
    return Refuse("replica blk_{} is being recovered under {}, not {}", block.id,
                  replica.recovery_id, recovery_id);
  }
  if (replica.block.length < new_length) {
    return Refuse("replica blk_{} has {} bytes, fewer than the agreed {}", block.id,
                  replica.block.length, new_length);
  }
  return Status();
}

uint64_t VisibleLength(const ReplicaFacts& replica) {
  switch (replica.state) {
    case ReplicaState::kBeingWritten:
      return replica.acked;
    case ReplicaState::kTemporary:
      return 0;
    case ReplicaState::kUnderRecovery:
      return replica.recovered_from == ReplicaState::kBeingWritten ? replica.acked
                                                                   : replica.block.length;
    case ReplicaState::kFinalized:
    case ReplicaState::kWaiting:
      return replica.block.length;
  }
  return 0;
}

}  // namespace tusk::dfs::datanode
