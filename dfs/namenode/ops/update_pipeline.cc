#include "dfs/namenode/ops/update_pipeline.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/located_blocks.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace {

/// The open file whose last block this is, with the lease checked.
Result<InodePtr> FileOfLastBlock(const OpContext& context, BlockId block,
                                 std::string_view client_name) REQUIRES_SHARED(context.ns.mutex()) {
  const FileId owner = context.blocks.OwnerOf(block);
  if (owner == kUnknownFileId) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "block {} does not exist or is not under construction", block)
        .WithRemoteClass("java.io.IOException");
  }
  ASSIGN_OR_RETURN(InodePtr file, FindOpenFile(context, "", owner, client_name));
  if (file->blocks.empty() || file->blocks.back().id != block) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "block {} is not the last block of its file", block)
        .WithRemoteClass("java.io.IOException");
  }
  return file;
}

}  // namespace

Result<Outcome<LocatedBlock>> UpdateBlockForPipeline(const OpContext& context, const Caller& caller,
                                                     const Block& block,
                                                     std::string_view client_name) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot get a new GS for block ", ""));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const InodePtr file, FileOfLastBlock(context, block.id, client_name));
  Block renewed = block;
  renewed.generation_stamp = context.ns.tree().NextGenerationStamp();
  Mutation mutation = NewMutation(context, caller, MutationKind::kUseGenerationStamp);
  mutation.changes.push_back(UseGenerationStamp{renewed.generation_stamp});
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  return Outcome<LocatedBlock>{MakeLocatedBlock(context, renewed, UINT64_MAX, {}), txid};
}

Result<TxId> UpdatePipeline(const OpContext& context, const Caller& caller,
                            std::string_view client_name, const Block& old_block,
                            const Block& new_block, const std::vector<ReplicaName>& pipeline) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Pipeline not updated", ""));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const InodePtr file, FileOfLastBlock(context, old_block.id, client_name));
  const Block& stored = file->blocks.back();
  if (new_block.id != stored.id || new_block.generation_stamp <= stored.generation_stamp ||
      new_block.length < stored.length) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "Update {} (size = {}) to an older state: {} (size = {})", stored.id,
                         stored.length, new_block.id, new_block.length)
        .WithRemoteClass("java.io.IOException");
  }
  RETURN_IF_ERROR(context.blocks.UpdatePipeline(stored.id, new_block.generation_stamp,
                                                new_block.length, pipeline));
  Mutation mutation = NewMutation(context, caller, MutationKind::kUpdatePipeline);
  mutation.changes.push_back(
      SetBlocks{file->id, static_cast<uint32_t>(file->blocks.size() - 1), {new_block}});
  ASSIGN_OR_RETURN(const TxId txid, context.ns.Commit(mutation));
  context.ns.leases().Renew(client_name);
  return txid;
}

}  // namespace tusk::dfs::namenode
