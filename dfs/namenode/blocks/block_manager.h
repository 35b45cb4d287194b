#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "dfs/model/block.h"
#include "dfs/model/datanode_info.h"
#include "dfs/namenode/blocks/block_manager_options.h"
#include "dfs/namenode/blocks/block_reports.h"
#include "dfs/namenode/blocks/datanode_command.h"
#include "dfs/namenode/blocks/replica_report.h"
#include "dfs/namenode/blocks/storage_target.h"
#include "dfs/namenode/datanodes/datanode_id.h"
#include "dfs/namenode/datanodes/datanode_registration.h"

namespace tusk {
class Clock;
}

namespace tusk::dfs::namenode {

class BlockLedger;
class HeartbeatMonitor;
class BlockReportProcessor;
class ReplicationMonitor;
class RackResolver;

/// Everything the namenode knows about blocks and datanodes: where replicas are, how many there
/// should be, and what datanodes are to do about the difference. Soft state: rebuilt from the
/// namespace (`LoadBlock`) and from block reports, never journalled.
///
/// Laws
///  - One Mutex of its own. Lock order: namespace lock, then this one; it never calls back into
///    the namespace. No call waits for anything but that lock; none does I/O.
///  - A report adds knowledge about the reporting storage only. Only `CommitBlock` and
///    `FinishRecovery` fix a block's length and stamp (HDFS-5438).
///  - No datanode is told to delete or copy before `EnableWork(true)` (safe mode over), nor to
///    delete for surplus on the word of a storage that has not sent a full report since its
///    registration (C8). The last replica of a live block is never deleted, not even a bad one.
///  - A block is minimally replicated with `RequiredAcks(wanted)` good finalised replicas (C4).
///
/// Thread-safe. Follows org.apache.hadoop.hdfs.server.blockmanagement.BlockManager in behaviour
/// that datanodes and clients can see.
class BlockManager {
 public:
  /// `clock` and `racks` must outlive it. `seed` drives all random choices.
  BlockManager(BlockManagerOptions options, const Clock& clock, RackResolver& racks, uint64_t seed);
  ~BlockManager();
  BlockManager(const BlockManager&) = delete;
  BlockManager& operator=(const BlockManager&) = delete;

  // ---- Start-up, safe mode ---------------------------------------------------------------

  /// Ids of the namespace; before the first registration.
  void SetIdentity(ClusterIdentity identity);
  ClusterIdentity identity() const;

  /// Makes a block known. Repeated for the same id: the later call wins.
  void LoadBlock(const StoredBlock& block);
  /// Reserves room for so many blocks, to load without rehashing.
  void ReserveBlocks(uint64_t blocks);
  /// The highest id given out so far. A reported block above it is from the future: kept, counted
  /// and never deleted. Rises by itself with AddUnderConstruction.
  void SetLastBlockId(BlockId last);

  SafeModeCounts GetSafeModeCounts() const;
  /// True: orders may be given (safe mode is over). Turning it on looks at every block once.
  void EnableWork(bool enabled);

  // ---- Namespace operations --------------------------------------------------------------

  /// Chooses targets for a new replica set or more of one (`already_chosen`), in pipeline order.
  /// Fewer than asked if no more can be had, at least RequiredAcks(replication) for a new block;
  /// else kNoSpace with the reason for each datanode. Reserves nothing.
  Result<std::vector<StorageTarget>> ChooseTargets(const PlacementRequest& request);
  /// True while a live datanode has registered and not told its room yet: kNoSpace may pass.
  bool AwaitsFirstHeartbeat() const;

  /// A block that was allocated for a writer. `targets` are its expected locations.
  void AddUnderConstruction(const Block& block, FileId file, uint16_t replication,
                            uint64_t block_size, std::span<const StorageTarget> targets);
  /// A complete last block is opened again (append, truncate); its replicas are the expected ones.
  Status ReopenBlock(const Block& block);
  /// The client's word for final stamp and length. Ok if already so. kFailedPrecondition when the
  /// stamp is not the stored one or the length is below what was known; kNotFound.
  Status CommitBlock(const Block& block);
  /// The block is complete: committed, and enough good replicas have been reported.
  bool IsMinReplicated(BlockId block) const;
  /// Good finalised replicas that a block of `wanted` copies must have to be complete: C4.
  uint16_t RequiredAcks(uint16_t wanted) const;

  /// Calls `notify` once, from the thread that makes the block minimally replicated (or removes
  /// it), without a lock held; at once if it is so already. Returns a token for Unsubscribe, 0 when
  /// it was called already. Coroutines: wait_min_replicated.h.
  uint64_t SubscribeMinReplicated(BlockId block, std::function<void()> notify);
  /// After it returns `notify` is not started any more; it may be running on another thread.
  void UnsubscribeMinReplicated(uint64_t token);

  /// A new pipeline after a failure: stamp and expected storages change. Older replicas are stale
  /// from now on. kFailedPrecondition when stamp or length go backwards.
  Status UpdatePipeline(BlockId block, GenerationStamp new_stamp, uint64_t new_length,
                        std::span<const ReplicaName> pipeline);
  /// A length that the writer made known (fsync); never shortens.
  void UpdateLength(BlockId block, uint64_t length);

  /// The wanted number of copies changed; surplus is trimmed and lack queued.
  void SetReplication(std::span<const BlockId> blocks, uint16_t replication);
  /// The blocks went from one file to another (concat).
  void ChangeOwner(std::span<const BlockId> blocks, FileId file);
  /// The blocks belong to no file any more: forget them, delete their replicas.
  void RemoveBlocks(std::span<const BlockId> blocks);

