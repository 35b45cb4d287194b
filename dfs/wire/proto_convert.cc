#include "dfs/wire/proto_convert.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_limits.h"
#include "dfs/model/permission.h"

namespace tusk::dfs {
namespace {

Result<uint16_t> Narrow16(uint32_t value, const char* what) {
  if (value > UINT16_MAX) {
    return Status::Error(StatusCode::kInvalidArgument, "{} out of range: {}", what, value);
  }
  return static_cast<uint16_t>(value);
}

/// Blocks of one answer: what a file may have, with room for limits raised by configuration.
constexpr int kMaxLocatedBlocks = 16 * static_cast<int>(kMaxBlocksPerFile);

}  // namespace

proto::BlockProto ToProto(const Block& block) {
  proto::BlockProto message;
  message.set_blockid(static_cast<uint64_t>(block.id.value()));
  message.set_genstamp(static_cast<uint64_t>(block.generation_stamp.value()));
  message.set_numbytes(block.length);
  return message;
}

Block FromProto(const proto::BlockProto& message) {
  Block block;
  block.id = BlockId(static_cast<int64_t>(message.blockid()));
  block.generation_stamp = GenerationStamp(static_cast<int64_t>(message.genstamp()));
  block.length = message.numbytes();
  return block;
}

proto::ExtendedBlockProto ToProto(const ExtendedBlock& block) {
  proto::ExtendedBlockProto message;
  message.set_poolid(block.pool_id);
  message.set_blockid(static_cast<uint64_t>(block.block.id.value()));
  message.set_generationstamp(static_cast<uint64_t>(block.block.generation_stamp.value()));
  message.set_numbytes(block.block.length);
  return message;
}

ExtendedBlock FromProto(const proto::ExtendedBlockProto& message) {
  ExtendedBlock block;
  block.pool_id = message.poolid();
  block.block.id = BlockId(static_cast<int64_t>(message.blockid()));
  block.block.generation_stamp = GenerationStamp(static_cast<int64_t>(message.generationstamp()));
  block.block.length = message.numbytes();
  return block;
}

proto::TokenProto ToProto(const AccessToken& token) {
  proto::TokenProto message;
  message.set_identifier(token.identifier);
  message.set_password(token.password);
  message.set_kind(token.kind);
  message.set_service(token.service);
  return message;
}

AccessToken FromProto(const proto::TokenProto& message) {
  AccessToken token;
  token.identifier = message.identifier();
  token.password = message.password();
  token.kind = message.kind();
  token.service = message.service();
  return token;
}

proto::StorageTypeProto ToProto(StorageType type) {
  return static_cast<proto::StorageTypeProto>(type);
}

StorageType FromProto(proto::StorageTypeProto type) { return static_cast<StorageType>(type); }

proto::DatanodeIDProto ToProto(const DatanodeId& id) {
  proto::DatanodeIDProto message;
  message.set_ipaddr(id.ip_address);
  message.set_hostname(id.host_name);
  message.set_datanodeuuid(id.uuid);
  message.set_xferport(id.transfer_port);
  message.set_infoport(id.info_port);
  message.set_ipcport(id.ipc_port);
  message.set_infosecureport(id.info_secure_port);
  return message;
}

Result<DatanodeId> FromProto(const proto::DatanodeIDProto& message) {
  DatanodeId id;
  id.ip_address = message.ipaddr();
  id.host_name = message.hostname();
  id.uuid = message.datanodeuuid();
  ASSIGN_OR_RETURN(id.transfer_port, Narrow16(message.xferport(), "transfer port"));
  ASSIGN_OR_RETURN(id.info_port, Narrow16(message.infoport(), "HTTP port"));
  ASSIGN_OR_RETURN(id.ipc_port, Narrow16(message.ipcport(), "RPC port"));
  ASSIGN_OR_RETURN(id.info_secure_port, Narrow16(message.infosecureport(), "HTTPS port"));
  return id;
}

proto::DatanodeInfoProto ToProto(const DatanodeInfo& info) {
  proto::DatanodeInfoProto message;
  *message.mutable_id() = ToProto(info.id);
  message.set_capacity(info.capacity);
  message.set_dfsused(info.dfs_used);
  message.set_remaining(info.remaining);
  message.set_blockpoolused(info.block_pool_used);
  message.set_lastupdate(static_cast<uint64_t>(info.last_update_ms));
  message.set_xceivercount(info.xceiver_count);
  message.set_location(info.location);
  message.set_nondfsused(info.non_dfs_used);
  message.set_adminstate(static_cast<proto::DatanodeInfoProto::AdminState>(info.admin_state));
  message.set_cachecapacity(info.cache_capacity);
  message.set_cacheused(info.cache_used);
  message.set_lastupdatemonotonic(static_cast<uint64_t>(info.last_update_monotonic_ms));
  message.set_lastblockreporttime(static_cast<uint64_t>(info.last_block_report_ms));
  message.set_lastblockreportmonotonic(static_cast<uint64_t>(info.last_block_report_monotonic_ms));
  message.set_numblocks(info.block_count);
  return message;
}

Result<DatanodeInfo> FromProto(const proto::DatanodeInfoProto& message) {
  DatanodeInfo info;
  ASSIGN_OR_RETURN(info.id, FromProto(message.id()));
  info.location = message.location();
  info.capacity = message.capacity();
  info.dfs_used = message.dfsused();
  info.remaining = message.remaining();
  info.non_dfs_used = message.nondfsused();
  if (!message.has_nondfsused()) {
    // Older servers leave it to the reader.
    const uint64_t known = info.dfs_used + info.remaining;
    info.non_dfs_used = info.capacity > known ? info.capacity - known : 0;
  }
  info.block_pool_used = message.blockpoolused();
  info.cache_capacity = message.cachecapacity();
  info.cache_used = message.cacheused();
  info.xceiver_count = message.xceivercount();
  info.block_count = message.numblocks();
  info.last_update_ms = static_cast<int64_t>(message.lastupdate());
  info.last_update_monotonic_ms = static_cast<int64_t>(message.lastupdatemonotonic());
  info.last_block_report_ms = static_cast<int64_t>(message.lastblockreporttime());
  info.last_block_report_monotonic_ms = static_cast<int64_t>(message.lastblockreportmonotonic());
  info.admin_state = static_cast<AdminState>(message.adminstate());
  return info;
}

proto::LocatedBlockProto ToProto(const LocatedBlock& block) {
  proto::LocatedBlockProto message;
  *message.mutable_b() = ToProto(block.block);
  message.set_offset(block.offset);
  message.set_corrupt(block.corrupt);
  *message.mutable_blocktoken() = ToProto(block.token);
  for (const ReplicaLocation& location : block.locations) {
    *message.add_locs() = ToProto(location.datanode);
    message.add_storagetypes(ToProto(location.storage_type));
    message.add_storageids(location.storage_id);
  }
  return message;
}

Result<LocatedBlock> FromProto(const proto::LocatedBlockProto& message) {
  const int count = message.locs_size();
  if (count > static_cast<int>(kMaxPipelineNodes)) {
    return Status::Error(StatusCode::kTooLarge, "a block with {} locations", count);
  }
  // An unknown storage type vanishes from its list: then only the count tells.
  const bool types = message.storagetypes_size() == count;
  if (message.storagetypes_size() > count ||
      (message.storageids_size() != 0 && message.storageids_size() != count)) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "a block with {} locations, {} storage types and {} storage ids", count,
                         message.storagetypes_size(), message.storageids_size());
  }
  LocatedBlock block;
  block.block = FromProto(message.b());
  block.offset = message.offset();
  block.corrupt = message.corrupt();
  block.token = FromProto(message.blocktoken());
  block.locations.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    ReplicaLocation location;
    ASSIGN_OR_RETURN(location.datanode, FromProto(message.locs(i)));
    if (types) location.storage_type = FromProto(message.storagetypes(i));
    if (message.storageids_size() != 0) location.storage_id = message.storageids(i);
    block.locations.push_back(std::move(location));
  }
  return block;
}

