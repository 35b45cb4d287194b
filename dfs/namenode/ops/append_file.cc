#include "dfs/namenode/ops/append_file.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/located_blocks.h"
#include "dfs/namenode/ops/recover_lease.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Result<Outcome<AppendAnswer>> AppendFile(const OpContext& context, const Caller& caller,
                                         std::string_view path_text, std::string_view client_name,
                                         bool new_block) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot append to file", path_text));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTarget(*caller.who, path, Access::kWrite));
  if (!path.Exists()) {
    return Status::Error(StatusCode::kNotFound, "Failed to append to non-existent file {}",
                         path_text);
  }
  InodePtr file = path.target();
  if (file->IsDirectory()) {
    return Status::Error(StatusCode::kAlreadyExists, "Cannot append to directory {}", path_text);
  }
  if (file->IsOpen()) {
    RETURN_IF_ERROR(
        TakeOverForWriting(context, caller, file, path_text, client_name, "APPEND_FILE"));
    ASSIGN_OR_RETURN(file, context.ns.tree().ById(file->id));
  }
  const Block* last = file->blocks.empty() ? nullptr : &file->blocks.back();
  if (last && !context.blocks.IsMinReplicated(last->id)) {
    return Status::Error(StatusCode::kUnavailable,
                         "append: lastBlock={} of src={} is not sufficiently replicated yet "
                         "(org.apache.hadoop.hdfs.server.namenode.NotReplicatedYetException)",
                         last->id, path_text)
        .WithRemoteClass("org.apache.hadoop.ipc.RetriableException");
  }
  const bool reopen = last && last->length < file->block_size && !new_block;
  if (reopen) RETURN_IF_ERROR(context.blocks.ReopenBlock(*last));

  Mutation mutation = NewMutation(context, caller, MutationKind::kAppend);
  mutation.changes.push_back(
      SetWriter{file->id, std::string(client_name), std::string(caller.address)});
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  context.ns.leases().Add(client_name, file->id);

  Outcome<AppendAnswer> outcome;
  outcome.txid = txid;
  outcome.value.status = StatusOf(context, *file, "");
  if (last && last->length < file->block_size) {
    const LocatedReplicas replicas = context.blocks.Locate(last->id, caller.address);
    outcome.value.last_block =
        MakeLocatedBlock(context, *last, file->Length() - last->length, replicas.replicas);
  }
  return outcome;
}

}  // namespace tusk::dfs::namenode
