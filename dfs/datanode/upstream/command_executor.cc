#include "dfs/datanode/upstream/command_executor.h"

#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/model/dfs_limits.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::datanode {

namespace {

constexpr std::string_view kModule = "datanode";

Task<void> RunTransfer(BlockWorker* worker, TransferOrder order, std::atomic<uint32_t>* running) {
  const BlockId id = order.block.id;
  Status done = co_await worker->Transfer(std::move(order));
  running->fetch_sub(1, std::memory_order_relaxed);
  if (!done.ok()) LOG_WARN(kModule, "copy failed block={} error={}", id, done.ToString());
}

Task<void> RunRecovery(BlockWorker* worker, RecoveryOrder order, std::atomic<uint32_t>* running) {
  const BlockId id = order.block.id;
  Status done = co_await worker->Recover(std::move(order));
  running->fetch_sub(1, std::memory_order_relaxed);
  if (!done.ok()) LOG_WARN(kModule, "recovery failed block={} error={}", id, done.ToString());
}

/// The i-th target list of a TRANSFER order with storages, where those are named.
Result<std::vector<ReplicaLocation>> TargetsOf(const proto::BlockCommandProto& command, int i) {
  ASSIGN_OR_RETURN(std::vector<DatanodeInfo> nodes, FromProto(command.targets(i).datanodes()));
  std::vector<ReplicaLocation> targets;
  for (size_t n = 0; n < nodes.size(); ++n) {
    ReplicaLocation& target = targets.emplace_back();
    target.datanode = std::move(nodes[n]);
    const int at = static_cast<int>(n);
    if (i < command.targetstorageuuids_size() &&
        at < command.targetstorageuuids(i).storageuuids_size()) {
      target.storage_id = command.targetstorageuuids(i).storageuuids(at);
    }
    if (i < command.targetstoragetypes_size() &&
        at < command.targetstoragetypes(i).storagetypes_size()) {
      target.storage_type = FromProto(command.targetstoragetypes(i).storagetypes(at));
    }
  }
  return targets;
}

}  // namespace

CommandExecutor::CommandExecutor(ReplicaSource& replicas, BlockWorker& worker, TaskGroup& tasks,
                                 CommandLimits limits)
    : replicas_(replicas), worker_(worker), tasks_(tasks), limits_(limits) {}

Status CommandExecutor::Transfer(const proto::BlockCommandProto& command) {
  for (int i = 0; i < command.blocks_size() && i < command.targets_size(); ++i) {
    TransferOrder order;
    order.block = FromProto(command.blocks(i));
    ASSIGN_OR_RETURN(order.targets, TargetsOf(command, i));
    if (order.targets.empty()) continue;
    if (transfers_.load(std::memory_order_relaxed) >= limits_.transfers) {
      LOG_WARN(kModule, "too many copies under way, order left block={} running={}", order.block.id,
               limits_.transfers);
      continue;
    }
    transfers_.fetch_add(1, std::memory_order_relaxed);
    if (!tasks_.Spawn("copy block", RunTransfer(&worker_, std::move(order), &transfers_))) {
      transfers_.fetch_sub(1, std::memory_order_relaxed);
    }
  }
  return Status();
}

Status CommandExecutor::Recover(const proto::BlockRecoveryCommandProto& command) {
  for (const proto::RecoveringBlockProto& message : command.blocks()) {
    ASSIGN_OR_RETURN(LocatedBlock located, FromProto(message.block()));
    RecoveryOrder order;
    order.block = located.block.block;
    order.recovery_id = GenerationStamp(static_cast<int64_t>(message.newgenstamp()));
    order.replicas = std::move(located.locations);
    if (recoveries_.load(std::memory_order_relaxed) >= limits_.recoveries) {
      LOG_WARN(kModule, "too many recoveries under way, order left block={}", order.block.id);
      continue;
    }
    recoveries_.fetch_add(1, std::memory_order_relaxed);
    if (!tasks_.Spawn("recover block", RunRecovery(&worker_, std::move(order), &recoveries_))) {
      recoveries_.fetch_sub(1, std::memory_order_relaxed);
    }
  }
  return Status();
}

Status CommandExecutor::Execute(const proto::DatanodeCommandProto& command,
                                const std::string& block_pool_id) {
  using Command = proto::DatanodeCommandProto;
  switch (command.cmdtype()) {
    case Command::BlockCommand: {
      const proto::BlockCommandProto& body = command.blkcmd();
      if (body.blockpoolid() != block_pool_id) {
        return Status::Error(StatusCode::kInvalidArgument, "order for another block pool {}",
                             body.blockpoolid());
      }
      if (body.action() == proto::BlockCommandProto::TRANSFER) return Transfer(body);
      if (body.action() == proto::BlockCommandProto::INVALIDATE) {
        std::vector<Block> blocks;
        blocks.reserve(static_cast<size_t>(body.blocks_size()));
        for (const proto::BlockProto& block : body.blocks()) blocks.push_back(FromProto(block));
        replicas_.Invalidate(blocks);
        return Status();
      }
      // A namenode does not end our process; whoever runs the daemon does.
      LOG_WARN(kModule, "order to shut down left");
      return Status();
    }
    case Command::BlockRecoveryCommand:
      return Recover(command.recoverycmd());
    case Command::FinalizeCommand:
      return Status();  // no upgrade ever leaves a previous state behind
    case Command::NullDatanodeCommand:
    case Command::RegisterCommand:
    case Command::KeyUpdateCommand:
    case Command::BalancerBandwidthCommand:
      return Status();
    default:
      LOG_WARN(kModule, "order not known here type={}", static_cast<int>(command.cmdtype()));
      return Status();
  }
}

}  // namespace tusk::dfs::datanode
