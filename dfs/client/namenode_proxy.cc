#include "dfs/client/namenode_proxy.h"

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/rpc/rpc_client.h"
#include "common/time/backoff.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "dfs/proto/client_datanode.pb.h"
#include "dfs/proto/client_namenode_admin.pb.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs {
namespace {

constexpr std::string_view kClientProtocol = "org.apache.hadoop.hdfs.protocol.ClientProtocol";
constexpr std::string_view kDatanodeProtocol =
    "org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol";
constexpr std::chrono::seconds kVisibleLengthTimeout{20};

/// Another attempt may succeed where this one did not, and repeats are safe.
bool WorthAnotherAttempt(StatusCode code) {
  switch (code) {
    case StatusCode::kNotResponding:
    case StatusCode::kMaybeDone:
    case StatusCode::kUnavailable:
    case StatusCode::kStandby:
    case StatusCode::kResourceExhausted:
      return true;
    default:
      return false;
  }
}

bool NeverReached(StatusCode code) {
  return code == StatusCode::kNotResponding || code == StatusCode::kUnavailable;
}

}  // namespace

NamenodeProxy::NamenodeProxy(rpc::RpcClient& rpc, Endpoint server, const ClientOptions& options)
    : rpc_(rpc), server_(std::move(server)), options_(options) {}

void NamenodeProxy::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
  stop_.NotifyAll();
}

Status NamenodeProxy::Wait(std::chrono::nanoseconds time) {
  const SystemClock& clock = SystemClock::Get();
  const Deadline end = Deadline::After(clock, time);
  MutexLock lock(mutex_);
  while (!stopped_ && !end.Expired(clock)) stop_.WaitFor(mutex_, end.Remaining(clock));
  return stopped_ ? Status(StatusCode::kCancelled, "the client was closed") : Status::Ok();
}

Status NamenodeProxy::Explain(const Status& status) const {
  if (!NeverReached(status.code()) || !status.remote_class().empty()) return status;
  return Status::Error(status.code(),
                       "no namenode answers at {}: {}. Is it running? fs.defaultFS or -fs says "
                       "where to look",
                       server_.ToString(), status.message());
}

Status NamenodeProxy::Call(std::string_view method, const google::protobuf::MessageLite& request,
                           google::protobuf::MessageLite* response) {
  const SystemClock& clock = SystemClock::Get();
  const Deadline deadline = Deadline::After(clock, options_.rpc_timeout);
  const Deadline first_deadline = Deadline::After(clock, options_.first_connect_wait);
  rpc::CallOptions call;
  call.server = server_;
  call.user = options_.user;
  call.deadline = deadline;
  call.call_id = rpc_.NewCallId();
  Backoff backoff({.initial = std::chrono::milliseconds(50), .cap = std::chrono::seconds(5)},
                  RandomSeed());
  while (true) {
    const Status status = rpc_.CallBlocking(kClientProtocol, method, request, response, call);
    MutexLock lock(mutex_);
    if (!NeverReached(status.code()) || !status.remote_class().empty()) reached_ = true;
    const Deadline limit = reached_ ? deadline : Deadline::Earlier(deadline, first_deadline);
    const auto wait = backoff.Next();
    if (!WorthAnotherAttempt(status.code()) || limit.Remaining(clock) < wait) {
      return Explain(status);
    }
    stop_.WaitFor(mutex_, wait);
    if (stopped_) return status;
    ++call.retry_count;
  }
}

Status NamenodeProxy::CallForWriter(std::string_view method,
                                    const google::protobuf::MessageLite& request,
                                    google::protobuf::MessageLite* response) {
  const SystemClock& clock = SystemClock::Get();
  const Deadline deadline = Deadline::After(clock, options_.rpc_timeout);
  Backoff backoff({.initial = std::chrono::milliseconds(50), .cap = std::chrono::seconds(1)},
                  RandomSeed());
  while (true) {
    Status status = Call(method, request, response);
    const auto wait = backoff.Next();
    if (status.code() != StatusCode::kSafeMode || deadline.Remaining(clock) < wait) return status;
    RETURN_IF_ERROR(Wait(wait));
  }
}

Result<std::optional<FileStatus>> NamenodeProxy::GetFileInfo(const std::string& path) {
  proto::GetFileInfoRequestProto request;
  proto::GetFileInfoResponseProto response;
  request.set_src(path);
  RETURN_IF_ERROR(Call("getFileInfo", request, &response));
  if (!response.has_fs()) return std::optional<FileStatus>();
  ASSIGN_OR_RETURN(FileStatus status, FromProto(response.fs()));
  return std::optional<FileStatus>(std::move(status));
}

