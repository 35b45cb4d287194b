#include "dfs/namenode/ops/sync_file.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Result<TxId> SyncFile(const OpContext& context, const Caller& caller, std::string_view path,
                      FileId file_id, std::string_view client_name,
                      std::optional<uint64_t> last_block_length) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot fsync file ", path));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const InodePtr file, FindOpenFile(context, path, file_id, client_name));
  // Every block is journalled when it is allocated: without a length there is nothing to add.
  if (!last_block_length || file->blocks.empty() ||
      *last_block_length <= file->blocks.back().length) {
    return context.ns.tree().counters().applied_txid;
  }
  Block last = file->blocks.back();
  last.length = *last_block_length;
  Mutation mutation = NewMutation(context, caller, MutationKind::kSyncFile);
  mutation.changes.push_back(
      SetBlocks{file->id, static_cast<uint32_t>(file->blocks.size() - 1), {last}});
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  context.blocks.UpdateLength(last.id, last.length);
  return txid;
}

}  // namespace tusk::dfs::namenode
