#pragma once

#include <vector>

#include "dfs/model/located_block.h"
#include "dfs/namenode/blocks/storage_target.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// First step of a pipeline recovery and of an append: the same block with a new generation stamp.
/// Nothing else changes: the stored stamp stays until UpdatePipeline (some clients never call it),
/// also when all replicas are finalised already. kFailedPrecondition: not the last block of an
/// open file; lease errors as FindOpenFile.
Result<Outcome<LocatedBlock>> UpdateBlockForPipeline(const OpContext& context, const Caller& caller,
                                                     const Block& block,
                                                     std::string_view client_name);

/// Second step: the block has this stamp and length from now on and is expected at these places.
/// kFailedPrecondition when stamp or length go backwards.
Result<TxId> UpdatePipeline(const OpContext& context, const Caller& caller,
                            std::string_view client_name, const Block& old_block,
                            const Block& new_block, const std::vector<ReplicaName>& pipeline);

}  // namespace tusk::dfs::namenode
