#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace tusk::dfs::namenode {

/// Number of a namespace change; the first one is 1, no number is skipped.
using TxId = uint64_t;

/// Consecutive records that become durable together.
///
/// `payload` is a sequence of (varint length, record bytes); record i has transaction id
/// `first_txid + i`. The journal does not look into records.
struct JournalBatch {
  TxId first_txid = 0;
  uint32_t count = 0;
  std::string payload;

  TxId last_txid() const { return first_txid + count - 1; }
  void Clear() {
    first_txid = 0;
    count = 0;
    payload.clear();
  }
};

/// The durable order of namespace changes.
///
/// One writer. `Recover` comes first and exactly once; it fences writers of older epochs where
/// the implementation can have several. After any failed `Append` the journal is dead: every
/// later call fails, and the only way on is a new process that recovers (a second fsync of a
/// file whose first one failed may lie; reliability rule "that file is poison for ever").
/// Not thread-safe; see GroupCommit for the one thread that appends.
class Journal {
 public:
  virtual ~Journal() = default;

  /// What a journal held when it was opened.
  struct Recovered {
    TxId first_txid = 0;         ///< oldest change that can be read; 0 when there is none
    TxId last_txid = 0;          ///< newest acknowledged-or-complete change; 0 for a new journal
    uint64_t dropped_bytes = 0;  ///< torn tail that was cut: never acknowledged
  };

  /// Opens what exists, cuts a torn tail and fences older epochs. kCorruption when something
  /// other than the very end is damaged, kStaleEpoch when a newer epoch has written.
  virtual Result<Recovered> Recover(uint64_t epoch) = 0;

  /// Makes `batch` durable before it returns. `expected_txid` is the batch's first id as the
  /// caller counts; a journal that is elsewhere refuses with kFailedPrecondition.
  virtual Status Append(const JournalBatch& batch, TxId expected_txid) = 0;

  /// Calls `visit(txid, record)` for each change from `from` on, in order. Stops at the first
  /// error of `visit` and returns it. kCorruption when a record in between is missing.
  virtual Status Read(TxId from, const std::function<Status(TxId, ByteView)>& visit) = 0;

  /// Allows everything up to and including `upto` to be purged; keeps more when it likes.
  virtual Status Trim(TxId upto) = 0;

  /// Writes a mark that all that was appended was acknowledged, and closes. Idempotent.
  virtual Status Close() = 0;
};

/// Appends one record to `batch`, giving it the next transaction id.
void AddRecord(JournalBatch& batch, TxId txid, ByteView record);

/// Splits a payload of `count` records that starts at `first_txid`. kCorruption when lengths and
/// count do not fit the bytes.
Status ForEachRecord(TxId first_txid, uint32_t count, ByteView payload,
                     const std::function<Status(TxId, ByteView)>& visit);

}  // namespace tusk::dfs::namenode
