#pragma once

#include <string_view>
#include <vector>

#include "dfs/model/located_block.h"
#include "dfs/namenode/blocks/storage_target.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// A block with these places, as clients are told.
LocatedBlock MakeLocatedBlock(const OpContext& context, const Block& block, uint64_t offset,
                              const std::vector<StorageTarget>& targets);

/// The blocks of `file` that overlap [offset, offset + length) with their replicas, nearest to
/// `reader` first; the last block always. The namespace lock is not needed: `file` is a value.
LocatedBlocks LocateRange(const OpContext& context, const Inode& file, uint64_t offset,
                          uint64_t length, std::string_view reader);

}  // namespace tusk::dfs::namenode
