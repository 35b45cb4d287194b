#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/permission.h"
#include "dfs/namenode/ops/abandon_block.h"
#include "dfs/namenode/ops/add_block.h"
#include "dfs/namenode/ops/append_file.h"
#include "dfs/namenode/ops/complete_file.h"
#include "dfs/namenode/ops/create_file.h"
#include "dfs/namenode/ops/delete_path.h"
#include "dfs/namenode/ops/get_additional_datanode.h"
#include "dfs/namenode/ops/get_file_info.h"
#include "dfs/namenode/ops/make_directories.h"
#include "dfs/namenode/ops/recover_lease.h"
#include "dfs/namenode/ops/rename.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "dfs/namenode/ops/set_owner.h"
#include "dfs/namenode/ops/set_permission.h"
#include "dfs/namenode/ops/set_replication.h"
#include "dfs/namenode/ops/set_times.h"
#include "dfs/namenode/ops/sync_file.h"
#include "dfs/namenode/ops/update_pipeline.h"
#include "dfs/namenode/service/client_protocol_service.h"
#include "dfs/proto/client_namenode.pb.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs::namenode {

namespace {

// Bits of CreateFlagProto. Others are ignored (libhdfs3 sends some of its own).
constexpr uint32_t kFlagCreate = 0x01;
constexpr uint32_t kFlagOverwrite = 0x02;
constexpr uint32_t kFlagNewBlock = 0x20;
constexpr uint32_t kMaxNodesPerCall = 10'000;

uint16_t PermissionOf(const proto::FsPermissionProto& message) {
  return static_cast<uint16_t>(message.perm() & kPermissionMask);
}

template <class Repeated>
Status CheckCount(const Repeated& list) {
  if (static_cast<uint32_t>(list.size()) <= kMaxNodesPerCall) return Status::Ok();
  return Status::Error(StatusCode::kTooLarge, "a list of {} datanodes", list.size());
}

/// Empty response of a change with this id.
template <class Response>
Result<Outcome<Response>> Changed(const Result<TxId>& txid) {
  RETURN_IF_ERROR(txid.status());
  Outcome<Response> answer;
  answer.txid = *txid;
  return answer;
}

/// Response with a `result` flag.
template <class Response>
Result<Outcome<Response>> Flagged(const Result<Outcome<bool>>& outcome) {
  RETURN_IF_ERROR(outcome.status());
  Outcome<Response> answer;
  answer.value.set_result(outcome->value);
  answer.txid = outcome->txid;
  return answer;
}

/// What such a call answers.
const Outcome<bool> kDoneBefore{true, 0};

/// True for the repeat of a call that was executed before this namenode started: it is answered as
/// done, for its client only missed the answer.
bool WasExecuted(const OpContext& context, const Caller& caller) {
  return context.ns.earlier_calls().Contains(caller.client_id, caller.call_id);
}

Result<Outcome<proto::CreateResponseProto>> Create(const OpContext& context, const Caller& caller,
                                                   const proto::CreateRequestProto& message) {
  if (WasExecuted(context, caller)) {
    ASSIGN_OR_RETURN(const auto status, GetFileInfo(context, caller, message.src()));
    if (status) {
      Outcome<proto::CreateResponseProto> answer;
      *answer.value.mutable_fs() = ToProto(*status);
      return answer;
    }
  }
  CreateFileRequest request;
  request.path = message.src();
  request.client_name = message.clientname();
  request.permission = PermissionOf(message.masked());
  request.create = (message.createflag() & kFlagCreate) != 0;
  request.overwrite = (message.createflag() & kFlagOverwrite) != 0;
  request.create_parents = message.createparent();
  request.replication =
      static_cast<uint16_t>(std::min<uint32_t>(message.replication(), UINT16_MAX));
  request.block_size = message.blocksize();
  ASSIGN_OR_RETURN(const Outcome<FileStatus> created, CreateFile(context, caller, request));
  Outcome<proto::CreateResponseProto> answer;
  *answer.value.mutable_fs() = ToProto(created.value);
  answer.txid = created.txid;
  return answer;
}

Result<Outcome<proto::AppendResponseProto>> Append(const OpContext& context, const Caller& caller,
                                                   const proto::AppendRequestProto& message) {
  ASSIGN_OR_RETURN(const Outcome<AppendAnswer> opened,
                   AppendFile(context, caller, message.src(), message.clientname(),
                              (message.flag() & kFlagNewBlock) != 0));
  Outcome<proto::AppendResponseProto> answer;
  *answer.value.mutable_stat() = ToProto(opened.value.status);
  if (opened.value.last_block) {
    *answer.value.mutable_block() = ToProto(*opened.value.last_block);
  }
  answer.txid = opened.txid;
  return answer;
}

Task<Result<Outcome<proto::AddBlockResponseProto>>> AllocateBlock(
    const OpContext& context, const Caller& caller, const proto::AddBlockRequestProto& message,
    Deadline deadline) {
  CO_RETURN_IF_ERROR(CheckCount(message.excludenodes()));
  CO_RETURN_IF_ERROR(CheckCount(message.favorednodes()));
  AddBlockRequest request;
  request.path = message.src();
  request.client_name = message.clientname();
  request.file_id = FileId(message.fileid());
  if (message.has_previous()) request.previous = FromProto(message.previous()).block;
  for (const auto& node : message.excludenodes()) {
    request.excluded.push_back(node.id().datanodeuuid());
  }
  request.favored.assign(message.favorednodes().begin(), message.favorednodes().end());
  for (const int flag : message.flags()) {
    request.no_local_write |= flag == proto::NO_LOCAL_WRITE;
    request.ignore_client_locality |= flag == proto::IGNORE_CLIENT_LOCALITY;
  }
  Result<Outcome<LocatedBlock>> added =
      co_await AddBlock(context, caller, std::move(request), deadline);
  if (!added.ok()) co_return std::move(added).status();
  Outcome<proto::AddBlockResponseProto> answer;
  *answer.value.mutable_block() = ToProto(added->value);
  answer.txid = added->txid;
  co_return answer;
}

Result<Outcome<proto::AbandonBlockResponseProto>> Abandon(
    const OpContext& context, const Caller& caller,
    const proto::AbandonBlockRequestProto& message) {
  return Changed<proto::AbandonBlockResponseProto>(
      AbandonBlock(context, caller, message.src(), FileId(message.fileid()), message.holder(),
                   FromProto(message.b()).block));
}

Result<Outcome<proto::GetAdditionalDatanodeResponseProto>> AdditionalDatanode(
    const OpContext& context, const Caller& caller,
    const proto::GetAdditionalDatanodeRequestProto& message) {
  RETURN_IF_ERROR(CheckCount(message.existings()));
  RETURN_IF_ERROR(CheckCount(message.excludes()));
  AdditionalDatanodeRequest request;
  request.path = message.src();
  request.client_name = message.clientname();
  request.file_id = FileId(message.fileid());
  request.block = FromProto(message.blk()).block;
  for (int i = 0; i < message.existings_size(); ++i) {
    request.existing.push_back(ReplicaName{
        message.existings(i).id().datanodeuuid(),
        i < message.existingstorageuuids_size() ? message.existingstorageuuids(i) : ""});
  }
  for (const auto& node : message.excludes()) {
    request.excluded.push_back(node.id().datanodeuuid());
  }
  request.wanted = static_cast<uint16_t>(
      std::min<uint32_t>(message.numadditionalnodes(), context.options.max_replication));
  ASSIGN_OR_RETURN(const LocatedBlock block, GetAdditionalDatanode(context, caller, request));
  Outcome<proto::GetAdditionalDatanodeResponseProto> answer;
  *answer.value.mutable_block() = ToProto(block);
  return answer;
}

Task<Result<Outcome<proto::CompleteResponseProto>>> Complete(
    const OpContext& context, const Caller& caller, const proto::CompleteRequestProto& message,
    Deadline deadline) {
  CompleteFileRequest request;
  request.path = message.src();
  request.client_name = message.clientname();
  request.file_id = FileId(message.fileid());
  if (message.has_last()) request.last = FromProto(message.last()).block;
  Result<Outcome<bool>> completed =
      co_await CompleteFile(context, caller, std::move(request), deadline);
  co_return Flagged<proto::CompleteResponseProto>(completed);
}

Result<Outcome<proto::UpdateBlockForPipelineResponseProto>> BlockForPipeline(
    const OpContext& context, const Caller& caller,
    const proto::UpdateBlockForPipelineRequestProto& message) {
  ASSIGN_OR_RETURN(const Outcome<LocatedBlock> block,
                   UpdateBlockForPipeline(context, caller, FromProto(message.block()).block,
                                          message.clientname()));
  Outcome<proto::UpdateBlockForPipelineResponseProto> answer;
  *answer.value.mutable_block() = ToProto(block.value);
  answer.txid = block.txid;
  return answer;
}

Result<Outcome<proto::UpdatePipelineResponseProto>> Pipeline(
    const OpContext& context, const Caller& caller,
    const proto::UpdatePipelineRequestProto& message) {
  if (WasExecuted(context, caller)) return Changed<proto::UpdatePipelineResponseProto>(TxId(0));
  RETURN_IF_ERROR(CheckCount(message.newnodes()));
  std::vector<ReplicaName> nodes;
  nodes.reserve(static_cast<size_t>(message.newnodes_size()));
  for (int i = 0; i < message.newnodes_size(); ++i) {
    nodes.push_back(ReplicaName{message.newnodes(i).datanodeuuid(),
                                i < message.storageids_size() ? message.storageids(i) : ""});
  }
  return Changed<proto::UpdatePipelineResponseProto>(
      UpdatePipeline(context, caller, message.clientname(), FromProto(message.oldblock()).block,
                     FromProto(message.newblock()).block, nodes));
}

Result<Outcome<proto::FsyncResponseProto>> Fsync(const OpContext& context, const Caller& caller,
                                                 const proto::FsyncRequestProto& message) {
  std::optional<uint64_t> length;
  if (message.lastblocklength() > 0) length = static_cast<uint64_t>(message.lastblocklength());
  return Changed<proto::FsyncResponseProto>(
      SyncFile(context, caller, message.src(), FileId(message.fileid()), message.client(), length));
}

Result<Outcome<proto::RenewLeaseResponseProto>> RenewLease(
    const OpContext& context, const Caller&, const proto::RenewLeaseRequestProto& message) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot renew lease for ", message.clientname()));
  context.ns.leases().Renew(message.clientname());
  return Outcome<proto::RenewLeaseResponseProto>();
}