  /// Replicas of a block, nearest to `reader_host` (an address) first, stale datanodes last.
  /// Nothing known: empty.
  LocatedReplicas Locate(BlockId block, std::string_view reader_host) const;
  /// The stored state of a block; nothing when it is unknown.
  std::optional<Block> Find(BlockId block) const;
  /// Full targets for names as a client sends them; unknown datanodes are left out.
  std::vector<StorageTarget> ResolveTargets(std::span<const ReplicaName> names) const;

  // ---- Recovery of a last block ----------------------------------------------------------

  /// Begins (again) with `recovery_id` as the new stamp; a higher id supersedes a running one.
  /// kRecoveryInProgress while a try is fresh; kFailedPrecondition for a complete block.
  Result<RecoveryStart> StartRecovery(BlockId block, GenerationStamp recovery_id);
  /// Checks commitBlockSynchronization against the newest recovery id without changing anything.
  Status CheckRecovery(BlockId block, GenerationStamp recovery_id) const;
  /// The recovery's result: stamp, length, and the storages that now hold it finalised. Completes
  /// the block when `close` and enough replicas are there; else it stays committed (or open).
  Status FinishRecovery(BlockId block, GenerationStamp new_stamp, uint64_t new_length, bool close,
                        std::span<const ReplicaName> storages);

  // ---- Datanodes -------------------------------------------------------------------------

  /// Accepts a datanode, new or back again; the identity it must use from now on. A wrong cluster,
  /// namespace or layout is refused (kFailedPrecondition with Hadoop's exception class). May run
  /// the rack resolver: call it from a thread that may block.
  Result<DatanodeRegistration> Register(DatanodeRegistration registration);
  /// Usage in, orders out. An unknown or dead datanode is told to register and nothing else.
  HeartbeatOrders Heartbeat(const DatanodeId& datanode, const HeartbeatReport& report);
  /// A full report of one storage; `replicas` is read once, front to back. Replaces everything
  /// known of that storage. kUnavailable: not registered.
  Status ProcessFullReport(const DatanodeId& datanode, const StorageName& storage,
                           ReplicaReader& replicas);
  /// The datanode has listed all its storages: others that it once had are gone.
  void FinishFullReport(const DatanodeId& datanode, std::span<const StorageName> storages);
  /// Received, receiving and deleted replicas since the last report.
  Status ProcessIncrementalReport(const DatanodeId& datanode, const StorageName& storage,
                                  std::span<const ReplicaChange> changes);
  /// A reader, or a datanode's scanner, says that this replica is bad.
  void ReportBadReplica(const Block& block, const ReplicaName& replica, std::string_view reason);
  /// Hadoop's errorReport: a fatal disk error ends the registration.
  Status ReportError(const DatanodeId& datanode, uint32_t code, std::string_view message);

  // ---- Periodic work ---------------------------------------------------------------------

  /// Judges who is alive, retries copies that never came, and turns the queue into orders. To be
  /// called about every dfs.namenode.redundancy.interval.seconds; cheap when nothing is to do.
  void Tick();

  // ---- Reports ---------------------------------------------------------------------------

  BlockStats Stats() const;
  std::vector<DatanodeReport> GetDatanodeReport(DatanodeReportKind kind) const;
  BlockHealth GetBlockHealth(BlockId block) const;
  /// Blocks without a good replica, by rising id from `after`, at most `limit`.
  std::vector<BlockId> MissingBlocks(BlockId after, size_t limit) const;
  /// The file that owns a block; kUnknownFileId when none.
  FileId OwnerOf(BlockId block) const;

 private:
  /// Holds the lock for one call; after it is let go, runs the callbacks that the call caused.
  class Call;
  /// Somebody to tell once a datanode has orders waiting.
  struct Waiter {
    uint64_t token;
    std::function<void()> notify;
  };

  /// Reads the clock once for the call.
  void ReadClock() const REQUIRES(mutex_);
  std::vector<std::function<void()>> TakeNotifications() REQUIRES(mutex_);
  bool ForgetOneLostStorage() REQUIRES(mutex_);
  std::vector<StorageIndex> Resolve(std::span<const ReplicaName> names) const REQUIRES(mutex_);
  void SortByDistance(std::vector<StorageIndex>& storages, std::string_view reader_host) const
      REQUIRES(mutex_);
  DatanodeReport ReportOf(NodeIndex node) const REQUIRES(mutex_);
  NodeIndex FindRegistered(const DatanodeId& datanode) const REQUIRES(mutex_);
  void PushCommitted() REQUIRES(mutex_);

  mutable Mutex mutex_;
  const BlockManagerOptions options_;
  const Clock& clock_;
  RackResolver& racks_;
  const std::unique_ptr<BlockLedger> ledger_ PT_GUARDED_BY(mutex_);
  const std::unique_ptr<BlockReportProcessor> reports_ PT_GUARDED_BY(mutex_);
  const std::unique_ptr<ReplicationMonitor> monitor_ PT_GUARDED_BY(mutex_);
  const std::unique_ptr<HeartbeatMonitor> heartbeats_ PT_GUARDED_BY(mutex_);
  std::unordered_map<int64_t, std::vector<Waiter>> waiters_ GUARDED_BY(mutex_);  // by block
  std::unordered_map<uint64_t, int64_t> waiter_blocks_ GUARDED_BY(mutex_);       // by token
  uint64_t next_token_ GUARDED_BY(mutex_) = 1;
  /// Storages of dead datanodes whose replicas still have to be forgotten, one per turn of the
  /// lock.
  std::vector<StorageIndex> lost_storages_ GUARDED_BY(mutex_);
};

}  // namespace tusk::dfs::namenode
