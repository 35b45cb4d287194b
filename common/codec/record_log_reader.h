#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/env/env.h"

namespace tusk {

/// What a reader expects of a log.
struct RecordLogReadOptions {
  /// When set, a log with another id is kCorruption: it is not the file it should be.
  std::optional<uint64_t> expected_log_id;
  uint64_t max_record_bytes = 64u << 20;
  /// The caller knows that bytes before this offset were acknowledged (e.g. from a manifest): a log
  /// that verifies only up to an earlier one is kCorruption.
  uint64_t acknowledged_end = 0;
  /// For tools: go on after damage with the next record that verifies, and count what is lost.
  /// Never in a daemon.
  bool salvage = false;
};

/// Reads a log that RecordLogWriter wrote (docs/formats/record_log.md), also after a crash.
///
/// Where something does not verify, the reader looks at everything behind it. A record behind it
/// that was written after the damaged bytes had been made durable proves that acknowledged data is
/// gone: kCorruption, the log must not be used. Without such a record the damage is the torn tail
/// of a write that was never acknowledged: the log ends before it. (What a log cannot tell: damage
/// to the very last durable write. Seal the log, or pass acknowledged_end.)
///
/// Any bytes are safe input. Memory: one block and one record. Not thread-safe.
class RecordLogReader {
 public:
  /// Opens and checks the header. kCorruption for a header that does not verify; a file shorter
  /// than a header is kFailedPrecondition: a Create that did not return, no record was ever in it.
  static Result<std::unique_ptr<RecordLogReader>> Open(Env& env, const std::string& path,
                                                       const RecordLogReadOptions& options = {});
  /// Reads from an open file.
  static Result<std::unique_ptr<RecordLogReader>> Open(std::unique_ptr<File> file,
                                                       const RecordLogReadOptions& options = {});

  /// Reads the next record into `record`: true, or false at the end of the log.
  Result<bool> Next(std::string& record);

  uint64_t log_id() const { return log_id_; }
  /// Offset of the first byte of the record that Next returned last.
  uint64_t record_offset() const { return record_offset_; }
  /// Offset behind the last whole record: where RecordLogWriter::Resume goes on.
  uint64_t valid_end() const { return valid_end_; }
  /// True when the end mark has been read.
  bool sealed() const { return sealed_; }
  /// Bytes that are not part of a record: behind the end if they are not zero, or skipped by
  /// salvage. Complete once Next returned false.
  uint64_t dropped_bytes() const { return dropped_bytes_; }
  /// What was dropped and why, for the log; empty when nothing was.
  const std::string& damage() const { return damage_; }

 private:
  /// A piece of a record in one block.
  struct Fragment {
    uint8_t type = 0;
    uint64_t start = 0;
    uint64_t end = 0;
    /// Everything before this offset was durable when the fragment was written.
    uint64_t durable_before = 0;
    ByteView payload;
  };

  RecordLogReader(std::unique_ptr<File> file, uint64_t size, const RecordLogReadOptions& options);

  Status ReadHeader();
  Status LoadBlock(uint64_t block);
  /// True when a fragment at `offset`, in the loaded block, verifies.
  bool ParseFragment(uint64_t offset, Fragment& fragment) const;
  Result<bool> NextFragment(Fragment& fragment);
  /// The first fragment from `offset` on that was written when everything up to and including
  /// `durable_beyond` was durable; FindAnyFragment: the first of all.
  Result<bool> FindFragment(uint64_t offset, uint64_t durable_beyond, Fragment& fragment);
  Result<bool> FindAnyFragment(uint64_t offset, Fragment& fragment);
  /// Offset behind the last byte that is not zero, at least `from`.
  Result<uint64_t> LastNonZero(uint64_t from);
  /// Decides between the end of the log and damage in its middle.
  Result<bool> EndAt(uint64_t damaged, std::string_view why);
  /// Salvage: goes on with the next record that begins at `from` or later; false when none does.
  Result<bool> SkipTo(uint64_t from);
  Result<bool> NextOnce(std::string& record);

  const RecordLogReadOptions options_;
  const std::unique_ptr<File> file_;
  const uint64_t size_;
  uint64_t log_id_ = 0;
  uint64_t loaded_block_ = UINT64_MAX;
  std::vector<uint8_t> block_;
  uint64_t position_ = 0;
  uint64_t record_offset_ = 0;
  uint64_t valid_end_ = 0;
  uint64_t dropped_bytes_ = 0;
  bool sealed_ = false;
  bool ended_ = false;
  /// Ok, or the error that ended reading.
  Status failed_;
  std::string damage_;
};

}  // namespace tusk
