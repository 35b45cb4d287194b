#pragma once

#include <optional>
#include <string>

#include "dfs/namenode/ops/add_block.h"
#include "dfs/namenode/ops/complete_file.h"
#include "tests/dfs/namenode/ops/namenode_in_memory.h"

namespace tusk::dfs::namenode {

/// Writes files block by block, as clients and their datanodes do.
class FileWriter : public NamenodeInMemory {
 protected:
  Result<LocatedBlock> AddLocated(const std::string& path, std::optional<Block> previous,
                                  const std::string& client = kWriter) {
    AddBlockRequest request;
    request.path = path;
    request.client_name = client;
    request.previous = previous;
    BlockId waits_for;
    ASSIGN_OR_RETURN(Outcome<LocatedBlock> added,
                     TryAddBlock(*context_, root_, request, &waits_for));
    return std::move(added.value);
  }
  Result<Block> AddNext(const std::string& path, std::optional<Block> previous) {
    ASSIGN_OR_RETURN(const LocatedBlock added, AddLocated(path, previous));
    return added.block.block;
  }
  Result<bool> Complete(const std::string& path, std::optional<Block> last,
                        const std::string& client = kWriter) {
    CompleteFileRequest request;
    request.path = path;
    request.client_name = client;
    request.last = last;
    BlockId waits_for;
    ASSIGN_OR_RETURN(const Outcome<bool> done,
                     TryCompleteFile(*context_, root_, request, &waits_for));
    return done.value;
  }
  /// The block with its final length, on all datanodes.
  Block Written(Block block, uint64_t length) {
    block.length = length;
    for (size_t i = 0; i < cluster_.nodes.size(); ++i) cluster_.Put(i, block);
    return block;
  }
  /// A closed file of one block.
  Block WriteFile(const std::string& path, uint64_t length) {
    EXPECT_OK(Create(root_, path));
    const Result<Block> added = AddNext(path, {});
    EXPECT_OK(added);
    const Block block = Written(added.value_or(Block()), length);
    EXPECT_TRUE(Complete(path, block).value_or(false));
    return block;
  }
};

}  // namespace tusk::dfs::namenode
