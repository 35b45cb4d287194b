#pragma once

#include "dfs/model/located_block.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// Where the bytes [offset, offset + length) of a file are, nearest replicas first. Needs r on the
/// file. kNotFound: missing, or a directory. kSafeMode: a wanted block has no known place yet.
/// Notes the access when the last noted one is older than OpsOptions::access_time_precision.
Result<LocatedBlocks> GetBlockLocations(const OpContext& context, const Caller& caller,
                                        std::string_view path, uint64_t offset, uint64_t length);

}  // namespace tusk::dfs::namenode