proto::LocatedBlocksProto ToProto(const LocatedBlocks& blocks) {
  proto::LocatedBlocksProto message;
  message.set_filelength(blocks.file_length);
  for (const LocatedBlock& block : blocks.blocks) *message.add_blocks() = ToProto(block);
  message.set_underconstruction(blocks.under_construction);
  if (blocks.last_block.has_value()) *message.mutable_lastblock() = ToProto(*blocks.last_block);
  message.set_islastblockcomplete(blocks.last_block_complete);
  return message;
}

Result<LocatedBlocks> FromProto(const proto::LocatedBlocksProto& message) {
  if (message.blocks_size() > kMaxLocatedBlocks) {
    return Status::Error(StatusCode::kTooLarge, "an answer with {} blocks", message.blocks_size());
  }
  LocatedBlocks blocks;
  blocks.file_length = message.filelength();
  blocks.blocks.reserve(static_cast<size_t>(message.blocks_size()));
  for (const proto::LocatedBlockProto& block : message.blocks()) {
    ASSIGN_OR_RETURN(LocatedBlock converted, FromProto(block));
    blocks.blocks.push_back(std::move(converted));
  }
  blocks.under_construction = message.underconstruction();
  if (message.has_lastblock()) {
    ASSIGN_OR_RETURN(blocks.last_block, FromProto(message.lastblock()));
  }
  blocks.last_block_complete = message.islastblockcomplete();
  return blocks;
}

