#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "dfs/model/block.h"
#include "dfs/model/datanode_info.h"
#include "dfs/model/file_status.h"
#include "dfs/model/fs_stats.h"
#include "dfs/model/located_block.h"
#include "dfs/proto/client_namenode.pb.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/proto/hdfs.pb.h"
#include "dfs/wire/checksum_spec.h"

namespace tusk::dfs {

// Model values to messages of the contract and back.
//
// ToProto fills an empty message with all that peers need, required fields included. FromProto
// checks what the message's grammar does not: numbers that fit, lists that are parallel and
// bounded. Its errors are kInvalidArgument (kTooLarge for lists). FromProto(ToProto(x)) == x for
// every x that is itself within these bounds. Fields without a place in the model are dropped.

proto::BlockProto ToProto(const Block& block);
Block FromProto(const proto::BlockProto& message);

proto::ExtendedBlockProto ToProto(const ExtendedBlock& block);
ExtendedBlock FromProto(const proto::ExtendedBlockProto& message);

proto::TokenProto ToProto(const AccessToken& token);
AccessToken FromProto(const proto::TokenProto& message);

proto::StorageTypeProto ToProto(StorageType type);
/// Unknown numbers are no valid value of the enum and never reach this.
StorageType FromProto(proto::StorageTypeProto type);

proto::DatanodeIDProto ToProto(const DatanodeId& id);
Result<DatanodeId> FromProto(const proto::DatanodeIDProto& message);

proto::DatanodeInfoProto ToProto(const DatanodeInfo& info);
Result<DatanodeInfo> FromProto(const proto::DatanodeInfoProto& message);

/// storageTypes and storageIDs are always filled.
proto::LocatedBlockProto ToProto(const LocatedBlock& block);
Result<LocatedBlock> FromProto(const proto::LocatedBlockProto& message);

proto::LocatedBlocksProto ToProto(const LocatedBlocks& blocks);
Result<LocatedBlocks> FromProto(const proto::LocatedBlocksProto& message);

/// `path` of the message is status.path as it is: callers put the last component or nothing there.
proto::HdfsFileStatusProto ToProto(const FileStatus& status);
Result<FileStatus> FromProto(const proto::HdfsFileStatusProto& message);

proto::ContentSummaryProto ToProto(const ContentSummary& summary);
ContentSummary FromProto(const proto::ContentSummaryProto& message);

proto::GetFsStatsResponseProto ToProto(const FsStats& stats);
FsStats FromProto(const proto::GetFsStatsResponseProto& message);

/// The checksum kind is CRC32C.
proto::FsServerDefaultsProto ToProto(const ServerDefaults& defaults);
Result<ServerDefaults> FromProto(const proto::FsServerDefaultsProto& message);

proto::ChecksumProto ToProto(const ChecksumSpec& spec);
Result<ChecksumSpec> FromProto(const proto::ChecksumProto& message);

/// A list of datanodes, at most kMaxPipelineNodes.
Result<std::vector<DatanodeInfo>> FromProto(
    const google::protobuf::RepeatedPtrField<proto::DatanodeInfoProto>& messages);

}  // namespace tusk::dfs
