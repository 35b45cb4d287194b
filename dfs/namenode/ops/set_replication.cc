#include "dfs/namenode/ops/set_replication.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Status CheckReplication(const OpsOptions& options, std::string_view path, uint32_t replication,
                        std::string_view client) {
  std::string bound;
  if (replication > options.max_replication) {
    bound = fmt::format("exceeds maximum of {}", options.max_replication);
  } else if (replication < options.min_replication) {
    bound = fmt::format("is less than the required minimum of {}", options.min_replication);
  } else {
    return Status::Ok();
  }
  const std::string from = client.empty() ? "" : fmt::format(", clientName={}", client);
  return Status::Error(StatusCode::kInvalidArgument,
                       "Requested replication factor of {} {} for {}{}", replication, bound, path,
                       from)
      .WithRemoteClass("java.io.IOException");
}

Result<Outcome<bool>> SetReplication(const OpContext& context, const Caller& caller,
                                     std::string_view path_text, uint32_t replication) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot set replication for ", path_text));
  const OpsOptions& options = context.options;
  RETURN_IF_ERROR(CheckReplication(options, path_text, replication, ""));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTarget(*caller.who, path, Access::kWrite));
  const InodePtr& file = path.target();
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
