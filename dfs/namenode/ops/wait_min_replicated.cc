#include "dfs/namenode/ops/wait_min_replicated.h"

#include <memory>

#include "common/net/async_event.h"
#include "dfs/namenode/blocks/block_manager.h"

namespace tusk::dfs::namenode {

Task<bool> WaitMinReplicated(BlockManager& blocks, BlockId block, Deadline deadline) {
  // Shared with the callback, which may still be running after Unsubscribe.
  const auto replicated = std::make_shared<AsyncEvent>();
  const uint64_t token = blocks.SubscribeMinReplicated(block, [replicated] { replicated->Set(); });
  const bool in_time = co_await replicated->Wait(deadline);
  if (token != 0) blocks.UnsubscribeMinReplicated(token);
  co_return in_time;
}

}  // namespace tusk::dfs::namenode
