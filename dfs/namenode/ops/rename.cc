#include "dfs/namenode/ops/rename.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/namenode/ops/delete_path.h"
#include "dfs/namenode/ops/make_directories.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace {

Status CannotRename(std::string_view source, std::string_view destination, std::string_view why) {
  return Status::Error(StatusCode::kFailedPrecondition, "rename {} to {}: {}", source, destination,
                       why)
      .WithRemoteClass("java.io.IOException");
}

Result<TxId> CommitMove(const OpContext& context, const Caller& caller, const ResolvedPath& from,
                        const ResolvedPath& to) REQUIRES(context.ns.mutex()) {
  const InodePtr replaced = to.target();
  if (to.parent()->id != from.parent()->id) {
    RETURN_IF_ERROR(
        CheckDirectoryItems(context, *to.parent(), to.path.Prefix(to.path.components.size() - 1)));
  }
  Mutation mutation = NewMutation(context, caller, MutationKind::kRename);
  if (replaced) RemoveFromTree(*replaced, &mutation);
  mutation.changes.push_back(
      MoveInode{from.target()->id, to.parent()->id, std::string(to.path.LastName())});
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  if (replaced) ReleaseDeleted(context, *replaced, txid);
  return txid;
}

}  // namespace

Result<Outcome<bool>> Rename(const OpContext& context, const Caller& caller,
                             std::string_view source, std::string_view destination) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot rename ", source));
  RETURN_IF_ERROR(CheckNewPath(destination, context.ns.options().max_component_bytes));

  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath from, ResolveFor(context, source));
  RETURN_IF_ERROR(context.permissions.CheckParentForRemoval(*caller.who, from));
  ASSIGN_OR_RETURN(ResolvedPath to, ResolveFor(context, destination));
  std::string into;
  if (to.Exists() && to.target()->IsDirectory() && from.Exists() && !from.path.IsRoot() &&
      source != destination) {
    into = ChildPath(to.path.text, from.path.LastName());
    ASSIGN_OR_RETURN(to, ResolveFor(context, into));
  }
  RETURN_IF_ERROR(context.permissions.CheckAncestorForCreate(*caller.who, to));
  if (!from.Exists() || from.path.IsRoot()) return Outcome<bool>{false};
  if (from.path.text == to.path.text) return Outcome<bool>{true};
  if (IsSameOrBelow(to.path.text, from.path.text)) return Outcome<bool>{false};
  if (to.Exists() || !to.parent() || !to.parent()->IsDirectory()) return Outcome<bool>{false};
  ASSIGN_OR_RETURN(const TxId txid, CommitMove(context, caller, from, to));
  return Outcome<bool>{true, txid};
}

Result<TxId> Rename2(const OpContext& context, const Caller& caller, std::string_view source,
                     std::string_view destination, const Rename2Options& options) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot rename ", source));

  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath from, ResolveFor(context, source));
  RETURN_IF_ERROR(context.permissions.CheckParentForRemoval(*caller.who, from));
  ASSIGN_OR_RETURN(const ResolvedPath to, ResolveFor(context, destination));
  RETURN_IF_ERROR(context.permissions.CheckTraverseForCreate(*caller.who, to));

  if (!from.Exists()) {
    return Status::Error(StatusCode::kNotFound, "rename source {} is not found.", source);
  }
  if (from.path.IsRoot())
    return CannotRename(source, destination, "rename source cannot be the root");
  if (from.path.text == to.path.text) {
    return Status::Error(StatusCode::kAlreadyExists,
                         "The source {} and destination {} are the same", source, destination);
  }
  if (IsSameOrBelow(to.path.text, from.path.text)) {
    return CannotRename(source, destination, "the destination is below the source");
  }
  if (to.path.IsRoot()) {
    return CannotRename(source, destination, "rename destination cannot be the root");
  }
  RETURN_IF_ERROR(CheckNewPath(to.path.text, context.ns.options().max_component_bytes));
  RETURN_IF_ERROR(context.permissions.CheckAncestorForCreate(*caller.who, to));
  if (options.move_to_trash) {
    RETURN_IF_ERROR(CheckSubtreeAccess(context, caller, from.target(), from.path.text));
  }
  if (to.Exists()) {
    const Inode& old = *to.target();
    if (old.IsDirectory() != from.target()->IsDirectory()) {
      return CannotRename(source, destination,
                          from.target()->IsDirectory()
                              ? "the source is a directory and the destination is not"
                              : "the destination is a directory and the source is not");
    }
    if (!options.overwrite) {
      return Status::Error(StatusCode::kAlreadyExists, "rename destination {} already exists",
                           destination);
    }
    if (old.children > 0) {
      return CannotRename(source, destination, "the destination directory is not empty");
    }
    RETURN_IF_ERROR(context.permissions.CheckParentForRemoval(*caller.who, to));
  } else if (!to.parent()) {
    return Status::Error(StatusCode::kNotFound, "rename destination parent {} not found.",
                         to.path.Prefix(to.path.components.size() - 1));
  } else if (!to.parent()->IsDirectory()) {
    return Status::Error(StatusCode::kNotADirectory, "rename destination parent {} is a file.",
                         to.path.Prefix(to.path.components.size() - 1));
  }
  return CommitMove(context, caller, from, to);
}

}  // namespace tusk::dfs::namenode
