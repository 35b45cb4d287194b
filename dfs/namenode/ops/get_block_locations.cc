#include "dfs/namenode/ops/get_block_locations.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/namenode/ops/located_blocks.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace {

/// Journals the access. Nobody waits for it: a lost access time is no lost change.
void NoteAccess(const OpContext& context, const Caller& caller, FileId id) {
  Mutation mutation =
      NewMutation(context, Caller{caller.who, caller.address, {}, 0}, MutationKind::kSetTimes);
  SetAttributes set;
  set.id = id;
  set.access_ms = mutation.time_ms;
  mutation.changes.push_back(std::move(set));
  WriterLock lock(context.ns.mutex());
  const Result<InodePtr> still_there = context.ns.tree().ById(id);
  if (!still_there.ok() || !*still_there) return;
  const Result<TxId> txid = context.ns.Commit(mutation);
  if (!txid.ok()) LOG_WARN("namenode", "access time not noted: {}", txid.status().ToString());
}

}  // namespace

Result<LocatedBlocks> GetBlockLocations(const OpContext& context, const Caller& caller,
                                        std::string_view path_text, uint64_t offset,
                                        uint64_t length) {
  InodePtr file;
  {
    ReaderLock lock(context.ns.mutex());
    ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
    RETURN_IF_ERROR(context.permissions.CheckTarget(*caller.who, path, Access::kRead));
    file = path.target();
  }
  if (!file) return NoSuchFile(path_text);
  if (!file->IsFile()) {
    return Status::Error(StatusCode::kNotFound, "Path is not a file: {}", path_text);
  }
  LocatedBlocks located = LocateRange(context, *file, offset, length, caller.address);
  if (context.safe_mode.IsOn()) {
    for (const LocatedBlock& block : located.blocks) {
      if (!block.locations.empty()) continue;
      return context.safe_mode.CheckWritable("Zero blocklocations for ", path_text);
    }
    return located;
  }
  const int64_t precision_ms = context.options.access_time_precision.count();
  if (precision_ms > 0 && context.ns.clock().WallMillis() > file->access_ms + precision_ms) {
    NoteAccess(context, caller, file->id);
  }
  return located;
}

}  // namespace tusk::dfs::namenode
