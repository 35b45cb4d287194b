#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/env/env.h"
#include "dfs/datanode/storage/replica_map.h"
#include "dfs/datanode/storage/replica_reader.h"
#include "dfs/datanode/storage/replica_writer.h"
#include "dfs/datanode/storage/volume_set.h"

namespace tusk::dfs::datanode {

/// One entry of dfs.datanode.data.dir.
struct VolumeSpec {
  std::string path;
  StorageType type = StorageType::kDisk;
};

/// Where replicas lie and how safely they are kept.
struct BlockStoreOptions {
  std::vector<VolumeSpec> volumes;
  VolumeOptions volume;
  /// Room that a new replica must find. Its final length is not known.
  uint64_t room_for_replica = 16 << 20;
  /// Sync data, checksums and directory before a replica counts as final
  /// (dfs.datanode.synconclose; here on by default).
  bool sync_on_close = true;
};

/// What changed for the namenode.
enum class ReplicaEvent : uint8_t { kReceiving, kReceived, kDeleted };

/// The replicas of a datanode: state machine, map and files together (HDFS's FsDatasetImpl).
///
/// Methods marked "Blocks" do disk work: they are called on the pool of the volume concerned, or
/// before the daemon serves. Thread-safe; of two that change one replica at the same time the
/// second is refused (writers hold LiveReplica's right to write).
class BlockStore {
 public:
  /// Opens and locks the volumes. Fails if any fails. Blocks.
  static Result<std::unique_ptr<BlockStore>> Open(Env& env, BlockStoreOptions options);

  /// Formats new volumes for the namespace, checks the others, and the first time scans all of
  /// them, in parallel. `uuid` is used if no volume has one. Blocks.
  Status Attach(const NamespaceIdentity& identity, const std::string& uuid);
  bool attached() const { return attached_.load(std::memory_order_acquire); }
  /// After Attach: constant.
  const std::string& pool_id() const { return identity_.pool_id; }
  const NamespaceIdentity& identity() const { return identity_; }
  bool sync_on_close() const { return options_.sync_on_close; }
  /// The datanode's uuid as the volumes know it; empty when all are new.
  std::string datanode_uuid() const;

  /// Called after each event, from any thread; must not block. Set before Attach.
  using Listener = std::function<void(ReplicaEvent, const Block&, const Volume&)>;
  void SetListener(Listener listener) { listener_ = std::move(listener); }

  VolumeSet& volumes() { return *volumes_; }
  const VolumeSet& volumes() const { return *volumes_; }
  std::optional<Replica> Find(BlockId id) const { return map_.Find(id); }
  /// The volume of a replica; kNotFound (ReplicaNotFoundException).
  Result<Volume*> VolumeOf(BlockId id) const;
  uint64_t ReplicaCount() const { return map_.size(); }
  uint64_t ReplicaCount(uint32_t volume) const { return map_.CountOnVolume(volume); }
  /// What a full report names: all but temporary ones.
  std::vector<Replica> ReportOf(uint32_t volume) const;

  /// Visible length. kNotFound, kFailedPrecondition when the stamp here is older.
  Result<uint64_t> GetVisibleLength(const Block& block) const;

  /// Stops whoever writes the replica; part of each step below that takes it over.
  Task<Status> StopWriter(BlockId id, Deadline deadline);

  // Writing. A writer that was got here is given back by Finalize or Release. `interrupt`: see
  // LiveReplica::BeginWriting.

  /// A fresh replica on `volume`; temporary ones are copies from peers. Blocks.
  Result<std::unique_ptr<ReplicaWriter>> Create(Volume& volume, const Block& block,
                                                const ChecksumSpec& spec, bool temporary,
                                                std::function<void()> interrupt);
  /// Reopens for append (with `recovery`: again). Blocks.
  Result<std::unique_ptr<ReplicaWriter>> Append(const ReopenRequest& request, bool recovery,
                                                std::function<void()> interrupt);
  /// Reopens after the loss of a node, cut to what was acknowledged. Blocks.
  Result<std::unique_ptr<ReplicaWriter>> RecoverStreaming(const ReopenRequest& request,
                                                          std::function<void()> interrupt);
  /// Gives a replica its new stamp and makes it final. Returns the block. Blocks.
  Result<Block> RecoverClose(const ReopenRequest& request);
  /// A temporary replica becomes one being written, in a pipeline that is repaired. Consumes the
  /// writer. Blocks.
  Status ConvertTemporary(std::unique_ptr<ReplicaWriter> writer);
  /// Makes what was written final: syncs, moves, syncs the directory, tells the listener. Consumes
  /// the writer; when it fails the replica is gone. `synced`: Sync was called after the last Write.
  /// Blocks.
  Result<Block> Finalize(std::unique_ptr<ReplicaWriter> writer, bool synced);
  /// Ends writing without finishing: the replica waits for its pipeline's recovery; temporary and
  /// dead ones are removed. Blocks.
  void Release(std::unique_ptr<ReplicaWriter> writer);

  /// Opens for reading what is visible. kNotFound, kFailedPrecondition for an older stamp,
  /// kCorruption. Blocks.
  Result<std::unique_ptr<ReplicaReader>> OpenForRead(const Block& block);

  /// Removes a replica with this stamp or an older one; Ok when there is none. Blocks.
  Status Invalidate(const Block& block);

  // Block recovery (InterDatanodeProtocol).
  /// Freezes the replica; nothing if there is none. Its writer must have been stopped. Blocks.
  Result<std::optional<ReplicaFacts>> InitRecovery(const Block& block, GenerationStamp recovery_id);
  /// Cuts, stamps and finalizes it; returns the storage's id. Blocks.
  Result<std::string> UpdateRecovery(const Block& block, GenerationStamp recovery_id,
                                     uint64_t new_length);

 private:
  BlockStore(Env& env, BlockStoreOptions options, std::vector<std::unique_ptr<Volume>> volumes);

  std::string DirectoryOf(const Replica& replica) const;
  std::string DataPath(const Replica& replica) const;
  std::string MetaPath(const Replica& replica) const;
  Result<Replica> Get(BlockId id) const;
  /// Moves the files of `replica` into rbw under the new stamp and opens them at `length`.
  Result<std::unique_ptr<ReplicaWriter>> Reopen(Replica replica, GenerationStamp stamp,
                                                uint64_t length, std::function<void()> interrupt);
  Result<std::unique_ptr<ReplicaReader>> OpenOnce(const Block& block);
  void RemoveFiles(const Replica& replica);
  /// Drops a replica that is not to be trusted any more.
  void Drop(const Replica& replica);
  void Tell(ReplicaEvent event, const Block& block, const Volume& volume) const;

  Env& env_;
  const BlockStoreOptions options_;
  const std::unique_ptr<VolumeSet> volumes_;
  ReplicaMap map_;
  Listener listener_;
  NamespaceIdentity identity_;
  std::atomic<bool> attached_{false};
};

/// The error for a replica that is not here, with Hadoop's exception class.
Status ReplicaNotFound(BlockId id);

}  // namespace tusk::dfs::datanode
