#include "dfs/namenode/ops/set_replication.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Result<Outcome<bool>> SetReplication(const OpContext& context, const Caller& caller,
                                     std::string_view path_text, uint32_t replication) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot set replication for ", path_text));
  const OpsOptions& options = context.options;
  if (replication < options.min_replication || replication > options.max_replication) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "file {}. Requested replication {} is outside of the required range {} to "
                         "{}",
                         path_text, replication, options.min_replication, options.max_replication)
        .WithRemoteClass("java.io.IOException");
  }
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTarget(*caller.who, path, Access::kWrite));
  const InodePtr file = path.target();
  if (!file || !file->IsFile()) return Outcome<bool>{false};
  if (file->replication == replication) return Outcome<bool>{true};
  Mutation mutation = NewMutation(context, caller, MutationKind::kSetReplication);
  SetAttributes set;
  set.id = file->id;
  set.replication = static_cast<uint16_t>(replication);
  mutation.changes.push_back(std::move(set));
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  std::vector<BlockId> blocks;
  for (const Block& block : file->blocks) blocks.push_back(block.id);
  context.blocks.SetReplication(blocks, static_cast<uint16_t>(replication));
  return Outcome<bool>{true, txid};
}

}  // namespace tusk::dfs::namenode
