#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// Changes the wanted copies of a file; the block manager makes or drops some in the background.
/// False for directories and missing paths. Needs w. kInvalidArgument: out of bounds.
Result<Outcome<bool>> SetReplication(const OpContext& context, const Caller& caller,
                                     std::string_view path, uint32_t replication);

}  // namespace tusk::dfs::namenode
