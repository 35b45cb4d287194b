#include "dfs/namenode/ops/delete_path.h"

#include <string>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/namenode/ops/block_reclaimer.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace {

constexpr size_t kListStep = 1000;

}  // namespace

void RemoveFromTree(const Inode& inode, Mutation* mutation) {
  if (inode.IsDirectory() && inode.children > 0) {
    mutation->changes.push_back(
        MoveInode{inode.id, kDeletedFileId, std::to_string(inode.id.value())});
  } else {
    mutation->changes.push_back(RemoveInode{inode.id});
  }
}

void ReleaseDeleted(const OpContext& context, const Inode& inode, TxId txid) {
  if (inode.IsDirectory()) {
    if (inode.children > 0) context.reclaimer.TreeDeleted(txid);
    return;
  }
  if (inode.IsOpen()) context.ns.leases().Remove(inode.writer->client_name, inode.id);
  std::vector<BlockId> freed;
  freed.reserve(inode.blocks.size());
  for (const Block& block : inode.blocks) freed.push_back(block.id);
  context.reclaimer.Reclaim(txid, std::move(freed));
}

Status CheckSubtreeAccess(const OpContext& context, const Caller& caller, const InodePtr& inode,
                          std::string_view path) {
  if (caller.who->superuser || !context.permissions.enabled()) return Status::Ok();
  std::vector<std::pair<InodePtr, std::string>> open = {{inode, std::string(path)}};
  while (!open.empty()) {
    const auto [directory, text] = std::move(open.back());
    open.pop_back();
    if (!directory->IsDirectory() || directory->children == 0) continue;
    RETURN_IF_ERROR(context.permissions.CheckInode(*caller.who, *directory, text, Access::kAll));
    std::optional<std::string> after;
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<InodePtr> step,
                       context.ns.tree().List(*directory, after, kListStep));
      for (const InodePtr& child : step) {
        if (child->IsDirectory()) open.emplace_back(child, ChildPath(text, child->name));
      }
      if (step.size() < kListStep) break;
      after = step.back()->name;
    }
  }
  return Status::Ok();
}

Result<Outcome<bool>> DeletePath(const OpContext& context, const Caller& caller,
                                 std::string_view path_text, bool recursive) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot delete ", path_text));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckParentForRemoval(*caller.who, path));
  const InodePtr& inode = path.target();
  if (!inode || path.path.IsRoot()) return Outcome<bool>{false};
  if (inode->children > 0) {
    if (!recursive) {
      return Status::Error(StatusCode::kNotEmpty, "`{} is non empty': Directory is not empty",
                           path_text);
    }
    RETURN_IF_ERROR(CheckSubtreeAccess(context, caller, inode, path.path.text));
  }
  Mutation mutation = NewMutation(context, caller, MutationKind::kDelete);
  RemoveFromTree(*inode, &mutation);
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  ReleaseDeleted(context, *inode, txid);
  return Outcome<bool>{true, txid};
}

}  // namespace tusk::dfs::namenode
