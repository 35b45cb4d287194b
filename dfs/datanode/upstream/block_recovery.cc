#include "dfs/datanode/upstream/block_recovery.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/rpc/rpc_client.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "dfs/proto/inter_datanode.pb.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {

namespace {

constexpr std::string_view kProtocol =
    "org.apache.hadoop.hdfs.server.protocol.InterDatanodeProtocol";
constexpr std::string_view kModule = "datanode";

/// The shortest candidate in `state`; those in that state become participants.
void TakeState(std::span<const RecoveryCandidate> candidates, ReportedState state,
               RecoveryPlan* plan) {
  plan->new_length = UINT64_MAX;
  for (const RecoveryCandidate& candidate : candidates) {
    if (candidate.state != state || candidate.block.length == 0 || candidate.temporary) continue;
    plan->participants.push_back(candidate.location);
    plan->new_length = std::min(plan->new_length, candidate.block.length);
  }
}

}  // namespace

Result<RecoveryPlan> PlanRecovery(std::span<const RecoveryCandidate> candidates) {
  RecoveryPlan plan;
  const auto usable = [](const RecoveryCandidate& candidate) {
    return candidate.block.length > 0 && !candidate.temporary &&
           candidate.state != ReportedState::kUnderRecovery;
  };
  const auto has = [&](ReportedState state) {
    return std::any_of(candidates.begin(), candidates.end(), [&](const RecoveryCandidate& one) {
      return usable(one) && one.state == state;
    });
  };
  if (has(ReportedState::kFinalized)) {
    for (const RecoveryCandidate& one : candidates) {
      if (!usable(one) || one.state != ReportedState::kFinalized) continue;
      if (plan.new_length != 0 && plan.new_length != one.block.length) {
        return Status::Error(StatusCode::kCorruption,
                             "finalized replicas of block {} differ in length: {} and {}",
                             one.block.id, plan.new_length, one.block.length);
      }
      plan.new_length = one.block.length;
    }
    for (const RecoveryCandidate& one : candidates) {
      if (!usable(one) || one.state == ReportedState::kWaitingForRecovery) continue;
      if (one.block.length == plan.new_length) plan.participants.push_back(one.location);
    }
  } else if (has(ReportedState::kBeingWritten)) {
    TakeState(candidates, ReportedState::kBeingWritten, &plan);
  } else if (has(ReportedState::kWaitingForRecovery)) {
    TakeState(candidates, ReportedState::kWaitingForRecovery, &plan);
  } else {
    plan.delete_block = true;
  }
  return plan;
}

/// Where the block is after the recovery.
struct BlockRecovery::Outcome {
  RecoveryPlan plan;
  std::vector<std::pair<size_t, std::string>> updated;  // location and storage id
};

BlockRecovery::BlockRecovery(rpc::RpcClient& client, NamenodeSession& session, const Clock& clock,
                             RecoveryLimits limits)
    : client_(client), session_(session), clock_(clock), limits_(limits) {}

Task<Status> BlockRecovery::CallPeer(const ReplicaLocation& peer, std::string_view method,
                                     const google::protobuf::MessageLite& request,
                                     google::protobuf::MessageLite* response) {
  rpc::CallOptions call;
  call.server.host = peer.datanode.id.ip_address;
  call.server.port = peer.datanode.id.ipc_port;
  call.user = session_.options().user;
  call.deadline = Deadline::After(clock_, limits_.peer_timeout);
  co_return co_await client_.Call(kProtocol, method, request, response, std::move(call));
}

Task<Status> BlockRecovery::Freeze(const RecoveryOrder& order, size_t location,
                                   std::vector<RecoveryCandidate>* candidates) {
  proto::InitReplicaRecoveryRequestProto request;
  proto::RecoveringBlockProto& recovering = *request.mutable_block();
  recovering.set_newgenstamp(static_cast<uint64_t>(order.recovery_id.value()));
  LocatedBlock located;
  located.block.pool_id = session_.identity().block_pool_id;
  located.block.block = order.block;
  located.locations = order.replicas;
  *recovering.mutable_block() = ToProto(located);
  proto::InitReplicaRecoveryResponseProto response;
  const ReplicaLocation& peer = order.replicas[location];
  CO_RETURN_IF_ERROR(co_await CallPeer(peer, "initReplicaRecovery", request, &response));
  if (!response.replicafound()) co_return Status();
  RecoveryCandidate& candidate = candidates->emplace_back();
  candidate.location = location;
  candidate.block = FromProto(response.block());
  candidate.temporary = response.state() == proto::TEMPORARY;
  if (!candidate.temporary) candidate.state = static_cast<ReportedState>(response.state());
  co_return Status();
}

