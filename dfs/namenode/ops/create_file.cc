#include "dfs/namenode/ops/create_file.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/block_reclaimer.h"
#include "dfs/namenode/ops/make_directories.h"
#include "dfs/namenode/ops/recover_lease.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "dfs/namenode/ops/set_replication.h"

namespace tusk::dfs::namenode {

namespace {

Status CheckParameters(const OpContext& context, const CreateFileRequest& request) {
  const OpsOptions& options = context.options;
  RETURN_IF_ERROR(
      CheckReplication(options, request.path, request.replication, request.client_name));
  if (request.block_size < options.min_block_size) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "Specified block size is less than configured minimum value "
                         "(dfs.namenode.fs-limits.min-block-size): {} < {}",
                         request.block_size, options.min_block_size)
        .WithRemoteClass("java.io.IOException");
  }
  return Status::Ok();
}

/// The answer about a file that exists and shall not be replaced.
Status ExistingFile(const OpContext& context, const Caller& caller,
                    const CreateFileRequest& request, const InodePtr& file)
    REQUIRES(context.ns.mutex()) {
  if (file->IsOpen()) {
    RETURN_IF_ERROR(TakeOverForWriting(context, caller, file, request.path, request.client_name,
                                       "CREATE_FILE"));
  }
  return Status::Error(StatusCode::kAlreadyExists, "{} for client {} already exists", request.path,
                       caller.address);
}

}  // namespace

Result<Outcome<FileStatus>> CreateFile(const OpContext& context, const Caller& caller,
                                       const CreateFileRequest& request) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot create file", request.path));
  RETURN_IF_ERROR(CheckParameters(context, request));

  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, request.path));
  RETURN_IF_ERROR(context.permissions.CheckTraverseForCreate(*caller.who, path));
  const InodePtr& old = path.target();
  if (old && old->IsDirectory()) {
    return Status::Error(StatusCode::kAlreadyExists, "{} already exists as a directory",
                         request.path);
  }
  if (old && request.overwrite) {
    RETURN_IF_ERROR(
        context.permissions.CheckInode(*caller.who, *old, request.path, Access::kWrite));
  }
  RETURN_IF_ERROR(context.permissions.CheckAncestorForCreate(*caller.who, path));
  if (old && !request.overwrite) return ExistingFile(context, caller, request, old);
  if (!old) {
    if (!request.create) {
      return Status::Error(StatusCode::kNotFound, "Can't overwrite non-existent {} for client {}",
                           request.path, caller.address);
    }
    if (!request.create_parents && !path.parent()) {
      return Status::Error(StatusCode::kNotFound, "Parent directory doesn't exist: {}",
                           path.path.Prefix(path.path.components.size() - 1));
    }
    RETURN_IF_ERROR(CheckNewPath(path.path.text, context.ns.options().max_component_bytes));
  }

  Mutation mutation = NewMutation(context, caller, MutationKind::kCreate);
  mutation.changes.reserve(2);
  if (old) mutation.changes.push_back(RemoveInode{old->id});
  ASSIGN_OR_RETURN(const NewParent parent,
                   AddMissingDirectories(context, caller, path, path.path.components.size() - 1,
                                         request.permission, &mutation));
  PutInode put;
  put.inode.id = parent.next_file_id;
  put.inode.parent = parent.id;
  put.inode.name = path.path.LastName();
  put.inode.permission = request.permission;
  put.inode.owner = caller.who->user_id;
  put.inode.group = parent.group;
  put.inode.modification_ms = mutation.time_ms;
  put.inode.access_ms = mutation.time_ms;
  put.inode.replication = request.replication;
  put.inode.block_size = request.block_size;
  put.inode.writer = std::make_shared<const Writer>(
      Writer{std::string(request.client_name), std::string(caller.address)});
  FileStatus status = StatusOf(context, put.inode, "");
  mutation.changes.push_back(std::move(put));
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));

  context.ns.leases().Add(request.client_name, parent.next_file_id);
  if (old) {
    if (old->IsOpen()) context.ns.leases().Remove(old->writer->client_name, old->id);
    std::vector<BlockId> freed;
    for (const Block& block : old->blocks) freed.push_back(block.id);
    context.reclaimer.Reclaim(txid, std::move(freed));
  }
  return Outcome<FileStatus>{std::move(status), txid};
}

}  // namespace tusk::dfs::namenode
