#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "dfs/client/block_reader.h"
#include "dfs/client/client_context.h"
#include "dfs/client/file_system.h"
#include "dfs/client/streams.h"

namespace tusk::dfs {

/// A file of the cluster, to read.
///
/// Sequential reads keep one connection open from the position to the end of its block. A replica
/// that fails is left for the next one at the byte where it stopped; a damaged one is reported to
/// the namenode as well. When all have failed, their places are asked for again after a wait, some
/// times over, before the read gives up; the error is the first replica's last one. Positioned
/// reads open a connection for each range (or reuse an idle one).
class DfsInputStream final : public InputStream {
 public:
  /// Asks for the first blocks. kNotFound, kPermissionDenied, ...
  static Result<std::unique_ptr<InputStream>> Open(std::shared_ptr<ClientContext> context,
                                                   std::string path, const OpenOptions& options);

  Result<size_t> Read(MutableByteView out) override;
  Result<size_t> PRead(uint64_t offset, MutableByteView out) override;
  Status Seek(uint64_t position) override;
  uint64_t Position() const override { return position_; }
  uint64_t Length() const override { return length_; }
  Status Close() override;

 private:
  /// What was tried for one stretch of bytes.
  struct Attempts {
    std::set<std::string> tried;  ///< uuids
    uint32_t rounds = 0;
    Status last_error;
  };

  DfsInputStream(std::shared_ptr<ClientContext> context, std::string path,
                 const OpenOptions& options, LocatedBlocks blocks, uint64_t length);

  /// The block that holds `offset` (< length_), from memory or the namenode.
  Result<LocatedBlock> BlockAt(uint64_t offset);
  Result<LocatedBlock> RefetchBlock(uint64_t offset);
  /// A reader of [offset, end) of the file, which lies in one block.
  Result<std::unique_ptr<BlockReader>> OpenReader(uint64_t offset, uint64_t end,
                                                  Attempts& attempts);
  void NoteFailure(const LocatedBlock& block, const DatanodeId& datanode, const Status& status,
                   Attempts& attempts);
  Status WaitForAnotherRound(uint64_t offset, Attempts& attempts);
  uint64_t EndOfBlock(const LocatedBlock& block) const;

  const std::shared_ptr<ClientContext> context_;
  const std::string path_;
  const OpenOptions options_;
  const uint64_t length_;
  Mutex mutex_;
  std::vector<LocatedBlock> blocks_ GUARDED_BY(mutex_);  // those known, in file order
  std::atomic<bool> closed_{false};
  // Owned by the thread that reads in sequence.
  std::unique_ptr<BlockReader> reader_;
  uint64_t reader_block_offset_ = 0;  // of the reader's block, in the file
  uint64_t position_ = 0;
};

}  // namespace tusk::dfs
