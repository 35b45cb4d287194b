#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/get_file_info.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "dfs/namenode/service/client_protocol_service.h"
#include "dfs/proto/acl.pb.h"
#include "dfs/proto/client_namenode.pb.h"
#include "dfs/proto/client_namenode_admin.pb.h"
#include "dfs/proto/encryption_zone.pb.h"
#include "dfs/proto/erasure_coding.pb.h"
#include "dfs/proto/security.pb.h"
#include "dfs/proto/snapshot.pb.h"
#include "dfs/proto/xattr.pb.h"
#include "dfs/wire/proto_convert.h"
#include "dfs/wire/remote_exception.h"

namespace tusk::dfs::namenode {

namespace {

constexpr size_t kOpenFilesPage = 1000;
constexpr size_t kCorruptFilesPage = 100;
// Hadoop's default policy: all replicas on disks.
constexpr uint32_t kHotPolicyId = 7;

/// An answer with no content to a call that needs nothing done here.
template <class Request, class Response>
Result<Outcome<Response>> Nothing(const OpContext&, const Caller&, const Request&) {
  return Outcome<Response>();
}

/// The same, for administrators only.
template <class Request, class Response>
Result<Outcome<Response>> NothingForSuperuser(const OpContext& context, const Caller& caller,
                                              const Request&) {
  RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  return Outcome<Response>();
}

/// FileNotFoundException unless the path exists and may be looked at.
Result<FileStatus> Existing(const OpContext& context, const Caller& caller,
                            const std::string& path) {
  ASSIGN_OR_RETURN(std::optional<FileStatus> status, GetFileInfo(context, caller, path));
  if (!status) return NoSuchFile(path);
  return *std::move(status);
}

Result<Outcome<proto::SetSafeModeResponseProto>> SafeModeAction(
    const OpContext& context, const Caller& caller, const proto::SetSafeModeRequestProto& request) {
  if (request.action() != proto::SAFEMODE_GET) {
    RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  }
  switch (request.action()) {
    case proto::SAFEMODE_GET:
      break;
    case proto::SAFEMODE_ENTER:
      context.safe_mode.Enter();
      break;
    case proto::SAFEMODE_LEAVE:
      context.safe_mode.Leave(/*force=*/false);
      break;
    case proto::SAFEMODE_FORCE_EXIT:
      context.safe_mode.Leave(/*force=*/true);
      break;
  }
  Outcome<proto::SetSafeModeResponseProto> answer;
  answer.value.set_result(context.safe_mode.IsOn());
  return answer;
}

Result<Outcome<proto::SaveNamespaceResponseProto>> SaveNamespace(
    const OpContext& context, const Caller& caller, const proto::SaveNamespaceRequestProto&) {
  RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  if (!context.safe_mode.IsOn()) {
    return Status(StatusCode::kFailedPrecondition,
                  "Safe mode should be turned ON in order to create namespace image.");
  }
  RETURN_IF_ERROR(context.ns.Flush());
  Outcome<proto::SaveNamespaceResponseProto> answer;
  answer.value.set_saved(true);
  return answer;
}

Result<Outcome<proto::RollEditsResponseProto>> RollEdits(const OpContext& context,
                                                         const Caller& caller,
                                                         const proto::RollEditsRequestProto&) {
  RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  Outcome<proto::RollEditsResponseProto> answer;
  answer.value.set_newsegmenttxid(context.ns.group_commit().added_txid() + 1);
  return answer;
}

Result<Outcome<proto::GetCurrentEditLogTxidResponseProto>> CurrentTxid(
    const OpContext& context, const Caller& caller,
    const proto::GetCurrentEditLogTxidRequestProto&) {
  RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  Outcome<proto::GetCurrentEditLogTxidResponseProto> answer;
  answer.value.set_txid(static_cast<int64_t>(context.ns.group_commit().durable_txid()));
  return answer;
}

Result<Outcome<proto::GetDatanodeReportResponseProto>> DatanodeList(
    const OpContext& context, const Caller&, const proto::GetDatanodeReportRequestProto& request) {
  Outcome<proto::GetDatanodeReportResponseProto> answer;
  for (const DatanodeReport& report :
       context.blocks.GetDatanodeReport(static_cast<DatanodeReportKind>(request.type()))) {
    *answer.value.add_di() = ToProto(report.info);
  }
  return answer;
}

Result<Outcome<proto::GetDatanodeStorageReportResponseProto>> StorageList(
    const OpContext& context, const Caller& caller,
    const proto::GetDatanodeStorageReportRequestProto& request) {
  RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  Outcome<proto::GetDatanodeStorageReportResponseProto> answer;
  for (const DatanodeReport& report :
       context.blocks.GetDatanodeReport(static_cast<DatanodeReportKind>(request.type()))) {
    auto& entry = *answer.value.add_datanodestoragereports();
    *entry.mutable_datanodeinfo() = ToProto(report.info);
    for (const StorageUsage& usage : report.storages) {
      auto& storage = *entry.add_storagereports();
      storage.set_storageuuid(usage.storage_id);
      storage.set_failed(usage.failed);
      storage.set_capacity(usage.capacity);
      storage.set_dfsused(usage.dfs_used);
      storage.set_remaining(usage.remaining);
      storage.set_blockpoolused(usage.block_pool_used);
      storage.set_nondfsused(usage.non_dfs_used);
      storage.mutable_storage()->set_storageuuid(usage.storage_id);
      storage.mutable_storage()->set_storagetype(ToProto(usage.type));
    }
  }
  return answer;
}

Result<Outcome<proto::GetFsReplicatedBlockStatsResponseProto>> BlockCounts(
    const OpContext& context, const Caller&, const proto::GetFsReplicatedBlockStatsRequestProto&) {
  const BlockStats stats = context.blocks.Stats();
  Outcome<proto::GetFsReplicatedBlockStatsResponseProto> answer;
  answer.value.set_low_redundancy(stats.under_replicated);
  answer.value.set_corrupt_blocks(stats.corrupt);
  answer.value.set_missing_blocks(stats.missing);
  answer.value.set_missing_repl_one_blocks(stats.missing_replication_one);
  answer.value.set_blocks_in_future(stats.blocks_in_future);
  answer.value.set_pending_deletion_blocks(stats.pending_deletion);
  answer.value.set_highest_prio_low_redundancy_blocks(stats.highest_priority);
  return answer;
}

Result<Outcome<proto::GetFsECBlockGroupStatsResponseProto>> GroupCounts(
    const OpContext&, const Caller&, const proto::GetFsECBlockGroupStatsRequestProto&) {
  Outcome<proto::GetFsECBlockGroupStatsResponseProto> answer;
  answer.value.set_low_redundancy(0);
  answer.value.set_corrupt_blocks(0);
  answer.value.set_missing_blocks(0);
  answer.value.set_blocks_in_future(0);
  answer.value.set_pending_deletion_blocks(0);
  answer.value.set_highest_prio_low_redundancy_blocks(0);
  return answer;
}

Result<Outcome<proto::ListOpenFilesResponseProto>> OpenFiles(
    const OpContext& context, const Caller& caller,
    const proto::ListOpenFilesRequestProto& request) {
  RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  Outcome<proto::ListOpenFilesResponseProto> answer;
  const auto files =
      context.ns.leases().OpenFiles(FileId(static_cast<uint64_t>(request.id())), kOpenFilesPage);
  ReaderLock lock(context.ns.mutex());
  for (const auto& [id, holder] : files) {
    ASSIGN_OR_RETURN(const InodePtr inode, context.ns.tree().ById(id));
    if (!inode || !inode->IsOpen()) continue;
    ASSIGN_OR_RETURN(const std::optional<std::string> path, context.ns.tree().PathOf(*inode));
    if (!path || !path->starts_with(request.path())) continue;
    auto& entry = *answer.value.add_entries();
    entry.set_id(static_cast<int64_t>(id.value()));
    entry.set_path(*path);
    entry.set_clientname(holder);
    entry.set_clientmachine(inode->writer->client_address);
  }
  answer.value.set_hasmore(files.size() == kOpenFilesPage);
  answer.value.add_types(proto::ALL_OPEN_FILES);
  return answer;
}

Result<Outcome<proto::ListCorruptFileBlocksResponseProto>> CorruptFiles(
    const OpContext& context, const Caller& caller,
    const proto::ListCorruptFileBlocksRequestProto& request) {
  RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  Outcome<proto::ListCorruptFileBlocksResponseProto> answer;
  auto& corrupt = *answer.value.mutable_corrupt();
  // The cookie is the last block id that was looked at.
  BlockId after(std::strtoll(request.cookie().c_str(), nullptr, 10));
  const std::vector<BlockId> missing = context.blocks.MissingBlocks(after, kCorruptFilesPage);
  ReaderLock lock(context.ns.mutex());
  for (const BlockId block : missing) {
    after = block;
    ASSIGN_OR_RETURN(const InodePtr inode, context.ns.tree().ById(context.blocks.OwnerOf(block)));
    if (!inode) continue;
    ASSIGN_OR_RETURN(const std::optional<std::string> path, context.ns.tree().PathOf(*inode));
    if (path && path->starts_with(request.path())) corrupt.add_files(*path);
  }
  corrupt.set_cookie(std::to_string(after.value()));
  return answer;
}

void FillHotPolicy(proto::BlockStoragePolicyProto* policy) {
  policy->set_policyid(kHotPolicyId);
  policy->set_name("HOT");
  policy->mutable_creationpolicy()->add_storagetypes(proto::DISK);
  policy->mutable_creationfallbackpolicy();
  policy->mutable_replicationfallbackpolicy()->add_storagetypes(proto::ARCHIVE);
}

Result<Outcome<proto::GetStoragePoliciesResponseProto>> StoragePolicies(
    const OpContext&, const Caller&, const proto::GetStoragePoliciesRequestProto&) {
  Outcome<proto::GetStoragePoliciesResponseProto> answer;
  FillHotPolicy(answer.value.add_policies());
  return answer;
}

Result<Outcome<proto::GetStoragePolicyResponseProto>> StoragePolicy(
    const OpContext& context, const Caller& caller,
    const proto::GetStoragePolicyRequestProto& request) {
  RETURN_IF_ERROR(Existing(context, caller, request.path()).status());
  Outcome<proto::GetStoragePolicyResponseProto> answer;
  FillHotPolicy(answer.value.mutable_storagepolicy());
  return answer;
}

Result<Outcome<proto::GetErasureCodingPolicyResponseProto>> ErasureCodingPolicy(
    const OpContext& context, const Caller& caller,
    const proto::GetErasureCodingPolicyRequestProto& request) {
  RETURN_IF_ERROR(Existing(context, caller, request.src()).status());
  return Outcome<proto::GetErasureCodingPolicyResponseProto>();
}

Result<Outcome<proto::GetAclStatusResponseProto>> AclStatus(
    const OpContext& context, const Caller& caller,
    const proto::GetAclStatusRequestProto& request) {
  ASSIGN_OR_RETURN(const FileStatus status, Existing(context, caller, request.src()));
  Outcome<proto::GetAclStatusResponseProto> answer;
  auto& acl = *answer.value.mutable_result();
  acl.set_owner(status.owner);
  acl.set_group(status.group);
  acl.set_sticky((status.permission & kStickyBit) != 0);
  acl.mutable_permission()->set_perm(status.permission);
  return answer;
}

Result<Outcome<proto::GetXAttrsResponseProto>> ExtendedAttributes(
    const OpContext& context, const Caller& caller, const proto::GetXAttrsRequestProto& request) {
  RETURN_IF_ERROR(Existing(context, caller, request.src()).status());
  if (request.xattrs_size() > 0) {
    return Status(StatusCode::kNotFound, "At least one of the attributes provided was not found.")
        .WithRemoteClass(remote_class::kIoException);
  }
  return Outcome<proto::GetXAttrsResponseProto>();
}

Result<Outcome<proto::ListXAttrsResponseProto>> ExtendedAttributeNames(
    const OpContext& context, const Caller& caller, const proto::ListXAttrsRequestProto& request) {
  RETURN_IF_ERROR(Existing(context, caller, request.src()).status());
  return Outcome<proto::ListXAttrsResponseProto>();
}

Result<Outcome<proto::UpgradeStatusResponseProto>> UpgradeStatus(
    const OpContext&, const Caller&, const proto::UpgradeStatusRequestProto&) {
  Outcome<proto::UpgradeStatusResponseProto> answer;
  answer.value.set_upgradefinalized(true);
  return answer;
}

Result<Outcome<proto::RestoreFailedStorageResponseProto>> RestoreStorage(
    const OpContext& context, const Caller& caller,
    const proto::RestoreFailedStorageRequestProto&) {
  RETURN_IF_ERROR(context.permissions.CheckSuperuser(*caller.who));
  Outcome<proto::RestoreFailedStorageResponseProto> answer;
  answer.value.set_result(false);
  return answer;
}

Result<Outcome<proto::RollingUpgradeResponseProto>> RollingUpgrade(
    const OpContext&, const Caller&, const proto::RollingUpgradeRequestProto& request) {
  if (request.action() == proto::QUERY) return Outcome<proto::RollingUpgradeResponseProto>();
  return Status(StatusCode::kUnsupported, "rolling upgrades are not supported");
}

Result<Outcome<proto::GetLinkTargetResponseProto>> LinkTarget(
    const OpContext& context, const Caller& caller,
    const proto::GetLinkTargetRequestProto& request) {
  RETURN_IF_ERROR(Existing(context, caller, request.path()).status());
  return Status::Error(StatusCode::kFailedPrecondition, "Path {} is not a symbolic link",
                       request.path());
}

}  // namespace

void ClientProtocolService::AddAdministration() {
  using namespace proto;  // NOLINT: the names of forty messages
  Add("setSafeMode", &SafeModeAction);
  AddBlocking("saveNamespace", &SaveNamespace);
  Add("rollEdits", &RollEdits);
  Add("getCurrentEditLogTxid", &CurrentTxid);
  Add("getDatanodeReport", &DatanodeList);
  Add("getDatanodeStorageReport", &StorageList);
  Add("getSlowDatanodeReport",
      &Nothing<GetSlowDatanodeReportRequestProto, GetSlowDatanodeReportResponseProto>);
  Add("getFsReplicatedBlockStats", &BlockCounts);
  Add("getFsECBlockGroupStats", &GroupCounts);
  Add("listOpenFiles", &OpenFiles);
  Add("listCorruptFileBlocks", &CorruptFiles);
  Add("getStoragePolicies", &StoragePolicies);
  Add("getStoragePolicy", &StoragePolicy);
  Add("getErasureCodingPolicies",
      &Nothing<GetErasureCodingPoliciesRequestProto, GetErasureCodingPoliciesResponseProto>);
  Add("getErasureCodingPolicy", &ErasureCodingPolicy);
  Add("getErasureCodingCodecs",
      &Nothing<GetErasureCodingCodecsRequestProto, GetErasureCodingCodecsResponseProto>);
  Add("getEZForPath", &Nothing<GetEZForPathRequestProto, GetEZForPathResponseProto>);
  Add("getDelegationToken",
      &Nothing<GetDelegationTokenRequestProto, GetDelegationTokenResponseProto>);
  Add("getDataEncryptionKey",
      &Nothing<GetDataEncryptionKeyRequestProto, GetDataEncryptionKeyResponseProto>);
  Add("getSnapshottableDirListing",
      &Nothing<GetSnapshottableDirListingRequestProto, GetSnapshottableDirListingResponseProto>);
  Add("getAclStatus", &AclStatus);
  Add("getXAttrs", &ExtendedAttributes);
  Add("listXAttrs", &ExtendedAttributeNames);
  Add("getLinkTarget", &LinkTarget);
  Add("refreshNodes", &NothingForSuperuser<RefreshNodesRequestProto, RefreshNodesResponseProto>);
  Add("finalizeUpgrade",
      &NothingForSuperuser<FinalizeUpgradeRequestProto, FinalizeUpgradeResponseProto>);
  Add("upgradeStatus", &UpgradeStatus);
  Add("restoreFailedStorage", &RestoreStorage);
  Add("metaSave", &NothingForSuperuser<MetaSaveRequestProto, MetaSaveResponseProto>);
  Add("setBalancerBandwidth",
      &NothingForSuperuser<SetBalancerBandwidthRequestProto, SetBalancerBandwidthResponseProto>);
  Add("rollingUpgrade", &RollingUpgrade);
}

}  // namespace tusk::dfs::namenode