Result<Outcome<proto::RecoverLeaseResponseProto>> Recover(
    const OpContext& context, const Caller& caller,
    const proto::RecoverLeaseRequestProto& message) {
  return Flagged<proto::RecoverLeaseResponseProto>(RecoverLease(context, caller, message.src()));
}

Result<Outcome<proto::MkdirsResponseProto>> Mkdirs(const OpContext& context, const Caller& caller,
                                                   const proto::MkdirsRequestProto& message) {
  MakeDirectoriesRequest request;
  request.path = message.src();
  request.permission = PermissionOf(message.masked());
  request.create_parents = message.createparent();
  return Flagged<proto::MkdirsResponseProto>(MakeDirectories(context, caller, request));
}

Result<Outcome<proto::DeleteResponseProto>> Delete(const OpContext& context, const Caller& caller,
                                                   const proto::DeleteRequestProto& message) {
  if (WasExecuted(context, caller)) return Flagged<proto::DeleteResponseProto>(kDoneBefore);
  return Flagged<proto::DeleteResponseProto>(
      DeletePath(context, caller, message.src(), message.recursive()));
}

Result<Outcome<proto::RenameResponseProto>> OldRename(const OpContext& context,
                                                      const Caller& caller,
                                                      const proto::RenameRequestProto& message) {
  if (WasExecuted(context, caller)) return Flagged<proto::RenameResponseProto>(kDoneBefore);
  return Flagged<proto::RenameResponseProto>(Rename(context, caller, message.src(), message.dst()));
}

