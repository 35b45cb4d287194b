#include "dfs/namenode/ops/operation.h"

#include <utility>

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {

Status LeaseError(std::string_view what, std::string_view path, FileId id,
                  std::string_view client) {
  return Status::Error(StatusCode::kLeaseExpired, "{}: {} (inode {}) Holder {} ", what, path, id,
                       client);
}

}  // namespace

Mutation NewMutation(const OpContext& context, const Caller& caller, MutationKind kind) {
  Mutation mutation;
  mutation.kind = kind;
  mutation.time_ms = context.ns.clock().WallMillis();
  mutation.client_id = caller.client_id;
  mutation.call_id = caller.call_id;
  return mutation;
}

FileStatus StatusOf(const OpContext& context, const Inode& inode, std::string_view path) {
  FileStatus status;
  status.path = path;
  status.type = inode.type;
  status.modification_ms = inode.modification_ms;
  status.access_ms = inode.access_ms;
  status.permission = inode.permission;
  status.owner = context.ns.names().Name(inode.owner);
  status.group = context.ns.names().Name(inode.group);
  status.file_id = inode.id.value();
  if (inode.IsDirectory()) {
    status.children = static_cast<uint32_t>(inode.children);
    status.access_ms = 0;
  } else {
    status.length = inode.Length();
    status.replication = inode.replication;
    status.block_size = inode.block_size;
  }
  return status;
}

Status NoSuchFile(std::string_view path) {
  return Status::Error(StatusCode::kNotFound, "File does not exist: {}", path);
}

Result<ResolvedPath> ResolveFor(const OpContext& context, std::string_view path) {
  return Resolve(context.ns.tree(), path);
}

Result<InodePtr> FindOpenFile(const OpContext& context, std::string_view path, FileId id,
                              std::string_view client) {
  InodePtr inode;
  if (id == kUnknownFileId) {
    ASSIGN_OR_RETURN(const ResolvedPath resolved, ResolveFor(context, path));
    inode = resolved.target();
  } else {
    ASSIGN_OR_RETURN(inode, context.ns.tree().ById(id));
    if (inode) {
      ASSIGN_OR_RETURN(const std::optional<std::string> attached, context.ns.tree().PathOf(*inode));
      if (!attached) inode = nullptr;
    }
  }
  if (!inode) {
    return Status::Error(StatusCode::kNotFound,
                         "File does not exist: {} (inode {}) Holder {} does not have any open "
                         "files.",
                         path, id, client);
  }
  if (!inode->IsFile()) return LeaseError("INode is not a regular file", path, inode->id, client);
  if (!inode->IsOpen()) return LeaseError("File is not open for writing", path, inode->id, client);
  if (inode->writer->client_name != client) {
    return Status::Error(StatusCode::kLeaseExpired,
                         "Client (={}) is not the lease owner (={}: {} (inode {})", client,
                         inode->writer->client_name, path, inode->id);
  }
  return inode;
}

}  // namespace tusk::dfs::namenode
