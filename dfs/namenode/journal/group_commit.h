#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "common/base/mutex.h"
#include "common/net/task.h"
#include "common/time/deadline.h"
#include "dfs/namenode/journal/journal.h"

namespace tusk::dfs::namenode {

/// Makes many changes durable with one sync: calls add records while the batch before is being
/// written, one thread appends what has gathered, then all calls of that batch go on together.
///
/// Two buffers change places; a record is copied once. The namespace lock is held while a record
/// is added (that fixes the order) and never while anything is synced.
///
/// When an append fails, everything that waits and everything that comes later fails with that
/// error, and `on_failure` is called once: the process must end, because what is in memory is no
/// longer what is on disk.
///
/// Thread-safe.
class GroupCommit {
 public:
  /// `journal` must be recovered and outlive this object; `last_txid` is its newest change.
  /// `on_failure` is called on the writer thread; it must not call back.
  GroupCommit(Journal& journal, TxId last_txid, std::function<void(const Status&)> on_failure);
  /// `Stop` must have been called.
  ~GroupCommit();
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  /// Starts the writer thread.
  void Start();
  /// Makes durable what was added, then ends the thread. Later additions fail. Idempotent.
  void Stop();

  /// Adds the change `txid`, which must be the one after the last added. Never blocks on I/O.
  void Add(TxId txid, ByteView record);

  /// Waits until `txid` is durable. Ok at once when it is already. Resumes on the executor of the
  /// calling coroutine. Ends with the journal's error or kUnavailable after `Stop`.
  Task<Status> WaitDurable(TxId txid);

  /// The same for a plain thread. Must not be called on an I/O thread.
  Status WaitDurableBlocking(TxId txid);

  /// Has the writer thread trim the journal after its next batch.
  void RequestTrim(TxId upto);

  /// Newest durable change.
  TxId durable_txid() const;
  /// Newest added change.
  TxId added_txid() const;
  /// Bytes added and not yet durable: what admission control looks at.
  size_t pending_bytes() const;

  /// Called on the writer thread after each batch with the newest durable id; set before Start.
  void set_on_durable(std::function<void(TxId)> on_durable);

  /// What was committed so far.
  struct Counts {
    uint64_t batches = 0;
    uint64_t records = 0;
    uint64_t bytes = 0;
    uint64_t sync_ns = 0;  ///< time spent in Journal::Append
  };
  Counts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tusk::dfs::namenode
