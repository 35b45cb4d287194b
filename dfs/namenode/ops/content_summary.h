#pragma once

#include "dfs/model/fs_stats.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// Sums below a path (du, count). Lets go of the namespace lock between steps, so it is exact only
/// where nothing changes meanwhile. Needs r and x on all directories of the tree. kNotFound.
Result<ContentSummary> GetContentSummary(const OpContext& context, const Caller& caller,
                                         std::string_view path);

}  // namespace tusk::dfs::namenode
