#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/proto/datanode_protocol.pb.h"

namespace tusk::dfs::namenode {

// Messages of DatanodeProtocol to what BlockManager speaks, and back. Errors are kInvalidArgument.

Result<DatanodeRegistration> RegistrationOf(const proto::DatanodeRegistrationProto& message);
/// `message` with the accepted ids. Block tokens are off.
proto::DatanodeRegistrationProto ToProto(const DatanodeRegistration& registration);
proto::NamespaceInfoProto ToProto(const ClusterIdentity& identity);
HeartbeatReport HeartbeatOf(const proto::HeartbeatRequestProto& message);
/// The commands of `orders`, all for blocks of `block_pool_id`.
std::vector<proto::DatanodeCommandProto> CommandsOf(const HeartbeatOrders& orders,
                                                    const std::string& block_pool_id);
/// The list of one storage; it views `message`.
std::unique_ptr<ReplicaReader> ReplicasOf(const proto::StorageBlockReportProto& message);
StorageName StorageOf(const proto::DatanodeStorageProto& message);
std::vector<ReplicaChange> ChangesOf(const proto::StorageReceivedDeletedBlocksProto& message);

}  // namespace tusk::dfs::namenode