proto::HdfsFileStatusProto ToProto(const FileStatus& status) {
  proto::HdfsFileStatusProto message;
  message.set_filetype(static_cast<proto::HdfsFileStatusProto::FileType>(status.type));
  message.set_path(status.path);
  message.set_length(status.length);
  message.mutable_permission()->set_perm(status.permission & kPermissionMask);
  message.set_owner(status.owner);
  message.set_group(status.group);
  message.set_modification_time(static_cast<uint64_t>(status.modification_ms));
  message.set_access_time(static_cast<uint64_t>(status.access_ms));
  if (status.IsSymlink()) message.set_symlink(status.symlink_target);
  message.set_block_replication(status.replication);
  message.set_blocksize(status.block_size);
  message.set_fileid(status.file_id);
  message.set_childrennum(
      static_cast<int32_t>(std::min<uint32_t>(status.children, uint32_t{INT32_MAX})));
  message.set_flags(status.has_acl ? proto::HdfsFileStatusProto::HAS_ACL : 0);
  return message;
}

Result<FileStatus> FromProto(const proto::HdfsFileStatusProto& message) {
  FileStatus status;
  status.type = static_cast<FileType>(message.filetype());
  status.path = message.path();
  status.length = message.length();
  status.permission = static_cast<uint16_t>(message.permission().perm() & kPermissionMask);
  status.owner = message.owner();
  status.group = message.group();
  status.modification_ms = static_cast<int64_t>(message.modification_time());
  status.access_ms = static_cast<int64_t>(message.access_time());
  status.symlink_target = message.symlink();
  ASSIGN_OR_RETURN(status.replication, Narrow16(message.block_replication(), "replication"));
  status.block_size = message.blocksize();
  status.file_id = message.fileid();
  status.children = static_cast<uint32_t>(std::max(message.childrennum(), 0));
  status.has_acl = (message.flags() & proto::HdfsFileStatusProto::HAS_ACL) != 0;
  return status;
}

proto::ContentSummaryProto ToProto(const ContentSummary& summary) {
  proto::ContentSummaryProto message;
  message.set_length(summary.length);
  message.set_filecount(summary.file_count);
  message.set_directorycount(summary.directory_count);
  message.set_quota(static_cast<uint64_t>(summary.name_quota));
  message.set_spaceconsumed(summary.space_consumed);
  message.set_spacequota(static_cast<uint64_t>(summary.space_quota));
  // What `hdfs dfs -ls -e` shows of files.
  if (summary.directory_count == 0) message.set_erasurecodingpolicy("Replicated");
  return message;
}

