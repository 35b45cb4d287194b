#include "dfs/namenode/ops/located_blocks.h"

#include <utility>

#include "dfs/namenode/blocks/block_manager.h"

namespace tusk::dfs::namenode {

namespace {

struct Located {
  LocatedBlock block;
  bool complete = false;
};

Located LocateOne(const OpContext& context, const Block& block, uint64_t offset,
                  std::string_view reader) {
  LocatedReplicas replicas = context.blocks.Locate(block.id, reader);
  // An unknown block has no places: its file is being deleted.
  const Block& known = replicas.block.id == block.id ? replicas.block : block;
  Located located{MakeLocatedBlock(context, known, offset, replicas.replicas), replicas.complete};
  located.block.corrupt = replicas.corrupt;
  return located;
}

}  // namespace

LocatedBlock MakeLocatedBlock(const OpContext& context, const Block& block, uint64_t offset,
                              const std::vector<StorageTarget>& targets) {
  LocatedBlock located;
  located.block.pool_id = context.ns.identity().block_pool_id;
  located.block.block = block;
  located.offset = offset;
  located.locations.reserve(targets.size());
  for (const StorageTarget& target : targets) {
    located.locations.push_back(
        ReplicaLocation{*target.datanode, target.storage_type, *target.storage_id});
  }
  return located;
}

LocatedBlocks LocateRange(const OpContext& context, const Inode& file, uint64_t offset,
                          uint64_t length, std::string_view reader) {
  LocatedBlocks answer;
  answer.under_construction = file.IsOpen();
  if (file.blocks.empty()) return answer;

  const Block& last = file.blocks.back();
  uint64_t before_last = 0;
  for (size_t i = 0; i + 1 < file.blocks.size(); ++i) before_last += file.blocks[i].length;
  Located located_last = LocateOne(context, last, before_last, reader);
  answer.last_block_complete = !file.IsOpen() || located_last.complete;
  // A closed file says what its blocks are; of an open one the last block may still grow.
  if (!file.IsOpen()) located_last.block.block.block.length = last.length;
  answer.file_length =
      before_last + (answer.last_block_complete ? located_last.block.block.block.length : 0);

  const uint64_t end = length > UINT64_MAX - offset ? UINT64_MAX : offset + length;
  uint64_t at = 0;
  for (size_t i = 0; i < file.blocks.size() && at < end; ++i) {
    const bool is_last = i + 1 == file.blocks.size();
    const uint64_t block_length =
        is_last ? located_last.block.block.block.length : file.blocks[i].length;
    // An open last block belongs to the range when its beginning does: it may have grown.
    const bool overlaps = length > 0 && (at + block_length > offset ||
                                         (is_last && !answer.last_block_complete && at >= offset));
    if (overlaps) {
      answer.blocks.push_back(is_last ? located_last.block
                                      : LocateOne(context, file.blocks[i], at, reader).block);
    }
    at += block_length;
  }
  answer.last_block = std::move(located_last.block);
  return answer;
}

}  // namespace tusk::dfs::namenode
