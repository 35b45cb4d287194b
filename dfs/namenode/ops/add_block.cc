#include "dfs/namenode/ops/add_block.h"

#include <chrono>
#include <utility>

#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"
#include "common/net/sleep.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/located_blocks.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "dfs/namenode/ops/wait_min_replicated.h"

namespace tusk::dfs::namenode {

namespace {

constexpr std::chrono::milliseconds kRoomPause{50};

enum class Case : uint8_t {
  kNew,     ///< commit `previous`, allocate
  kRepeat,  ///< the last block is the answer that was lost
};

bool SameVersion(const Block& a, const Block& b) {
  return a.id == b.id && a.generation_stamp == b.generation_stamp;
}

/// Which of the cases of hdfs-wire-protocol 2.3 this call is.
Result<Case> Classify(const Inode& file, const std::optional<Block>& previous,
                      std::string_view path) {
  const size_t count = file.blocks.size();
  const Block* last = count > 0 ? &file.blocks[count - 1] : nullptr;
  const Block* penultimate = count > 1 ? &file.blocks[count - 2] : nullptr;
  if (previous ? last && SameVersion(*previous, *last) : !last) return Case::kNew;
  const bool after_append = !previous && last && last->length >= file.block_size;
  if (after_append) return Case::kNew;
  const bool repeat = previous ? penultimate && SameVersion(*previous, *penultimate) : count == 1;
  if (repeat) {
    if (last->length == 0) return Case::kRepeat;
    return Status::Error(StatusCode::kFailedPrecondition,
                         "Request looked like a retry to allocate block {} but it already contains "
                         "{} bytes",
                         last->id, last->length);
  }
  return Status::Error(StatusCode::kFailedPrecondition,
                       "Cannot allocate block in {}: passed 'previous' block does not match actual "
                       "last block in file",
                       path);
}

/// What phase 1 finds and phase 2 needs.
struct Found {
  InodePtr file;
  Case kind = Case::kNew;
};

Result<Found> Check(const OpContext& context, const AddBlockRequest& request, BlockId* waits_for)
    REQUIRES_SHARED(context.ns.mutex()) {
  Found found;
  ASSIGN_OR_RETURN(found.file,
                   FindOpenFile(context, request.path, request.file_id, request.client_name));
  const Inode& file = *found.file;
  ASSIGN_OR_RETURN(found.kind, Classify(file, request.previous, request.path));
  if (found.kind == Case::kRepeat) return found;
  if (file.blocks.size() >= context.options.max_blocks_per_file) {
    return Status::Error(StatusCode::kQuotaExceeded,
                         "File has reached the limit on maximum number of blocks "
                         "(dfs.namenode.fs-limits.max-blocks-per-file): {} >= {}",
                         file.blocks.size(), context.options.max_blocks_per_file)
        .WithRemoteClass("java.io.IOException");
  }
  if (file.blocks.size() > 1) {
    const BlockId penultimate = file.blocks[file.blocks.size() - 2].id;
    if (!context.blocks.IsMinReplicated(penultimate)) {
      *waits_for = penultimate;
      return Status::Error(StatusCode::kNotReplicatedYet, "Not replicated yet: {}", request.path);
    }
  }
  return found;
}

uint64_t LengthBefore(const Inode& file, size_t count) {
  uint64_t length = 0;
  for (size_t i = 0; i < count; ++i) length += file.blocks[i].length;
  return length;
}

Outcome<LocatedBlock> Repeat(const OpContext& context, const Inode& file, const Caller& caller) {
  const Block& last = file.blocks.back();
  const LocatedReplicas replicas = context.blocks.Locate(last.id, caller.address);
  return Outcome<LocatedBlock>{MakeLocatedBlock(
      context, last, LengthBefore(file, file.blocks.size() - 1), replicas.replicas)};
}

}  // namespace

Result<Outcome<LocatedBlock>> TryAddBlock(const OpContext& context, const Caller& caller,
                                          const AddBlockRequest& request, BlockId* waits_for) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot add block to ", request.path));
  PlacementRequest placement;
  {
    ReaderLock lock(context.ns.mutex());
    ASSIGN_OR_RETURN(const Found found, Check(context, request, waits_for));
    if (found.kind == Case::kRepeat) {
      Outcome<LocatedBlock> repeated = Repeat(context, *found.file, caller);
      if (!repeated.value.locations.empty()) {
        repeated.txid = context.ns.tree().counters().applied_txid;
        return repeated;
      }
    }
    placement.replication = found.file->replication;
    placement.block_size = found.file->block_size;
    placement.writer_host = found.file->writer->client_address;
  }
  // Choosing looks at many datanodes: not under the namespace lock.
  placement.excluded = request.excluded;
  placement.favored = request.favored;
  placement.no_local_write = request.no_local_write;
  placement.ignore_client_locality = request.ignore_client_locality;
  ASSIGN_OR_RETURN(const std::vector<StorageTarget> targets,
                   context.blocks.ChooseTargets(placement));

  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const Found found, Check(context, request, waits_for));
  const Inode& file = *found.file;
  if (found.kind == Case::kRepeat) {
    // The first answer's block, or one that lost its targets in a restart: these are its targets.
    Outcome<LocatedBlock> repeated = Repeat(context, file, caller);
    repeated.txid = context.ns.tree().counters().applied_txid;
    if (!repeated.value.locations.empty()) return repeated;
    const Block& last = file.blocks.back();
    context.blocks.AddUnderConstruction(last, file.id, file.replication, file.block_size, targets);
    repeated.value = MakeLocatedBlock(context, last, repeated.value.offset, targets);
    return repeated;
  }
  Mutation mutation = NewMutation(context, caller, MutationKind::kAddBlock);
  SetBlocks set{file.id, static_cast<uint32_t>(file.blocks.size()), {}};
  uint64_t offset = LengthBefore(file, file.blocks.size());
  if (request.previous) {
    RETURN_IF_ERROR(context.blocks.CommitBlock(*request.previous));
    --set.keep;
    offset = LengthBefore(file, set.keep) + request.previous->length;
    set.tail.push_back(*request.previous);
  }
  const Block block{context.ns.tree().NextBlockId(), context.ns.tree().NextGenerationStamp(), 0};
  set.tail.push_back(block);
  mutation.changes.push_back(std::move(set));
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  context.blocks.AddUnderConstruction(block, file.id, file.replication, file.block_size, targets);
  context.ns.leases().Renew(request.client_name);
  return Outcome<LocatedBlock>{MakeLocatedBlock(context, block, offset, targets), txid};
}

Task<Result<Outcome<LocatedBlock>>> AddBlock(const OpContext& context, Caller caller,
                                             AddBlockRequest request, Deadline deadline) {
  const Deadline patience = Deadline::Earlier(
      deadline, Deadline::After(context.ns.clock(), context.options.replication_wait));
  while (true) {
    BlockId waits_for;
    Result<Outcome<LocatedBlock>> added = TryAddBlock(context, caller, request, &waits_for);
    // After a restart of the namenode a datanode is there a moment before its room is known.
    const bool may_pass =
        added.status().code() == StatusCode::kNoSpace && context.blocks.AwaitsFirstHeartbeat();
    if (may_pass && !patience.Expired(context.ns.clock())) {
      const Status slept = co_await SleepFor(kRoomPause);
      if (!slept.ok()) co_return added;
      continue;
    }
    if (added.status().code() != StatusCode::kNotReplicatedYet) co_return added;
    const bool replicated = co_await WaitMinReplicated(context.blocks, waits_for, patience);
    if (!replicated) co_return added;
  }
}

}  // namespace tusk::dfs::namenode