ContentSummary FromProto(const proto::ContentSummaryProto& message) {
  ContentSummary summary;
  summary.length = message.length();
  summary.file_count = message.filecount();
  summary.directory_count = message.directorycount();
  summary.space_consumed = message.spaceconsumed();
  summary.name_quota = static_cast<int64_t>(message.quota());
  summary.space_quota = static_cast<int64_t>(message.spacequota());
  return summary;
}

proto::GetFsStatsResponseProto ToProto(const FsStats& stats) {
  proto::GetFsStatsResponseProto message;
  message.set_capacity(stats.capacity);
  message.set_used(stats.used);
  message.set_remaining(stats.remaining);
  message.set_under_replicated(stats.under_replicated);
  message.set_corrupt_blocks(stats.corrupt_blocks);
  message.set_missing_blocks(stats.missing_blocks);
  message.set_missing_repl_one_blocks(0);
  message.set_blocks_in_future(0);
  message.set_pending_deletion_blocks(0);
  return message;
}

FsStats FromProto(const proto::GetFsStatsResponseProto& message) {
  FsStats stats;
  stats.capacity = message.capacity();
  stats.used = message.used();
  stats.remaining = message.remaining();
  stats.under_replicated = message.under_replicated();
  stats.corrupt_blocks = message.corrupt_blocks();
  stats.missing_blocks = message.missing_blocks();
  return stats;
}

proto::FsServerDefaultsProto ToProto(const ServerDefaults& defaults) {
  proto::FsServerDefaultsProto message;
  message.set_blocksize(defaults.block_size);
  message.set_bytesperchecksum(defaults.bytes_per_checksum);
  message.set_writepacketsize(defaults.write_packet_size);
  message.set_replication(defaults.replication);
  message.set_filebuffersize(4096);
  message.set_encryptdatatransfer(defaults.encrypt_data_transfer);
  message.set_trashinterval(defaults.trash_interval_minutes);
  message.set_checksumtype(proto::CHECKSUM_CRC32C);
  // Empty: there is no key provider, so clients do not look for one of their own.
  message.set_keyprovideruri("");
  message.set_policyid(0);
  message.set_snapshottrashrootenabled(false);
  return message;
}

Result<ServerDefaults> FromProto(const proto::FsServerDefaultsProto& message) {
  ServerDefaults defaults;
  defaults.block_size = message.blocksize();
  defaults.bytes_per_checksum = message.bytesperchecksum();
  defaults.write_packet_size = message.writepacketsize();
  ASSIGN_OR_RETURN(defaults.replication, Narrow16(message.replication(), "replication"));
  defaults.trash_interval_minutes = message.trashinterval();
  defaults.encrypt_data_transfer = message.encryptdatatransfer();
  return defaults;
}

proto::ChecksumProto ToProto(const ChecksumSpec& spec) {
  proto::ChecksumProto message;
  message.set_type(static_cast<proto::ChecksumTypeProto>(spec.type));
  message.set_bytesperchecksum(spec.bytes_per_checksum);
  return message;
}

Result<ChecksumSpec> FromProto(const proto::ChecksumProto& message) {
  return ChecksumSpec::Make(message.type(), message.bytesperchecksum());
}

Result<std::vector<DatanodeInfo>> FromProto(
    const google::protobuf::RepeatedPtrField<proto::DatanodeInfoProto>& messages) {
  if (messages.size() > static_cast<int>(kMaxPipelineNodes)) {
    return Status::Error(StatusCode::kTooLarge, "a list of {} datanodes", messages.size());
  }
  std::vector<DatanodeInfo> nodes;
  nodes.reserve(static_cast<size_t>(messages.size()));
  for (const proto::DatanodeInfoProto& message : messages) {
    ASSIGN_OR_RETURN(DatanodeInfo node, FromProto(message));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace tusk::dfs
