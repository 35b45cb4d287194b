#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "common/env/env.h"
#include "common/net/task.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "dfs/namenode/journal/group_commit.h"
#include "dfs/namenode/namespace/earlier_calls.h"
#include "dfs/namenode/namespace/inode_tree.h"
#include "dfs/namenode/namespace/lease_table.h"
#include "dfs/namenode/namespace/name_table.h"

namespace tusk::dfs::namenode {

/// Where a namespace lies and how much memory it may use.
struct NamespaceOptions {
  std::string directory;  ///< holds `store/` (LevelDB), `journal/`, `identity`, `in_use.lock`
  size_t max_component_bytes = 255;
  size_t cache_bytes = 256u << 20;         ///< clean inodes kept in memory
  size_t store_cache_bytes = 8u << 20;     ///< LevelDB's block cache
  size_t flush_bytes = 16u << 20;          ///< changes gathered before they go to the store
  size_t overlay_limit_bytes = 96u << 20;  ///< over this, calls that change something are slowed
  std::chrono::milliseconds flush_interval{5000};  ///< changes go to the store at least this often
  uint64_t journal_segment_bytes = 16u << 20;
  /// Off: the store is written and segments are made by the calling thread only, on Flush and Stop
  /// (tests that number every step).
  bool background_writers = true;
  std::chrono::milliseconds lease_soft_limit{60'000};
  std::chrono::milliseconds lease_hard_limit{1'200'000};
  std::string cluster_id;                  ///< for a new namespace; made up when empty
  std::string host_address = "127.0.0.1";  ///< part of a new block pool id
  std::string superuser;                   ///< owner of a new root
  std::string supergroup = "supergroup";   ///< group of a new root
};

/// The tree of files and its durability: lock, inodes, counters, journal, store.
///
/// Life of a change: take `mutex()` exclusively, check, `Commit` a mutation (applies it and hands
/// its record to the journal), let go of the lock, wait until its id is durable, answer. A
/// background thread carries changes on to the store, so a restart replays seconds of journal.
///
/// Opening makes a new namespace in an empty directory; otherwise it opens the store, replays the
/// journal over it and refuses (kCorruption) when the two fall short of what was acknowledged.
///
/// When the journal or the store fails for writing, nothing is acknowledged any more and
/// `on_failure` is called once: the process must end and start again.
class Namespace {
 public:
  /// `env` and `clock` must outlive the namespace. kFailedPrecondition when another process has
  /// the directory.
  static Result<std::unique_ptr<Namespace>> Open(Env& env, const Clock& clock,
                                                 NamespaceOptions options,
                                                 std::function<void(const Status&)> on_failure);
  /// Stops.
  ~Namespace();
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  /// Starts the writers. Nothing can be committed before.
  void Start();
  /// Writes everything to the store and closes. No call may be running. Idempotent.
  void Stop();

  /// The one lock of the namespace; reads take it shared. Never held over I/O of the journal.
  SharedMutex& mutex() RETURN_CAPABILITY(mutex_) { return mutex_; }
  InodeTree& tree() REQUIRES_SHARED(mutex_) { return *tree_; }

  /// Applies `mutation` and gives its record to the journal; returns its id, which is durable
  /// only after WaitDurable. An error means that the namespace is dead.
  Result<TxId> Commit(const Mutation& mutation) REQUIRES(mutex_);

  /// Waits until the change is on disk.
  Task<Status> WaitDurable(TxId txid) { return commit_->WaitDurable(txid); }
  Status WaitDurableBlocking(TxId txid) { return commit_->WaitDurableBlocking(txid); }

  /// True while changes gather faster than the store takes them: callers wait (`Admit`).
  bool overloaded() const { return overloaded_.load(std::memory_order_relaxed); }
  /// Waits while overloaded; kUnavailable when that lasts beyond `deadline`. Blocks the thread.
  Status AdmitBlocking(Deadline deadline);

  /// Calls that were executed before this start; constant after Open.
  const EarlierCalls& earlier_calls() const { return earlier_calls_; }
  const NamespaceIdentity& identity() const { return identity_; }
  LeaseTable& leases() { return leases_; }
  NameTable& names() { return names_; }
  const NamespaceOptions& options() const { return options_; }
  const Clock& clock() const { return clock_; }
  GroupCommit& group_commit() { return *commit_; }

  /// Visits every inode once, between Open and Start: for the block map, the leases and totals.
  Status Load(const std::function<Status(const Inode&)>& visit);

  NamespaceTotals totals();

  /// Brings the store up to now (Hadoop's saveNamespace). Blocks.
  Status Flush();

 private:
  Namespace(Env& env, const Clock& clock, NamespaceOptions options,
            std::function<void(const Status&)> on_failure);

  Status OpenStoreAndJournal();
  Status Replay();
  Status ApplyReplayed(const Mutation& mutation, TxId txid) REQUIRES(mutex_);
  Status Format();
  void Fail(const Status& status);
  void RunStoreWriter();
  Status FlushOnce();

  Env& env_;
  const Clock& clock_;
  const NamespaceOptions options_;
  const std::function<void(const Status&)> on_failure_;
  NamespaceIdentity identity_;
  NameTable names_;
  LeaseTable leases_;
  EarlierCalls earlier_calls_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<NamespaceStore> store_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<GroupCommit> commit_;

  SharedMutex mutex_;
  std::unique_ptr<InodeTree> tree_ GUARDED_BY(mutex_);
  TxId last_txid_ GUARDED_BY(mutex_) = 0;
  std::string record_ GUARDED_BY(mutex_);  // scratch of Commit
  bool flush_signalled_ GUARDED_BY(mutex_) = false;

  std::atomic<bool> overloaded_{false};
  std::atomic<bool> failed_{false};

  Mutex writer_mutex_;
  CondVar writer_wake_;
  CondVar flushed_;
  bool started_ GUARDED_BY(writer_mutex_) = false;
  bool stopping_ GUARDED_BY(writer_mutex_) = false;
  bool flush_requested_ GUARDED_BY(writer_mutex_) = false;
  uint64_t flush_rounds_ GUARDED_BY(writer_mutex_) = 0;
  Status flush_status_ GUARDED_BY(writer_mutex_);
  std::thread writer_;
};

}  // namespace tusk::dfs::namenode
