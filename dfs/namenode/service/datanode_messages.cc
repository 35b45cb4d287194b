#include "dfs/namenode/service/datanode_messages.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_list_reader.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::namenode {

namespace {

void AddTarget(const StorageTarget& target, proto::LocatedBlockProto* block) {
  *block->add_locs() = dfs::ToProto(*target.datanode);
  block->add_storageids(*target.storage_id);
  block->add_storagetypes(dfs::ToProto(target.storage_type));
}

proto::DatanodeCommandProto BlockCommand(proto::BlockCommandProto::Action action,
                                         const std::string& block_pool_id) {
  proto::DatanodeCommandProto command;
  command.set_cmdtype(proto::DatanodeCommandProto::BlockCommand);
  command.mutable_blkcmd()->set_action(action);
  command.mutable_blkcmd()->set_blockpoolid(block_pool_id);
  return command;
}

proto::DatanodeCommandProto TransferCommand(const std::vector<TransferOrder>& transfers,
                                            const std::string& block_pool_id) {
  auto command = BlockCommand(proto::BlockCommandProto::TRANSFER, block_pool_id);
  proto::BlockCommandProto& body = *command.mutable_blkcmd();
  for (const TransferOrder& order : transfers) {
    *body.add_blocks() = dfs::ToProto(order.block);
    proto::DatanodeInfosProto& nodes = *body.add_targets();
    proto::StorageUuidsProto& ids = *body.add_targetstorageuuids();
    proto::StorageTypesProto& types = *body.add_targetstoragetypes();
    for (const StorageTarget& target : order.targets) {
      *nodes.add_datanodes() = dfs::ToProto(*target.datanode);
      ids.add_storageuuids(*target.storage_id);
      types.add_storagetypes(dfs::ToProto(target.storage_type));
    }
  }
  return command;
}

proto::DatanodeCommandProto RecoveryCommand(const std::vector<RecoveryOrder>& recoveries,
                                            const std::string& block_pool_id) {
  proto::DatanodeCommandProto command;
  command.set_cmdtype(proto::DatanodeCommandProto::BlockRecoveryCommand);
  for (const RecoveryOrder& order : recoveries) {
    proto::RecoveringBlockProto& block = *command.mutable_recoverycmd()->add_blocks();
    block.set_newgenstamp(static_cast<uint64_t>(order.recovery_id.value()));
    proto::LocatedBlockProto& located = *block.mutable_block();
    *located.mutable_b() = dfs::ToProto(ExtendedBlock{block_pool_id, order.block});
    located.set_offset(UINT64_MAX);  // Hadoop's -1: not a place in the file
    located.set_corrupt(false);
    *located.mutable_blocktoken() = dfs::ToProto(AccessToken{});
    for (const StorageTarget& target : order.replicas) AddTarget(target, &located);
  }
  return command;
}

}  // namespace

Result<DatanodeRegistration> RegistrationOf(const proto::DatanodeRegistrationProto& message) {
  DatanodeRegistration registration;
  ASSIGN_OR_RETURN(registration.id, dfs::FromProto(message.datanodeid()));
  const proto::StorageInfoProto& storage = message.storageinfo();
  registration.cluster_id = storage.clusterid();
  registration.namespace_id = static_cast<int32_t>(storage.namespceid());
  registration.creation_ms = static_cast<int64_t>(storage.ctime());
  registration.layout_version = static_cast<int32_t>(storage.layoutversion());
  registration.software_version = message.softwareversion();
  return registration;
}

proto::DatanodeRegistrationProto ToProto(const DatanodeRegistration& registration) {
  proto::DatanodeRegistrationProto message;
  *message.mutable_datanodeid() = dfs::ToProto(registration.id);
  proto::StorageInfoProto& storage = *message.mutable_storageinfo();
  storage.set_layoutversion(static_cast<uint32_t>(registration.layout_version));
  storage.set_namespceid(static_cast<uint32_t>(registration.namespace_id));
  storage.set_clusterid(registration.cluster_id);
  storage.set_ctime(static_cast<uint64_t>(registration.creation_ms));
  proto::ExportedBlockKeysProto& keys = *message.mutable_keys();
  keys.set_isblocktokenenabled(false);
  keys.set_keyupdateinterval(0);
  keys.set_tokenlifetime(0);
  keys.mutable_currentkey()->set_keyid(0);
  keys.mutable_currentkey()->set_expirydate(0);
  message.set_softwareversion(registration.software_version);
  return message;
}