Result<std::optional<ListingPage>> NamenodeProxy::GetListing(const std::string& path,
                                                             const std::string& start_after) {
  proto::GetListingRequestProto request;
  proto::GetListingResponseProto response;
  request.set_src(path);
  request.set_startafter(start_after);
  request.set_needlocation(false);
  RETURN_IF_ERROR(Call("getListing", request, &response));
  if (!response.has_dirlist()) return std::optional<ListingPage>();
  ListingPage page;
  page.remaining = response.dirlist().remainingentries();
  page.entries.reserve(static_cast<size_t>(response.dirlist().partiallisting_size()));
  for (const proto::HdfsFileStatusProto& entry : response.dirlist().partiallisting()) {
    ASSIGN_OR_RETURN(FileStatus status, FromProto(entry));
    page.entries.push_back(std::move(status));
  }
  return std::optional<ListingPage>(std::move(page));
}

Result<LocatedBlocks> NamenodeProxy::GetBlockLocations(const std::string& path, uint64_t offset,
                                                       uint64_t length) {
  proto::GetBlockLocationsRequestProto request;
  proto::GetBlockLocationsResponseProto response;
  request.set_src(path);
  request.set_offset(offset);
  request.set_length(std::min<uint64_t>(length, INT64_MAX));
  RETURN_IF_ERROR(Call("getBlockLocations", request, &response));
  if (!response.has_locations()) {
    return Status::Error(StatusCode::kNotFound, "File does not exist: {}", path);
  }
  return FromProto(response.locations());
}

Result<ServerDefaults> NamenodeProxy::GetServerDefaults() {
  proto::GetServerDefaultsRequestProto request;
  proto::GetServerDefaultsResponseProto response;
  RETURN_IF_ERROR(Call("getServerDefaults", request, &response));
  return FromProto(response.serverdefaults());
}

Result<FsStats> NamenodeProxy::GetFsStats() {
  proto::GetFsStatusRequestProto request;
  proto::GetFsStatsResponseProto response;
  RETURN_IF_ERROR(Call("getFsStats", request, &response));
  return FromProto(response);
}

Result<ContentSummary> NamenodeProxy::GetContentSummary(const std::string& path) {
  proto::GetContentSummaryRequestProto request;
  proto::GetContentSummaryResponseProto response;
  request.set_path(path);
  RETURN_IF_ERROR(Call("getContentSummary", request, &response));
  return FromProto(response.summary());
}

Status NamenodeProxy::CheckAccess(const std::string& path, uint32_t bits) {
  proto::CheckAccessRequestProto request;
  proto::CheckAccessResponseProto response;
  request.set_path(path);
  request.set_mode(static_cast<proto::AclEntryProto::FsActionProto>(bits));
  return Call("checkAccess", request, &response);
}

Status NamenodeProxy::ReportBadBlocks(const LocatedBlock& block) {
  proto::ReportBadBlocksRequestProto request;
  proto::ReportBadBlocksResponseProto response;
  *request.add_blocks() = ToProto(block);
  return Call("reportBadBlocks", request, &response);
}

Result<FileStatus> NamenodeProxy::Create(const CreateRequest& create) {
  proto::CreateRequestProto request;
  proto::CreateResponseProto response;
  request.set_src(create.path);
  request.mutable_masked()->set_perm(create.permission);
  request.mutable_unmasked()->set_perm(create.unmasked);
  request.set_clientname(create.client_name);
  request.set_createflag(proto::CREATE | (create.overwrite ? proto::OVERWRITE : 0));
  request.set_createparent(create.create_parents);
  request.set_replication(create.replication);
  request.set_blocksize(create.block_size);
  RETURN_IF_ERROR(Call("create", request, &response));
  if (!response.has_fs()) {
    return Status::Error(StatusCode::kUnsupported,
                         "the namenode does not tell the status of new files: {}", create.path);
  }
  return FromProto(response.fs());
}

Result<NamenodeProxy::AppendAnswer> NamenodeProxy::Append(const std::string& path,
                                                          const std::string& client_name) {
  proto::AppendRequestProto request;
  proto::AppendResponseProto response;
  request.set_src(path);
  request.set_clientname(client_name);
  request.set_flag(proto::APPEND);
  RETURN_IF_ERROR(Call("append", request, &response));
  AppendAnswer answer;
  if (response.has_block()) {
    ASSIGN_OR_RETURN(answer.last_block, FromProto(response.block()));
  }
  if (!response.has_stat()) {
    return Status::Error(StatusCode::kUnsupported,
                         "the namenode does not tell the status of appended files: {}", path);
  }
  ASSIGN_OR_RETURN(answer.status, FromProto(response.stat()));
  return answer;
}

