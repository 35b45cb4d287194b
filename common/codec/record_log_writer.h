#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/env/env.h"

namespace tusk {

/// What a log is written with.
struct RecordLogOptions {
  /// Distinguishes this log from every other: part of each checksum, so that bytes of another log
  /// (or of this one at another place) never verify. Usually a random number or a first
  /// transaction id mixed with one.
  uint64_t log_id = 0;
  /// A longer record is refused with kTooLarge, by writer and reader.
  uint64_t max_record_bytes = 64u << 20;
  /// Disk space reserved at a time, so that a full disk shows early and syncs write less metadata;
  /// 0 = none.
  uint64_t preallocate_bytes = 0;
};

/// Appends records to a log file (docs/formats/record_log.md).
///
/// Append() only buffers (it writes when 4 MiB have gathered); Sync() writes all that is buffered
/// with one write and makes it durable: whoever gathers the records of several callers before one
/// Sync has group commit. A record may be acknowledged only after the Sync that follows its Append
/// returned Ok.
///
/// After a failed write or sync the writer is dead: each later call returns that first error, and
/// nothing is retried, because a retried fsync may lie. Recover from the file or from a replica.
///
/// Not thread-safe.
class RecordLogWriter {
 public:
  /// Starts a new log; kAlreadyExists when the file exists. The file and its name are durable when
  /// this returns Ok.
  static Result<std::unique_ptr<RecordLogWriter>> Create(Env& env, const std::string& path,
                                                         const RecordLogOptions& options);
  /// Goes on with a log that a RecordLogReader has read to its end: cuts the file at `valid_end`
  /// (RecordLogReader::valid_end()), durably, and appends there. `options.log_id` must be the
  /// log's.
  static Result<std::unique_ptr<RecordLogWriter>> Resume(Env& env, const std::string& path,
                                                         uint64_t valid_end,
                                                         const RecordLogOptions& options);
  ~RecordLogWriter();

  /// Adds one record (which may be empty) to the buffer. kTooLarge leaves the writer usable.
  Status Append(ByteView record);
  /// Writes what is buffered, without making it durable.
  Status Flush();
  /// Writes what is buffered and makes everything appended so far durable.
  Status Sync();
  /// Syncs, writes the end mark and syncs it: the log is complete, and a reader can tell that it
  /// got all of it. No Append may follow.
  Status Seal();
  /// Flushes and closes the file, without sync. A second Close is Ok.
  Status Close();

  /// Size of the log including what is buffered.
  uint64_t end_offset() const;
  /// Everything before this offset is durable.
  uint64_t synced_offset() const { return synced_; }

 private:
  RecordLogWriter(std::unique_ptr<File> file, uint64_t offset, const RecordLogOptions& options);

  Status Kill(Status error);
  Status CheckUsable() const;
  Status Reserve();
  void AddFragment(uint8_t type, ByteView payload);

  const RecordLogOptions options_;
  const std::unique_ptr<File> file_;
  std::string buffer_;
  /// File offset of the buffer's first byte.
  uint64_t written_;
  uint64_t synced_;
  uint64_t reserved_;
  bool sealed_ = false;
  bool closed_ = false;
  /// Ok, or the error that ended this writer.
  Status dead_;
};

}  // namespace tusk
