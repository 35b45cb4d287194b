#pragma once

#include <cstdint>
#include <string>

#include "common/base/strong_id.h"

namespace tusk::dfs {

struct BlockIdTag;
/// Names a block for ever. Positive for replicated blocks (HDFS clients read the sign bit as
/// "erasure coded"); the first one is kFirstBlockId.
using BlockId = StrongId<BlockIdTag, int64_t>;

struct GenerationStampTag;
/// Version of a block: rises with each pipeline recovery, append and lease recovery. A replica
/// with an older stamp than the namenode's is stale and never served.
using GenerationStamp = StrongId<GenerationStampTag, int64_t>;

struct FileIdTag;
/// Number of an inode; never used twice. 0 means "not known: go by path".
using FileId = StrongId<FileIdTag, uint64_t>;

inline constexpr BlockId kFirstBlockId{1073741825};
inline constexpr GenerationStamp kFirstGenerationStamp{1001};
inline constexpr FileId kUnknownFileId{0};
inline constexpr FileId kRootFileId{16385};

/// One block of a file as the namenode, a datanode or a client knows it.
struct Block {
  BlockId id;
  GenerationStamp generation_stamp;
  uint64_t length = 0;  ///< bytes; of a block being written: what is known so far

  friend bool operator==(const Block&, const Block&) = default;
};

/// A block with the pool it belongs to: its full name in a cluster, as it travels in every message
/// that is not about one known pool. The pool id is opaque and the same for all blocks of a
/// namespace.
struct ExtendedBlock {
  std::string pool_id;
  Block block;

  friend bool operator==(const ExtendedBlock&, const ExtendedBlock&) = default;
};

}  // namespace tusk::dfs
