#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dfs/datanode/upstream/replica_source.h"

namespace tusk::dfs::datanode {

/// Writes the replica list of a full block report as Hadoop's BlockListAsLongs.Builder does: for
/// each replica four varints (zig-zag block id, length, generation stamp, state), all of them one
/// string of bytes that is cut into buffers of at most kBufferBytes.
class BlockListWriter {
 public:
  static constexpr size_t kBufferBytes = 64 * 1024;

  void Add(const ReportedReplica& replica);

  uint64_t count() const { return count_; }
  /// The buffers; the writer is empty afterwards.
  std::vector<std::string> TakeBuffers();

 private:
  void PutVarint(uint64_t value);

  std::vector<std::string> buffers_;
  uint64_t count_ = 0;
};

}  // namespace tusk::dfs::datanode