Task<Status> BlockRecovery::Update(const RecoveryOrder& order, size_t location, uint64_t new_length,
                                   Outcome* outcome) {
  proto::UpdateReplicaUnderRecoveryRequestProto request;
  ExtendedBlock block;
  block.pool_id = session_.identity().block_pool_id;
  block.block = order.block;
  *request.mutable_block() = ToProto(block);
  request.set_recoveryid(static_cast<uint64_t>(order.recovery_id.value()));
  request.set_newlength(new_length);
  proto::UpdateReplicaUnderRecoveryResponseProto response;
  const ReplicaLocation& peer = order.replicas[location];
  CO_RETURN_IF_ERROR(co_await CallPeer(peer, "updateReplicaUnderRecovery", request, &response));
  outcome->updated.emplace_back(location, response.storageuuid());
  co_return Status();
}

Task<Status> BlockRecovery::Tell(const RecoveryOrder& order, const Outcome& outcome) {
  proto::CommitBlockSynchronizationRequestProto request;
  ExtendedBlock block;
  block.pool_id = session_.identity().block_pool_id;
  block.block = order.block;
  *request.mutable_block() = ToProto(block);
  request.set_newgenstamp(static_cast<uint64_t>(order.recovery_id.value()));
  request.set_newlength(outcome.plan.new_length);
  request.set_closefile(true);
  request.set_deleteblock(outcome.plan.delete_block);
  for (const auto& [location, storage_id] : outcome.updated) {
    *request.add_newtaragets() = ToProto(order.replicas[location].datanode.id);
    request.add_newtargetstorages(storage_id);
  }
  proto::CommitBlockSynchronizationResponseProto response;
  co_return co_await session_.Call("commitBlockSynchronization", request, &response);
}

Task<Status> BlockRecovery::Recover(RecoveryOrder order) {
  std::vector<RecoveryCandidate> candidates;
  Status last;
  size_t answered = 0;
  for (size_t i = 0; i < order.replicas.size(); ++i) {
    Status frozen = co_await Freeze(order, i, &candidates);
    if (frozen.ok()) {
      ++answered;
      continue;
    }
    if (frozen.code() == StatusCode::kCancelled) co_return frozen;
    // Another recovery of the block runs, with a newer id: this one gives way.
    if (frozen.code() == StatusCode::kRecoveryInProgress) co_return frozen;
    LOG_WARN(kModule, "replica not frozen block={} datanode={} error={}", order.block.id,
             order.replicas[i].datanode.id.TransferAddress(), frozen.ToString());
    last = std::move(frozen);
  }
  // Without an answer nothing is known; a deletion needs somebody who says that nothing is there.
  if (answered == 0)
    co_return last.ok() ? Status(StatusCode::kInvalidArgument, "no replicas") : last;
  Result<RecoveryPlan> plan = PlanRecovery(candidates);
  if (!plan.ok()) co_return std::move(plan).status();
  Outcome outcome;
  outcome.plan = std::move(plan).value();
  // A replica that could not be asked may hold data: only all of them together can deny it.
  if (outcome.plan.delete_block && answered < order.replicas.size()) co_return last;
  for (const size_t location : outcome.plan.participants) {
    Status updated = co_await Update(order, location, outcome.plan.new_length, &outcome);
    if (updated.ok()) continue;
    if (updated.code() == StatusCode::kCancelled) co_return updated;
    LOG_WARN(kModule, "replica not recovered block={} datanode={} error={}", order.block.id,
             order.replicas[location].datanode.id.TransferAddress(), updated.ToString());
    last = std::move(updated);
  }
  if (!outcome.plan.delete_block && outcome.updated.empty()) co_return last;
  CO_RETURN_IF_ERROR(co_await Tell(order, outcome));
  LOG_INFO(kModule, "block recovered block={} stamp={} length={} replicas={}", order.block.id,
           order.recovery_id, outcome.plan.new_length, outcome.updated.size());
  co_return Status();
}

}  // namespace tusk::dfs::datanode
