#pragma once

#include "dfs/model/fs_stats.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// What a file gets when its creator asks for nothing. Works from the first moment.
ServerDefaults GetServerDefaults(const OpContext& context);

/// Room of the whole file system; `capacity` is at least 1, because clients divide by it.
FsStats GetFsStats(const OpContext& context);

}  // namespace tusk::dfs::namenode