Result<LocatedBlock> NamenodeProxy::AddBlock(const OpenFile& file,
                                             const std::optional<ExtendedBlock>& previous,
                                             std::span<const DatanodeInfo> excluded) {
  proto::AddBlockRequestProto request;
  proto::AddBlockResponseProto response;
  request.set_src(file.path);
  request.set_clientname(file.client_name);
  request.set_fileid(file.file_id);
  if (previous) *request.mutable_previous() = ToProto(*previous);
  for (const DatanodeInfo& node : excluded) *request.add_excludenodes() = ToProto(node);
  RETURN_IF_ERROR(CallForWriter("addBlock", request, &response));
  return FromProto(response.block());
}

Status NamenodeProxy::AbandonBlock(const OpenFile& file, const ExtendedBlock& block) {
  proto::AbandonBlockRequestProto request;
  proto::AbandonBlockResponseProto response;
  *request.mutable_b() = ToProto(block);
  request.set_src(file.path);
  request.set_holder(file.client_name);
  request.set_fileid(file.file_id);
  return CallForWriter("abandonBlock", request, &response);
}

Result<LocatedBlock> NamenodeProxy::GetAdditionalDatanode(const OpenFile& file,
                                                          const ExtendedBlock& block,
                                                          std::span<const ReplicaLocation> existing,
                                                          std::span<const DatanodeInfo> excluded) {
  proto::GetAdditionalDatanodeRequestProto request;
  proto::GetAdditionalDatanodeResponseProto response;
  request.set_src(file.path);
  *request.mutable_blk() = ToProto(block);
  for (const ReplicaLocation& node : existing) {
    *request.add_existings() = ToProto(node.datanode);
    request.add_existingstorageuuids(node.storage_id);
  }
  for (const DatanodeInfo& node : excluded) *request.add_excludes() = ToProto(node);
  request.set_numadditionalnodes(1);
  request.set_clientname(file.client_name);
  request.set_fileid(file.file_id);
  RETURN_IF_ERROR(CallForWriter("getAdditionalDatanode", request, &response));
  return FromProto(response.block());
}

Result<bool> NamenodeProxy::Complete(const OpenFile& file,
                                     const std::optional<ExtendedBlock>& last) {
  proto::CompleteRequestProto request;
  proto::CompleteResponseProto response;
  request.set_src(file.path);
  request.set_clientname(file.client_name);
  if (last) *request.mutable_last() = ToProto(*last);
  request.set_fileid(file.file_id);
  RETURN_IF_ERROR(CallForWriter("complete", request, &response));
  return response.result();
}

Result<LocatedBlock> NamenodeProxy::UpdateBlockForPipeline(const OpenFile& file,
                                                           const ExtendedBlock& block) {
  proto::UpdateBlockForPipelineRequestProto request;
  proto::UpdateBlockForPipelineResponseProto response;
  *request.mutable_block() = ToProto(block);
  request.set_clientname(file.client_name);
  RETURN_IF_ERROR(CallForWriter("updateBlockForPipeline", request, &response));
  return FromProto(response.block());
}

Status NamenodeProxy::UpdatePipeline(const OpenFile& file, const ExtendedBlock& old_block,
                                     const ExtendedBlock& new_block,
                                     std::span<const ReplicaLocation> nodes) {
  proto::UpdatePipelineRequestProto request;
  proto::UpdatePipelineResponseProto response;
  request.set_clientname(file.client_name);
  *request.mutable_oldblock() = ToProto(old_block);
  *request.mutable_newblock() = ToProto(new_block);
  for (const ReplicaLocation& node : nodes) {
    *request.add_newnodes() = ToProto(node.datanode.id);
    request.add_storageids(node.storage_id);
  }
  return CallForWriter("updatePipeline", request, &response);
}

Status NamenodeProxy::Fsync(const OpenFile& file, int64_t last_block_length) {
  proto::FsyncRequestProto request;
  proto::FsyncResponseProto response;
  request.set_src(file.path);
  request.set_client(file.client_name);
  request.set_lastblocklength(last_block_length);
  request.set_fileid(file.file_id);
  return CallForWriter("fsync", request, &response);
}

Status NamenodeProxy::RenewLease(const std::string& client_name) {
  proto::RenewLeaseRequestProto request;
  proto::RenewLeaseResponseProto response;
  request.set_clientname(client_name);
  return Call("renewLease", request, &response);
}

