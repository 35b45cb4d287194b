#include "dfs/namenode/ops/get_file_info.h"

#include <utility>

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

Result<std::optional<FileStatus>> GetFileInfo(const OpContext& context, const Caller& caller,
                                              std::string_view path_text) {
  InodePtr inode;
  {
    ReaderLock lock(context.ns.mutex());
    ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
    RETURN_IF_ERROR(context.permissions.CheckTraverse(*caller.who, path));
    inode = path.target();
  }
  if (!inode) return std::optional<FileStatus>();
  return std::optional<FileStatus>(StatusOf(context, *inode, ""));
}

Result<bool> IsFileClosed(const OpContext& context, const Caller& caller,
                          std::string_view path_text) {
  ReaderLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTraverse(*caller.who, path));
  if (!path.target()) return NoSuchFile(path_text);
  if (!path.target()->IsFile()) {
    return Status::Error(StatusCode::kNotFound, "Path is not a file: {}", path_text);
  }
  return !path.target()->IsOpen();
}

Result<uint64_t> GetPreferredBlockSize(const OpContext& context, const Caller& caller,
                                       std::string_view path_text) {
  ReaderLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTraverse(*caller.who, path));
  if (!path.target() || !path.target()->IsFile()) return NoSuchFile(path_text);
  return path.target()->block_size;
}

Status CheckAccess(const OpContext& context, const Caller& caller, std::string_view path_text,
                   Access access) {
  ReaderLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTraverse(*caller.who, path));
  if (!path.Exists()) {
    return Status::Error(StatusCode::kNotFound, "Path not found: {}", path_text);
  }
  return context.permissions.CheckTarget(*caller.who, path, access);
}

}  // namespace tusk::dfs::namenode
