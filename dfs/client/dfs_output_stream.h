#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "dfs/client/client_context.h"
#include "dfs/client/data_streamer.h"
#include "dfs/client/lease_renewer.h"
#include "dfs/client/pipeline_recovery.h"
#include "dfs/client/streams.h"

namespace tusk::dfs {

/// A new or appended file of the cluster, to write.
///
/// Bytes are cut into packets of checksummed chunks and go down the pipeline of the current block
/// in the caller's thread; a full block is finished and the next one asked for. A failing datanode
/// is replaced behind the scenes (pipeline_recovery.h). `Flush` also makes the namenode remember
/// the block, once per block.
class DfsOutputStream final : public OutputStream, private OpenForWrite {
 public:
  /// For a file that the namenode has just created for this client.
  DfsOutputStream(std::shared_ptr<ClientContext> context, std::string path,
                  const FileStatus& status);
  /// For a file that it has opened for append: behind `last_block`, which is not full, or behind
  /// the last full block when there is none.
  static Result<std::unique_ptr<OutputStream>> ForAppend(std::shared_ptr<ClientContext> context,
                                                         std::string path,
                                                         NamenodeProxy::AppendAnswer answer);
  ~DfsOutputStream() override;

  Status Write(ByteView data) override;
  Status Flush() override;
  Status Sync() override;
  uint64_t Position() const override;
  Status Close() override;

 private:
  void KeepAlive() override;

  Status CheckOpen() const REQUIRES(mutex_);
  Status Keep(Status status) REQUIRES(mutex_);
  Status WriteLocked(ByteView data) REQUIRES(mutex_);
  Status FlushLocked(bool sync) REQUIRES(mutex_);
  Status CloseLocked() REQUIRES(mutex_);
  Status OpenAppended(LocatedBlock last_block) REQUIRES(mutex_);

  void StartPacket() REQUIRES(mutex_);
  void CutPacket(bool sync) REQUIRES(mutex_);
  Status EnsureBlock() REQUIRES(mutex_);
  Result<LocatedBlock> AskForBlock() REQUIRES(mutex_);
  Status OpenNewBlock() REQUIRES(mutex_);
  Status FinishBlock() REQUIRES(mutex_);
  /// Runs `step` of the streamer, and again after each successful recovery.
  Status Drive(Status (DataStreamer::*step)()) REQUIRES(mutex_);
  Status CompleteFile() REQUIRES(mutex_);

  const std::shared_ptr<ClientContext> context_;
  const OpenFile file_;
  const uint64_t block_size_;
  const uint16_t replication_;
  const ChecksumSpec checksum_;
  const uint32_t packet_capacity_;  // data bytes of a full packet

  // Held by the writer for all of a call, waits included; the renewer's thread only tries it, since
  // a stream that is busy needs no heartbeat.
  mutable Mutex mutex_;
  DataStreamer streamer_ GUARDED_BY(mutex_);
  std::optional<BlockBeingWritten> block_ GUARDED_BY(mutex_);
  std::optional<ExtendedBlock> previous_ GUARDED_BY(mutex_);  // the last finished block
  std::vector<DatanodeInfo> excluded_ GUARDED_BY(mutex_);     // nodes that failed this stream
  std::unique_ptr<WritePacket> packet_ GUARDED_BY(mutex_);    // being filled
  // Bytes of the chunk that a flush cut, from its start: the next packet repeats them.
  std::vector<uint8_t> partial_chunk_ GUARDED_BY(mutex_);
  uint64_t block_offset_ GUARDED_BY(mutex_) = 0;  // of the next byte in its block
  uint64_t file_offset_ GUARDED_BY(mutex_) = 0;   // of the block in the file
  bool unsent_ GUARDED_BY(mutex_) = false;        // bytes were written since the last cut
  bool persisted_ GUARDED_BY(mutex_) = false;     // the namenode remembers the current block
  Status first_error_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace tusk::dfs
