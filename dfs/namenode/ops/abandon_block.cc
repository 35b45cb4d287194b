#include "dfs/namenode/ops/abandon_block.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/block_reclaimer.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Result<TxId> AbandonBlock(const OpContext& context, const Caller& caller, std::string_view path,
                          FileId file_id, std::string_view client_name, const Block& block) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot abandon block for ", path));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const InodePtr file, FindOpenFile(context, path, file_id, client_name));
  if (file->blocks.empty() || file->blocks.back().id != block.id) {
    const bool inside = std::any_of(file->blocks.begin(), file->blocks.end(),
                                    [&](const Block& other) { return other.id == block.id; });
    if (!inside) return context.ns.tree().counters().applied_txid;
    return Status::Error(StatusCode::kFailedPrecondition, "block {} is not the last one of {}",
                         block.id, path)
        .WithRemoteClass("java.io.IOException");
  }
  if (context.blocks.IsMinReplicated(block.id)) {
    return Status::Error(StatusCode::kFailedPrecondition, "block {} of {} is complete", block.id,
                         path)
        .WithRemoteClass("java.io.IOException");
  }
  Mutation mutation = NewMutation(context, caller, MutationKind::kAbandonBlock);
  mutation.changes.push_back(
      SetBlocks{file->id, static_cast<uint32_t>(file->blocks.size() - 1), {}});
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  context.reclaimer.Reclaim(txid, {block.id});
  return txid;
}

}  // namespace tusk::dfs::namenode