proto::NamespaceInfoProto ToProto(const ClusterIdentity& identity) {
  proto::NamespaceInfoProto message;
  message.set_buildversion(identity.software_version);
  message.set_unused(0);
  message.set_blockpoolid(identity.block_pool_id);
  proto::StorageInfoProto& storage = *message.mutable_storageinfo();
  storage.set_layoutversion(static_cast<uint32_t>(identity.layout_version));
  storage.set_namespceid(static_cast<uint32_t>(identity.namespace_id));
  storage.set_clusterid(identity.cluster_id);
  storage.set_ctime(static_cast<uint64_t>(identity.creation_ms));
  message.set_softwareversion(identity.software_version);
  message.set_capabilities(1);  // STORAGE_BLOCK_REPORT_BUFFERS: reports come as byte buffers
  message.set_state(proto::NNHAStatusHeartbeatProto::ACTIVE);
  return message;
}

StorageName StorageOf(const proto::DatanodeStorageProto& message) {
  return {message.storageuuid(), dfs::FromProto(message.storagetype())};
}

HeartbeatReport HeartbeatOf(const proto::HeartbeatRequestProto& message) {
  HeartbeatReport report;
  for (const proto::StorageReportProto& storage : message.reports()) {
    StorageUsage& usage = report.storages.emplace_back();
    usage.storage_id = storage.storageuuid();
    if (storage.has_storage()) {
      usage.storage_id = storage.storage().storageuuid();
      usage.type = dfs::FromProto(storage.storage().storagetype());
      usage.read_only_shared =
          storage.storage().state() == proto::DatanodeStorageProto::READ_ONLY_SHARED;
    }
    usage.failed = storage.failed();
    usage.capacity = storage.capacity();
    usage.dfs_used = storage.dfsused();
    usage.remaining = storage.remaining();
    usage.block_pool_used = storage.blockpoolused();
    const uint64_t known = storage.dfsused() + storage.remaining();
    usage.non_dfs_used = storage.has_nondfsused()     ? storage.nondfsused()
                         : storage.capacity() > known ? storage.capacity() - known
                                                      : 0;
  }
  report.transfers_in_progress = message.xmitsinprogress();
  report.xceiver_count = message.xceivercount();
  report.failed_volumes = message.failedvolumes();
  report.cache_capacity = message.cachecapacity();
  report.cache_used = message.cacheused();
  report.wants_full_report_lease = message.requestfullblockreportlease();
  return report;
}

std::vector<proto::DatanodeCommandProto> CommandsOf(const HeartbeatOrders& orders,
                                                    const std::string& block_pool_id) {
  std::vector<proto::DatanodeCommandProto> commands;
  if (orders.register_again) {
    proto::DatanodeCommandProto& command = commands.emplace_back();
    command.set_cmdtype(proto::DatanodeCommandProto::RegisterCommand);
    command.mutable_registercmd();
    return commands;
  }
  if (!orders.recoveries.empty()) {
    commands.push_back(RecoveryCommand(orders.recoveries, block_pool_id));
  }
  if (!orders.transfers.empty()) {
    commands.push_back(TransferCommand(orders.transfers, block_pool_id));
  }
  if (!orders.deletions.empty()) {
    auto command = BlockCommand(proto::BlockCommandProto::INVALIDATE, block_pool_id);
    for (const Block& block : orders.deletions) {
      *command.mutable_blkcmd()->add_blocks() = dfs::ToProto(block);
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

std::unique_ptr<ReplicaReader> ReplicasOf(const proto::StorageBlockReportProto& message) {
  if (message.has_numberofblocks()) {
    std::vector<std::string_view> buffers(message.blocksbuffers().begin(),
                                          message.blocksbuffers().end());
    return std::make_unique<BlockBufferReader>(std::move(buffers), message.numberofblocks());
  }
  return std::make_unique<BlockLongsReader>(std::span<const uint64_t>(
      message.blocks().data(), static_cast<size_t>(message.blocks_size())));
}

std::vector<ReplicaChange> ChangesOf(const proto::StorageReceivedDeletedBlocksProto& message) {
  std::vector<ReplicaChange> changes;
  changes.reserve(static_cast<size_t>(message.blocks_size()));
  for (const proto::ReceivedDeletedBlockInfoProto& info : message.blocks()) {
    ReplicaChange& change = changes.emplace_back();
    change.block = dfs::FromProto(info.block());
    change.kind = static_cast<ReplicaChange::Kind>(info.status());
    change.delete_hint = info.deletehint();
  }
  return changes;
}

}  // namespace tusk::dfs::namenode
