#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// kInvalidArgument with Hadoop's words when nobody may have so many or few copies. `client` is who
/// writes, "" when nothing is written.
Status CheckReplication(const OpsOptions& options, std::string_view path, uint32_t replication,
                        std::string_view client);

/// Changes the wanted copies of a file; the block manager makes or drops some in the background.
/// False for directories and missing paths. Needs w. kInvalidArgument: out of bounds.
Result<Outcome<bool>> SetReplication(const OpContext& context, const Caller& caller,
                                     std::string_view path, uint32_t replication);

}  // namespace tusk::dfs::namenode
