#include "dfs/namenode/ops/get_additional_datanode.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/ops/located_blocks.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Result<LocatedBlock> GetAdditionalDatanode(const OpContext& context, const Caller&,
                                           const AdditionalDatanodeRequest& request) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot add datanode; src=", request.path));
  PlacementRequest placement;
  {
    ReaderLock lock(context.ns.mutex());
    ASSIGN_OR_RETURN(const InodePtr file,
                     FindOpenFile(context, request.path, request.file_id, request.client_name));
    placement.block_size = file->block_size;
    placement.writer_host = file->writer->client_address;
  }
  placement.replication = request.wanted;
  placement.excluded = request.excluded;
  for (const ReplicaName& name : request.existing) {
    placement.already_chosen.push_back(name.datanode_uuid);
  }
  std::vector<StorageTarget> targets = context.blocks.ResolveTargets(request.existing);
  Result<std::vector<StorageTarget>> more = context.blocks.ChooseTargets(placement);
  if (more.ok()) {
    targets.insert(targets.end(), more->begin(), more->end());
  } else if (more.status().code() != StatusCode::kNoSpace) {
    return std::move(more).status();
  }
  return MakeLocatedBlock(context, request.block, UINT64_MAX, targets);
}

}  // namespace tusk::dfs::namenode
