#include "dfs/namenode/ops/commit_block_synchronization.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/block_reclaimer.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Result<TxId> CommitBlockSynchronization(const OpContext& context,
                                        const BlockSynchronization& sync) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot commitBlockSynchronization", ""));
  WriterLock lock(context.ns.mutex());
  const FileId owner = context.blocks.OwnerOf(sync.block.id);
  InodePtr file;
  if (owner != kUnknownFileId) {
    ASSIGN_OR_RETURN(file, context.ns.tree().ById(owner));
  }
  if (!file) {
    if (sync.delete_block) return context.ns.tree().counters().applied_txid;
    return Status::Error(StatusCode::kFailedPrecondition, "Block (={}) not found", sync.block.id)
        .WithRemoteClass("java.io.IOException");
  }
  if (!file->IsOpen() || file->blocks.empty() || file->blocks.back().id != sync.block.id) {
    // Told twice: the first time closed the file.
    return context.ns.tree().counters().applied_txid;
  }
  RETURN_IF_ERROR(context.blocks.CheckRecovery(sync.block.id, sync.new_stamp));

  const Caller nobody;
  Mutation mutation = NewMutation(context, nobody, MutationKind::kCommitBlockSynchronization);
  SetBlocks set{file->id, static_cast<uint32_t>(file->blocks.size() - 1), {}};
  if (!sync.delete_block) {
    set.tail.push_back(Block{sync.block.id, sync.new_stamp, sync.new_length});
    RETURN_IF_ERROR(context.blocks.FinishRecovery(sync.block.id, sync.new_stamp, sync.new_length,
                                                  sync.close_file, sync.replicas));
  }
  mutation.changes.push_back(std::move(set));
  if (sync.close_file) {
    SetAttributes times;
    times.id = file->id;
    times.modification_ms = mutation.time_ms;
    mutation.changes.push_back(std::move(times));
    mutation.changes.push_back(ClearWriter{file->id});
  }
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  if (sync.delete_block) context.reclaimer.Reclaim(txid, {sync.block.id});
  if (sync.close_file) context.ns.leases().Remove(file->writer->client_name, file->id);
  LOG_INFO("lease", "last block recovered inode={} block={} stamp={} length={} closed={}", file->id,
           sync.block.id, sync.new_stamp, sync.new_length, sync.close_file);
  return txid;
}

}  // namespace tusk::dfs::namenode
