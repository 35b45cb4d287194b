#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/content_summary.h"
#include "dfs/namenode/ops/get_block_locations.h"
#include "dfs/namenode/ops/get_file_info.h"
#include "dfs/namenode/ops/list_directory.h"
#include "dfs/namenode/ops/located_blocks.h"
#include "dfs/namenode/ops/server_defaults.h"
#include "dfs/namenode/service/client_protocol_service.h"
#include "dfs/proto/client_namenode.pb.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::namenode {

namespace {

using proto::GetListingRequestProto;

Result<Outcome<proto::GetFileInfoResponseProto>> FileInfo(
    const OpContext& context, const Caller& caller, const proto::GetFileInfoRequestProto& request) {
  ASSIGN_OR_RETURN(const std::optional<FileStatus> status,
                   GetFileInfo(context, caller, request.src()));
  Outcome<proto::GetFileInfoResponseProto> answer;
  if (status) *answer.value.mutable_fs() = ToProto(*status);
  return answer;
}

// There are no symbolic links to stop at: the same as getFileInfo.
Result<Outcome<proto::GetFileLinkInfoResponseProto>> FileLinkInfo(
    const OpContext& context, const Caller& caller,
    const proto::GetFileLinkInfoRequestProto& request) {
  ASSIGN_OR_RETURN(const std::optional<FileStatus> status,
                   GetFileInfo(context, caller, request.src()));
  Outcome<proto::GetFileLinkInfoResponseProto> answer;
  if (status) *answer.value.mutable_fs() = ToProto(*status);
  return answer;
}

Result<Outcome<proto::GetLocatedFileInfoResponseProto>> LocatedFileInfo(
    const OpContext& context, const Caller& caller,
    const proto::GetLocatedFileInfoRequestProto& request) {
  ASSIGN_OR_RETURN(const std::optional<FileStatus> status,
                   GetFileInfo(context, caller, request.src()));
  Outcome<proto::GetLocatedFileInfoResponseProto> answer;
  if (!status) return answer;
  *answer.value.mutable_fs() = ToProto(*status);
  if (status->IsFile()) {
    ASSIGN_OR_RETURN(const LocatedBlocks blocks,
                     GetBlockLocations(context, caller, request.src(), 0, INT64_MAX));
    *answer.value.mutable_fs()->mutable_locations() = ToProto(blocks);
  }
  return answer;
}

Result<Outcome<proto::GetListingResponseProto>> Listing(const OpContext& context,
                                                        const Caller& caller,
                                                        const GetListingRequestProto& request) {
  ASSIGN_OR_RETURN(
      const std::optional<DirectoryPage> page,
      ListDirectory(context, caller, request.src(), request.startafter(), request.needlocation()));
  Outcome<proto::GetListingResponseProto> answer;
  if (!page) return answer;
  proto::DirectoryListingProto& listing = *answer.value.mutable_dirlist();
  listing.mutable_partiallisting()->Reserve(static_cast<int>(page->entries.size()));
  for (const DirectoryPage::Entry& entry : page->entries) {
    proto::HdfsFileStatusProto& status = *listing.add_partiallisting();
    status = ToProto(entry.status);
    if (entry.locations) *status.mutable_locations() = ToProto(*entry.locations);
  }
  listing.set_remainingentries(
      static_cast<uint32_t>(std::min<uint64_t>(page->remaining, INT32_MAX)));
  return answer;
}

Result<Outcome<proto::GetBlockLocationsResponseProto>> BlockLocations(
    const OpContext& context, const Caller& caller,
    const proto::GetBlockLocationsRequestProto& request) {
  ASSIGN_OR_RETURN(
      const LocatedBlocks blocks,
      GetBlockLocations(context, caller, request.src(), request.offset(), request.length()));
  Outcome<proto::GetBlockLocationsResponseProto> answer;
  *answer.value.mutable_locations() = ToProto(blocks);
  return answer;
}

Result<Outcome<proto::GetServerDefaultsResponseProto>> Defaults(
    const OpContext& context, const Caller&, const proto::GetServerDefaultsRequestProto&) {
  Outcome<proto::GetServerDefaultsResponseProto> answer;
  proto::FsServerDefaultsProto& defaults = *answer.value.mutable_serverdefaults();
  defaults = ToProto(GetServerDefaults(context));
  defaults.set_filebuffersize(context.options.file_buffer_size);
  defaults.set_keyprovideruri("");
  return answer;
}

Result<Outcome<proto::GetFsStatsResponseProto>> FileSystemStats(
    const OpContext& context, const Caller&, const proto::GetFsStatusRequestProto&) {
  const BlockStats blocks = context.blocks.Stats();
  Outcome<proto::GetFsStatsResponseProto> answer;
  answer.value = ToProto(GetFsStats(context));
  answer.value.set_missing_repl_one_blocks(blocks.missing_replication_one);
  answer.value.set_blocks_in_future(blocks.blocks_in_future);
  answer.value.set_pending_deletion_blocks(blocks.pending_deletion);
  return answer;
}

Result<Outcome<proto::GetContentSummaryResponseProto>> Summary(
    const OpContext& context, const Caller& caller,
    const proto::GetContentSummaryRequestProto& request) {
  ASSIGN_OR_RETURN(const ContentSummary summary,
                   GetContentSummary(context, caller, request.path()));
  Outcome<proto::GetContentSummaryResponseProto> answer;
  *answer.value.mutable_summary() = ToProto(summary);
  return answer;
}

Result<Outcome<proto::GetQuotaUsageResponseProto>> QuotaUsage(
    const OpContext& context, const Caller& caller,
    const proto::GetQuotaUsageRequestProto& request) {
  ASSIGN_OR_RETURN(const ContentSummary summary,
                   GetContentSummary(context, caller, request.path()));
  Outcome<proto::GetQuotaUsageResponseProto> answer;
  proto::QuotaUsageProto& usage = *answer.value.mutable_usage();
  usage.set_fileanddirectorycount(summary.file_count + summary.directory_count);
  usage.set_quota(static_cast<uint64_t>(summary.name_quota));
  usage.set_spaceconsumed(summary.space_consumed);
  usage.set_spacequota(static_cast<uint64_t>(summary.space_quota));
  return answer;
}

Result<Outcome<proto::IsFileClosedResponseProto>> FileClosed(
    const OpContext& context, const Caller& caller,
    const proto::IsFileClosedRequestProto& request) {
  ASSIGN_OR_RETURN(const bool closed, IsFileClosed(context, caller, request.src()));
  Outcome<proto::IsFileClosedResponseProto> answer;
  answer.value.set_result(closed);
  return answer;
}

Result<Outcome<proto::GetPreferredBlockSizeResponseProto>> PreferredBlockSize(
    const OpContext& context, const Caller& caller,
    const proto::GetPreferredBlockSizeRequestProto& request) {
  ASSIGN_OR_RETURN(const uint64_t size, GetPreferredBlockSize(context, caller, request.filename()));
  Outcome<proto::GetPreferredBlockSizeResponseProto> answer;
  answer.value.set_bsize(size);
  return answer;
}

Result<Outcome<proto::CheckAccessResponseProto>> AccessCheck(
    const OpContext& context, const Caller& caller, const proto::CheckAccessRequestProto& request) {
  RETURN_IF_ERROR(CheckAccess(context, caller, request.path(),
                              static_cast<Access>(static_cast<int>(request.mode()) & 7)));
  return Outcome<proto::CheckAccessResponseProto>();
}

Result<Outcome<proto::ReportBadBlocksResponseProto>> BadBlocks(
    const OpContext& context, const Caller&, const proto::ReportBadBlocksRequestProto& request) {
  for (const proto::LocatedBlockProto& message : request.blocks()) {
    ASSIGN_OR_RETURN(const LocatedBlock located, FromProto(message));
    for (const ReplicaLocation& location : located.locations) {
      const ReplicaName name{location.datanode.id.uuid, location.storage_id};
      context.blocks.ReportBadReplica(located.block.block, name, "reported by a client");
    }
  }
  return Outcome<proto::ReportBadBlocksResponseProto>();
}

Result<Outcome<proto::HAServiceStateResponseProto>> ServiceState(
    const OpContext&, const Caller&, const proto::HAServiceStateRequestProto&) {
  Outcome<proto::HAServiceStateResponseProto> answer;
  answer.value.set_state(proto::ACTIVE);
  return answer;
}

Result<Outcome<proto::MsyncResponseProto>> Msync(const OpContext&, const Caller&,
                                                 const proto::MsyncRequestProto&) {
  return Outcome<proto::MsyncResponseProto>();
}

Result<Outcome<proto::GetEnclosingRootResponseProto>> EnclosingRoot(
    const OpContext&, const Caller&, const proto::GetEnclosingRootRequestProto&) {
  Outcome<proto::GetEnclosingRootResponseProto> answer;
  answer.value.set_enclosingrootpath("/");
  return answer;
}

}  // namespace

void ClientProtocolService::AddReads() {
  Add("getFileInfo", &FileInfo);
  Add("getFileLinkInfo", &FileLinkInfo);
  Add("getLocatedFileInfo", &LocatedFileInfo);
  Add("getListing", &Listing);
  Add("getBlockLocations", &BlockLocations);
  Add("getServerDefaults", &Defaults);
  Add("getFsStats", &FileSystemStats);
  AddBlocking("getContentSummary", &Summary);
  AddBlocking("getQuotaUsage", &QuotaUsage);
  Add("isFileClosed", &FileClosed);
  Add("getPreferredBlockSize", &PreferredBlockSize);
  Add("checkAccess", &AccessCheck);
  Add("reportBadBlocks", &BadBlocks);
  Add("getHAServiceState", &ServiceState);
  Add("msync", &Msync);
  Add("getEnclosingRoot", &EnclosingRoot);
}

}  // namespace tusk::dfs::namenode
