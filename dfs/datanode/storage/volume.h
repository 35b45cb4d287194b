#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/env/env.h"
#include "common/net/work_pool.h"
#include "dfs/model/block.h"
#include "dfs/model/storage_type.h"

namespace tusk::dfs::datanode {

/// Which namespace the blocks of a datanode belong to. A datanode serves one.
struct NamespaceIdentity {
  uint32_t namespace_id = 0;
  std::string cluster_id;
  std::string pool_id;
  uint64_t creation_time = 0;
};

/// Limits of one volume.
struct VolumeOptions {
  int threads = 4;              ///< of the pool that does the disk's work
  size_t max_queued = 20'000;   ///< pieces of work waiting for them
  uint64_t reserved_bytes = 0;  ///< kept free for others (dfs.datanode.du.reserved)
};

/// One data directory of a datanode, with HDFS's layout:
///
///   in_use.lock
///   current/VERSION                              storage and datanode id
///   current/POOL/current/VERSION                 namespace id
///   current/POOL/current/finalized/subdirN/subdirM/blk_ID, blk_ID_STAMP.meta
///   current/POOL/current/rbw/                    being written
///   current/POOL/tmp/                            copied from peers; emptied at start
///
/// All its disk work runs on pool(), never on an I/O thread. Thread-safe once attached.
class Volume {
 public:
  /// Locks the directory (made if absent) and reads its VERSION, if any. kFailedPrecondition when
  /// another process has it. Blocks.
  static Result<std::unique_ptr<Volume>> Open(Env& env, std::string path, StorageType type,
                                              uint32_t index, const VolumeOptions& options);
  ~Volume();

  /// Formats the directory for the namespace, or checks that it was formatted for it; empties tmp.
  /// kVersionMismatch for the blocks of another namespace. Blocks. Again after a reconnect: only
  /// checks.
  Status Attach(const NamespaceIdentity& identity, const std::string& datanode_uuid);

  const std::string& path() const { return path_; }
  StorageType type() const { return type_; }
  uint32_t index() const { return index_; }
  /// "DS-..."; constant after Attach.
  const std::string& storage_id() const { return storage_id_; }
  /// From VERSION; empty before the first Attach of a new directory.
  const std::string& datanode_uuid() const { return datanode_uuid_; }
  Env& env() const { return env_; }
  WorkPool& pool() { return pool_; }

  // Paths; after Attach.
  const std::string& rbw_directory() const { return rbw_; }
  const std::string& tmp_directory() const { return tmp_; }
  const std::string& finalized_directory() const { return finalized_; }
  /// HDFS's DatanodeUtil.idToBlockDir: two levels of 32 directories from bits 16-20 and 8-12.
  std::string FinalizedDirectory(BlockId id) const;
  /// The same, made if it does not exist. Blocks.
  Result<std::string> MakeFinalizedDirectory(BlockId id);

  // Space. Numbers are those of the last RefreshSpace, corrected by what was written since.
  /// Asks the file system. Blocks.
  Status RefreshSpace();
  uint64_t capacity() const { return capacity_.load(std::memory_order_relaxed); }
  /// Bytes of replicas and their checksums.
  uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  /// Bytes that may still be written.
  uint64_t remaining() const;
  void AddUsed(int64_t bytes);

  /// A disk error that is no lack of space: the volume takes no more blocks.
  void MarkFailed(const Status& cause);
  bool failed() const { return failed_.load(std::memory_order_relaxed); }

 private:
  Volume(Env& env, std::string path, StorageType type, uint32_t index,
         const VolumeOptions& options);
  Status AttachStorage(const NamespaceIdentity& identity, const std::string& datanode_uuid);
  Status AttachPool(const NamespaceIdentity& identity);

  Env& env_;
  const std::string path_;
  const StorageType type_;
  const uint32_t index_;
  const uint64_t reserved_;
  std::unique_ptr<FileLock> lock_;
  // Constant after the first Attach.
  std::string storage_id_;
  std::string datanode_uuid_;
  std::string pool_id_;
  std::string rbw_;
  std::string tmp_;
  std::string finalized_;
  std::array<std::atomic<bool>, 1024> made_{};  // leaf directories known to exist
  std::atomic<uint64_t> capacity_{0};
  std::atomic<uint64_t> available_{0};
  std::atomic<uint64_t> used_{0};
  std::atomic<bool> failed_{false};
  WorkPool pool_;
};

}  // namespace tusk::dfs::datanode
