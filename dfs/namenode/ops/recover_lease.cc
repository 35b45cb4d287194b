#include "dfs/namenode/ops/recover_lease.h"

#include <utility>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/block_reclaimer.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace {

// Name under which the namenode itself holds files whose last block is being recovered.
constexpr std::string_view kRecoveryHolder = "HDFS_NameNode";
// Files whose expired leases are released in one round.
constexpr size_t kExpiredPerRound = 100;

Result<TxId> CommitClosed(const OpContext& context, const Inode& file, const Mutation& mutation)
    REQUIRES(context.ns.mutex()) {
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  context.ns.leases().Remove(file.writer->client_name, file.id);
  return txid;
}

/// All blocks but the last are complete, and the last one is too.
bool AllComplete(const OpContext& context, const Inode& file) {
  const size_t count = file.blocks.size();
  for (size_t i = count < 2 ? 0 : count - 2; i < count; ++i) {
    if (!context.blocks.IsMinReplicated(file.blocks[i].id)) return false;
  }
  return true;
}

Result<Outcome<LeaseRelease>> CloseNow(const OpContext& context, const Inode& file,
                                       Mutation* mutation) REQUIRES(context.ns.mutex()) {
  CloseFile(context, file, mutation);
  ASSIGN_OR_RETURN(const TxId txid, CommitClosed(context, file, *mutation));
  return Outcome<LeaseRelease>{LeaseRelease::kClosed, txid};
}

}  // namespace

void CloseFile(const OpContext& context, const Inode& file, Mutation* mutation) {
  // Blocks that were committed after they were last written down: at most two.
  const uint32_t count = static_cast<uint32_t>(file.blocks.size());
  const uint32_t keep = count < 2 ? 0 : count - 2;
  SetBlocks set{file.id, keep, {}};
  bool changed = false;
  for (uint32_t i = keep; i < count; ++i) {
    const std::optional<Block> known = context.blocks.Find(file.blocks[i].id);
    changed |= known && !(*known == file.blocks[i]);
    set.tail.push_back(known ? *known : file.blocks[i]);
  }
  if (changed) mutation->changes.push_back(std::move(set));
  SetAttributes times;
  times.id = file.id;
  times.modification_ms = mutation->time_ms;
  mutation->changes.push_back(std::move(times));
  mutation->changes.push_back(ClearWriter{file.id});
}

Result<Outcome<LeaseRelease>> ReleaseLease(const OpContext& context, const Caller& caller,
                                           const InodePtr& file, std::string_view path) {
  Mutation mutation = NewMutation(context, caller, MutationKind::kRecoverLease);
  if (AllComplete(context, *file)) return CloseNow(context, *file, &mutation);

  const Block& last = file->blocks.back();
  const GenerationStamp recovery_id = context.ns.tree().NextGenerationStamp();
  ASSIGN_OR_RETURN(const RecoveryStart start, context.blocks.StartRecovery(last.id, recovery_id));
  if (start == RecoveryStart::kNothingWritten) {
    Inode shorter = *file;
    shorter.blocks.pop_back();
    mutation.changes.push_back(
        SetBlocks{file->id, static_cast<uint32_t>(shorter.blocks.size()), {}});
    ASSIGN_OR_RETURN(Outcome<LeaseRelease> closed, CloseNow(context, shorter, &mutation));
    context.reclaimer.Reclaim(closed.txid, {last.id});
    return closed;
  }
  LOG_INFO("lease", "recovery of last block started file={} block={} recovery_id={} holder={}",
           path, last.id, recovery_id, file->writer->client_name);
  const std::string holder = fmt::format("{}-{}", kRecoveryHolder, mutation.time_ms);
  mutation.changes.push_back(UseGenerationStamp{recovery_id});
  mutation.changes.push_back(SetWriter{file->id, holder, file->writer->client_address});
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  context.ns.leases().Remove(file->writer->client_name, file->id);
  context.ns.leases().Add(holder, file->id);
  return Outcome<LeaseRelease>{LeaseRelease::kStarted, txid};
}

Status TakeOverForWriting(const OpContext& context, const Caller& caller, const InodePtr& file,
                          std::string_view path, std::string_view client_name,
                          std::string_view operation) {
  const std::string& holder = file->writer->client_name;
  if (holder == client_name) {
    return Status::Error(StatusCode::kAlreadyBeingCreated,
                         "Failed to {} {} for {} on {} because {} is already the current "
                         "lease holder.",
                         operation, path, client_name, caller.address, holder);
  }
  if (!context.ns.leases().IsSoftExpired(holder)) {
    if (holder.starts_with(kRecoveryHolder)) {
      return Status::Error(StatusCode::kRecoveryInProgress,
                           "Failed to {} {} for {} on {} because recovery of its last "
                           "block is in progress. Try again later.",
                           operation, path, client_name, caller.address);
    }
    return Status::Error(StatusCode::kAlreadyBeingCreated,
                         "Failed to {} {} for {} on {} because this file lease is "
                         "currently owned by {} on {}",
                         operation, path, client_name, caller.address, holder,
                         file->writer->client_address);
  }
  Result<Outcome<LeaseRelease>> released = ReleaseLease(context, caller, file, path);
  RETURN_IF_ERROR(released.status());
  if (released->value == LeaseRelease::kClosed) return Status::Ok();
  return Status::Error(StatusCode::kRecoveryInProgress,
                       "Failed to {} {} for {} on {} because lease recovery is in "
                       "progress. Try again later.",
                       operation, path, client_name, caller.address);
}

Result<Outcome<bool>> RecoverLease(const OpContext& context, const Caller& caller,
                                   std::string_view path_text) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot recover the lease of ", path_text));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTarget(*caller.who, path, Access::kWrite));
  const InodePtr& file = path.target();
  if (!file || !file->IsFile()) return NoSuchFile(path_text);
  if (!file->IsOpen()) return Outcome<bool>{true};
  Result<Outcome<LeaseRelease>> released = ReleaseLease(context, caller, file, path_text);
  if (released.status().code() == StatusCode::kRecoveryInProgress) return Outcome<bool>{false};
  RETURN_IF_ERROR(released.status());
  return Outcome<bool>{released->value == LeaseRelease::kClosed, released->txid};
}

void ReleaseExpiredLeases(const OpContext& context) {
  if (context.safe_mode.IsOn()) return;
  const Caller nobody;
  for (const LeaseTable::Expired& expired : context.ns.leases().HardExpired(kExpiredPerRound)) {
    for (const FileId id : expired.files) {
      WriterLock lock(context.ns.mutex());
      const Result<InodePtr> file = context.ns.tree().ById(id);
      if (!file.ok() || !*file || !(*file)->IsOpen() ||
          (*file)->writer->client_name != expired.client) {
        context.ns.leases().Remove(expired.client, id);
        continue;
      }
      const Result<std::optional<std::string>> path = context.ns.tree().PathOf(**file);
      if (!path.ok() || !*path) {
        context.ns.leases().Remove(expired.client, id);  // deleted: the reclaimer has it
        continue;
      }
      LOG_INFO("lease", "hard limit passed file={} holder={}", **path, expired.client);
      const auto released = ReleaseLease(context, nobody, *file, **path);
      if (!released.ok()) {
        LOG_WARN("lease", "not released file={}: {}", **path, released.status().ToString());
      }
    }
  }
}

}  // namespace tusk::dfs::namenode
