#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/net/io_runtime.h"
#include "common/net/stream.h"
#include "common/time/deadline.h"
#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/transfer/buffer_pool.h"
#include "dfs/datanode/transfer/transfer_metrics.h"
#include "dfs/datanode/transfer/transfer_options.h"
#include "dfs/model/datanode_info.h"
#include "dfs/model/located_block.h"

namespace tusk::dfs::datanode {

/// What all operations of one transfer server share. Thread-safe.
class TransferContext {
 public:
  TransferContext(IoRuntime& runtime_in, BlockStore& store_in, TransferOptions options_in);

  IoRuntime& runtime;
  BlockStore& store;
  const TransferOptions options;
  TransferMetrics metrics;
  BufferPool buffers;
  std::atomic<uint32_t> open_streams{0};

  static Deadline In(std::chrono::nanoseconds timeout);
  /// The timeout of waiting for a datanode with `further` ones behind it.
  Deadline PeerDeadline(size_t further) const;

  DatanodeId self() const EXCLUDES(mutex_);
  void set_self(DatanodeId self) EXCLUDES(mutex_);
  /// What this datanode is called towards the peer of `stream`: "ip:port".
  std::string OwnName(const Stream& stream) const;

  /// Ok if `block` is of the namespace that is served here.
  Status CheckPool(const ExtendedBlock& block) const;
  /// Counts and tells that the replica is damaged.
  void ReportCorrupt(const Block& block, const Volume& volume, const Status& cause);

 private:
  mutable Mutex mutex_;
  DatanodeId self_ GUARDED_BY(mutex_);
};

/// Counts an open stream for a scope.
class OpenStream {
 public:
  explicit OpenStream(TransferContext& context) : context_(context) { ++context_.open_streams; }
  ~OpenStream() { --context_.open_streams; }
  OpenStream(const OpenStream&) = delete;
  OpenStream& operator=(const OpenStream&) = delete;

 private:
  TransferContext& context_;
};

}  // namespace tusk::dfs::datanode
