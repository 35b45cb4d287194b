#include "dfs/namenode/ops/make_directories.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace {

constexpr uint16_t kOwnerWriteExecute = 0300;

PutInode NewDirectory(const Caller& caller, const NewParent& parent, std::string_view name,
                      uint16_t permission, int64_t now_ms) {
  PutInode put;
  put.inode.id = parent.next_file_id;
  put.inode.parent = parent.id;
  put.inode.name = name;
  put.inode.type = FileType::kDirectory;
  put.inode.permission = permission;
  put.inode.owner = caller.who->user_id;
  put.inode.group = parent.group;
  put.inode.modification_ms = now_ms;
  return put;
}

}  // namespace

Status CheckDirectoryItems(const OpContext& context, const Inode& directory,
                           std::string_view path) {
  if (directory.children < context.options.max_directory_items) return Status::Ok();
  return Status::Error(StatusCode::kQuotaExceeded,
                       "The directory item limit of {} is exceeded: limit={} items={}", path,
                       context.options.max_directory_items, directory.children)
      .WithRemoteClass(
          "org.apache.hadoop.hdfs.protocol.FSLimitException$MaxDirectoryItemsExceededException");
}

Result<NewParent> AddMissingDirectories(const OpContext& context, const Caller& caller,
                                        const ResolvedPath& path, size_t count, uint16_t permission,
                                        Mutation* mutation) {
  const size_t existing = std::min(path.inodes.size() - 1, count);
  const Inode& deepest = *path.inodes[existing];
  RETURN_IF_ERROR(CheckDirectoryItems(context, deepest, path.path.Prefix(existing)));
  NewParent parent{deepest.id, deepest.group, context.ns.tree().NextFileId()};
  for (size_t i = existing; i < count; ++i) {
    mutation->changes.push_back(NewDirectory(caller, parent, path.path.components[i],
                                             permission | kOwnerWriteExecute, mutation->time_ms));
    parent.id = parent.next_file_id;
    parent.next_file_id = FileId(parent.id.value() + 1);
  }
  return parent;
}

Result<Outcome<bool>> MakeDirectories(const OpContext& context, const Caller& caller,
                                      const MakeDirectoriesRequest& request) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot create directory ", request.path));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, request.path));
  RETURN_IF_ERROR(context.permissions.CheckTraverseForCreate(*caller.who, path));
  if (path.Exists()) {
    if (path.target()->IsDirectory()) return Outcome<bool>{true};
    return Status::Error(StatusCode::kAlreadyExists, "Path is not a directory: {}", request.path);
  }
  RETURN_IF_ERROR(CheckNewPath(path.path.text, context.ns.options().max_component_bytes));
  if (!request.create_parents && !path.parent()) {
    return Status::Error(StatusCode::kNotFound, "Parent directory doesn't exist: {}",
                         path.path.Prefix(path.path.components.size() - 1));
  }
  RETURN_IF_ERROR(context.permissions.CheckAncestorForCreate(*caller.who, path));

  Mutation mutation = NewMutation(context, caller, MutationKind::kMakeDirectories);
  ASSIGN_OR_RETURN(const NewParent parent,
                   AddMissingDirectories(context, caller, path, path.path.components.size() - 1,
                                         request.permission, &mutation));
  mutation.changes.push_back(
      NewDirectory(caller, parent, path.path.LastName(), request.permission, mutation.time_ms));
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  return Outcome<bool>{true, txid};
}

}  // namespace tusk::dfs::namenode
