#include "dfs/namenode/ops/complete_file.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/recover_lease.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "dfs/namenode/ops/wait_min_replicated.h"

namespace tusk::dfs::namenode {

namespace {

/// True when the file is closed and ends with `last`: the first answer was lost.
Result<bool> IsRepeat(const OpContext& context, const CompleteFileRequest& request)
    REQUIRES_SHARED(context.ns.mutex()) {
  InodePtr file;
  if (request.file_id == kUnknownFileId) {
    ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, request.path));
    file = path.target();
  } else {
    ASSIGN_OR_RETURN(file, context.ns.tree().ById(request.file_id));
  }
  if (!file || !file->IsFile() || file->IsOpen()) return false;
  if (file->blocks.empty() || !request.last) return file->blocks.empty() && !request.last;
  const Block& end = file->blocks.back();
  return end.id == request.last->id && end.generation_stamp == request.last->generation_stamp;
}

}  // namespace

Result<Outcome<bool>> TryCompleteFile(const OpContext& context, const Caller& caller,
                                      const CompleteFileRequest& request, BlockId* waits_for) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot complete file ", request.path));
  WriterLock lock(context.ns.mutex());
  Result<InodePtr> found =
      FindOpenFile(context, request.path, request.file_id, request.client_name);
  if (!found.ok()) {
    ASSIGN_OR_RETURN(const bool repeat, IsRepeat(context, request));
    if (!repeat) return std::move(found).status();
    return Outcome<bool>{true, context.ns.tree().counters().applied_txid};
  }
  const Inode& file = **found;
  const size_t count = file.blocks.size();
  if (count > 1 && !context.blocks.IsMinReplicated(file.blocks[count - 2].id)) {
    *waits_for = file.blocks[count - 2].id;
    return Outcome<bool>{false};
  }
  if (request.last) {
    if (count == 0 || file.blocks.back().id != request.last->id) {
      return Status::Error(StatusCode::kFailedPrecondition,
                           "Trying to commit inconsistent block: id = {}, file {} ends with {}",
                           request.last->id, request.path,
                           count == 0 ? BlockId() : file.blocks.back().id)
          .WithRemoteClass("java.io.IOException");
    }
    RETURN_IF_ERROR(context.blocks.CommitBlock(*request.last));
  }
  if (count > 0 && !context.blocks.IsMinReplicated(file.blocks.back().id)) {
    *waits_for = file.blocks.back().id;
    return Outcome<bool>{false};
  }
  Mutation mutation = NewMutation(context, caller, MutationKind::kComplete);
  CloseFile(context, file, &mutation);
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  context.ns.leases().Remove(request.client_name, file.id);
  return Outcome<bool>{true, txid};
}

Task<Result<Outcome<bool>>> CompleteFile(const OpContext& context, Caller caller,
                                         CompleteFileRequest request, Deadline deadline) {
  const Deadline patience = Deadline::Earlier(
      deadline, Deadline::After(context.ns.clock(), context.options.replication_wait));
  while (true) {
    BlockId waits_for;
    Result<Outcome<bool>> completed = TryCompleteFile(context, caller, request, &waits_for);
    if (!completed.ok() || completed->value) co_return completed;
    const bool replicated = co_await WaitMinReplicated(context.blocks, waits_for, patience);
    if (!replicated) co_return completed;
  }
}

}  // namespace tusk::dfs::namenode
