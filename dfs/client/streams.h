#pragma once

#include <cstdint>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/base/status.h"

namespace tusk::dfs {

/// Bytes of one open file, to read.
///
/// Blocking: every call works in the caller's thread, as long as the deadlines of the client's
/// options allow. `PRead` and `Length` may be called from any number of threads at once, also
/// while another thread uses the rest; `Read`, `Seek`, `Position` and `Close` belong to one thread
/// at a time. What is handed out has passed the checksums of the file system, unless the file was
/// opened without them. The destructor closes.
class InputStream {
 public:
  virtual ~InputStream() = default;
  InputStream(const InputStream&) = delete;
  InputStream& operator=(const InputStream&) = delete;

  /// Reads up to `out.size()` bytes at the position and moves it. 0 means end of file (or an
  /// empty `out`); a shorter answer than asked for does not. After an error the position is where
  /// it was, and a later call may succeed.
  virtual Result<size_t> Read(MutableByteView out) = 0;

  /// Reads at `offset` without touching the position; fills `out` up to the end of the file, so a
  /// shorter answer means end of file. Thread-safe.
  virtual Result<size_t> PRead(uint64_t offset, MutableByteView out) = 0;

  /// Moves the position; at most `Length()`, else kInvalidArgument. Costs nothing until the next
  /// `Read`.
  virtual Status Seek(uint64_t position) = 0;

  virtual uint64_t Position() const = 0;

  /// Bytes readable when the file was opened: for a file that is still written, what its writer
  /// had flushed by then. Thread-safe.
  virtual uint64_t Length() const = 0;

  /// Gives back sockets and descriptors. Calls after it fail with kFailedPrecondition.
  virtual Status Close() = 0;

 protected:
  InputStream() = default;
};

/// Bytes of one new or appended file, to write in order.
///
/// One thread at a time. The first error is kept: all later calls return it. A file is complete
/// only when `Close` has returned Ok; on a cluster it is then also as durable as the datanodes'
/// rule for closed files says, on a local disk after `Sync`. Destroyed without `Close`, the stream
/// abandons the file: what the writer's death would leave is left.
class OutputStream {
 public:
  virtual ~OutputStream() = default;
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  /// Appends all of `data`. The bytes are copied or sent before it returns; they may still be
  /// buffered here.
  virtual Status Write(ByteView data) = 0;

  /// Makes what was written visible to new readers and keeps it past the death of this process
  /// (HDFS: hflush, in the memory of every datanode of the pipeline).
  virtual Status Flush() = 0;

  /// As `Flush`, and on disk at every replica (HDFS: hsync).
  virtual Status Sync() = 0;

  /// Bytes of the file with all that was given to `Write`.
  virtual uint64_t Position() const = 0;

  /// Writes the rest, completes the file and waits until the file system has it. Calls after it
  /// fail with kFailedPrecondition; a second `Close` returns what the first did.
  virtual Status Close() = 0;

 protected:
  OutputStream() = default;
};

}  // namespace tusk::dfs