Status NamenodeProxy::Mkdirs(const std::string& path, uint16_t permission, uint16_t unmasked,
                             bool parents) {
  proto::MkdirsRequestProto request;
  proto::MkdirsResponseProto response;
  request.set_src(path);
  request.mutable_masked()->set_perm(permission);
  request.mutable_unmasked()->set_perm(unmasked);
  request.set_createparent(parents);
  RETURN_IF_ERROR(Call("mkdirs", request, &response));
  if (response.result()) return Status::Ok();
  return Status::Error(StatusCode::kIoError, "the namenode did not make the directory: {}", path);
}

Result<bool> NamenodeProxy::Delete(const std::string& path, bool recursive) {
  proto::DeleteRequestProto request;
  proto::DeleteResponseProto response;
  request.set_src(path);
  request.set_recursive(recursive);
  RETURN_IF_ERROR(Call("delete", request, &response));
  return response.result();
}

Status NamenodeProxy::Rename2(const std::string& source, const std::string& destination,
                              bool overwrite) {
  proto::Rename2RequestProto request;
  proto::Rename2ResponseProto response;
  request.set_src(source);
  request.set_dst(destination);
  request.set_overwritedest(overwrite);
  return Call("rename2", request, &response);
}

Result<bool> NamenodeProxy::SetReplication(const std::string& path, uint16_t replication) {
  proto::SetReplicationRequestProto request;
  proto::SetReplicationResponseProto response;
  request.set_src(path);
  request.set_replication(replication);
  RETURN_IF_ERROR(Call("setReplication", request, &response));
  return response.result();
}

Status NamenodeProxy::SetPermission(const std::string& path, uint16_t permission) {
  proto::SetPermissionRequestProto request;
  proto::SetPermissionResponseProto response;
  request.set_src(path);
  request.mutable_permission()->set_perm(permission);
  return Call("setPermission", request, &response);
}

Status NamenodeProxy::SetOwner(const std::string& path, std::string_view owner,
                               std::string_view group) {
  proto::SetOwnerRequestProto request;
  proto::SetOwnerResponseProto response;
  request.set_src(path);
  if (!owner.empty()) request.set_username(std::string(owner));
  if (!group.empty()) request.set_groupname(std::string(group));
  return Call("setOwner", request, &response);
}

Status NamenodeProxy::SetTimes(const std::string& path, int64_t modification_ms,
                               int64_t access_ms) {
  proto::SetTimesRequestProto request;
  proto::SetTimesResponseProto response;
  request.set_src(path);
  request.set_mtime(static_cast<uint64_t>(modification_ms));
  request.set_atime(static_cast<uint64_t>(access_ms));
  return Call("setTimes", request, &response);
}

Result<bool> NamenodeProxy::SetSafeMode(SafeModeAction action) {
  proto::SetSafeModeRequestProto request;
  proto::SetSafeModeResponseProto response;
  request.set_action(static_cast<proto::SafeModeActionProto>(action));
  RETURN_IF_ERROR(Call("setSafeMode", request, &response));
  return response.result();
}

Result<std::vector<DatanodeInfo>> NamenodeProxy::GetDatanodeReport(DatanodeReportType type) {
  proto::GetDatanodeReportRequestProto request;
  proto::GetDatanodeReportResponseProto response;
  request.set_type(static_cast<proto::DatanodeReportTypeProto>(type));
  RETURN_IF_ERROR(Call("getDatanodeReport", request, &response));
  std::vector<DatanodeInfo> nodes;
  for (const proto::DatanodeInfoProto& message : response.di()) {
    ASSIGN_OR_RETURN(DatanodeInfo node, FromProto(message));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Result<uint64_t> NamenodeProxy::GetReplicaVisibleLength(const DatanodeId& datanode,
                                                        const ExtendedBlock& block) {
  proto::GetReplicaVisibleLengthRequestProto request;
  proto::GetReplicaVisibleLengthResponseProto response;
  *request.mutable_block() = ToProto(block);
  rpc::CallOptions call;
  call.server = Endpoint{options_.use_datanode_hostname ? datanode.host_name : datanode.ip_address,
                         datanode.ipc_port};
  call.user = options_.user;
  call.deadline = Deadline::After(SystemClock::Get(), kVisibleLengthTimeout);
  RETURN_IF_ERROR(
      rpc_.CallBlocking(kDatanodeProtocol, "getReplicaVisibleLength", request, &response, call));
  return response.length();
}

}  // namespace tusk::dfs
