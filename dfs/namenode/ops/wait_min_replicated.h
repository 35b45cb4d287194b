#pragma once

#include "common/net/task.h"
#include "common/time/deadline.h"
#include "dfs/model/block.h"

namespace tusk::dfs::namenode {

class BlockManager;

/// Waits until the block is minimally replicated, or was removed: true. False when `deadline`
/// passed first or the caller was cancelled. `blocks` must outlive the wait.
Task<bool> WaitMinReplicated(BlockManager& blocks, BlockId block, Deadline deadline);

}  // namespace tusk::dfs::namenode