Result<Outcome<proto::Rename2ResponseProto>> NewRename(const OpContext& context,
                                                       const Caller& caller,
                                                       const proto::Rename2RequestProto& message) {
  if (WasExecuted(context, caller)) return Changed<proto::Rename2ResponseProto>(TxId(0));
  const Rename2Options options{message.overwritedest(), message.movetotrash()};
  return Changed<proto::Rename2ResponseProto>(
      Rename2(context, caller, message.src(), message.dst(), options));
}

Result<Outcome<proto::SetReplicationResponseProto>> Replication(
    const OpContext& context, const Caller& caller,
    const proto::SetReplicationRequestProto& message) {
  return Flagged<proto::SetReplicationResponseProto>(
      SetReplication(context, caller, message.src(), message.replication()));
}

Result<Outcome<proto::SetPermissionResponseProto>> Permission(
    const OpContext& context, const Caller& caller,
    const proto::SetPermissionRequestProto& message) {
  return Changed<proto::SetPermissionResponseProto>(
      SetPermission(context, caller, message.src(), PermissionOf(message.permission())));
}

Result<Outcome<proto::SetOwnerResponseProto>> Owner(const OpContext& context, const Caller& caller,
                                                    const proto::SetOwnerRequestProto& message) {
  return Changed<proto::SetOwnerResponseProto>(
      SetOwner(context, caller, message.src(), message.username(), message.groupname()));
}

Result<Outcome<proto::SetTimesResponseProto>> Times(const OpContext& context, const Caller& caller,
                                                    const proto::SetTimesRequestProto& message) {
  const auto given = [](uint64_t ms) -> std::optional<int64_t> {
    if (ms == UINT64_MAX) return std::nullopt;
    return static_cast<int64_t>(ms);
  };
  return Changed<proto::SetTimesResponseProto>(
      SetTimes(context, caller, message.src(), given(message.mtime()), given(message.atime())));
}

}  // namespace

void ClientProtocolService::AddWrites() {
  constexpr auto kOnce = rpc::MethodKind::kAtMostOnce;
  Add("create", &Create, kOnce);
  Add("append", &Append, kOnce);
  AddWaiting("addBlock", &AllocateBlock);
  Add("abandonBlock", &Abandon);
  Add("getAdditionalDatanode", &AdditionalDatanode);
  AddWaiting("complete", &Complete);
  Add("updateBlockForPipeline", &BlockForPipeline);
  Add("updatePipeline", &Pipeline, kOnce);
  Add("fsync", &Fsync);
  Add("renewLease", &RenewLease);
  Add("recoverLease", &Recover);
  Add("mkdirs", &Mkdirs);
  Add("delete", &Delete, kOnce);
  Add("rename", &OldRename, kOnce);
  Add("rename2", &NewRename, kOnce);
  Add("setReplication", &Replication);
  Add("setPermission", &Permission);
  Add("setOwner", &Owner);
  Add("setTimes", &Times);
}

}  // namespace tusk::dfs::namenode
