#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/base/status.h"

namespace tusk {

/// An open file. All offsets and sizes are in bytes.
///
/// What has been written survives a crash of the machine only after Sync() or DataSync() returned
/// Ok, and the file's *name* only after Env::SyncDirectory() of its directory did. After a write or
/// sync fails, what the disk holds is unknown and a retry may lie ("Can Applications Recover from
/// fsync Failures?", ATC 2020): give the file up.
///
/// Reads may run at the same time as each other and as writes to other ranges; writes, Truncate,
/// Sync and Close must not overlap with each other. Destroying a File closes it.
class File {
 public:
  virtual ~File() = default;

  /// Reads up to `out.size()` bytes at `offset`; fewer only at the end of the file, 0 beyond it.
  virtual Result<size_t> PRead(uint64_t offset, MutableByteView out) const = 0;
  /// Writes all of `data` at `offset`; a gap reads as zeros.
  virtual Status PWrite(uint64_t offset, ByteView data) = 0;
  /// Writes all of `data` at the end.
  virtual Status Append(ByteView data) = 0;
  /// Makes content, size and attributes durable.
  virtual Status Sync() = 0;
  /// Makes content and size durable; attributes such as the modification time may lag.
  virtual Status DataSync() = 0;
  /// Sets the size; what is added reads as zeros.
  virtual Status Truncate(uint64_t size) = 0;
  /// Reserves disk space for [offset, offset + length) without changing the size. A file system
  /// that cannot reserve answers Ok; kNoSpace when there is no room.
  virtual Status Allocate(uint64_t offset, uint64_t length) = 0;
  virtual Result<uint64_t> Size() const = 0;
  /// Closes; every later call fails. Does not sync. A second Close is Ok.
  virtual Status Close() = 0;
  /// The file descriptor for sendfile, mmap and the like; -1 where there is none (tests).
  virtual int descriptor() const { return -1; }

  /// Reads exactly `out.size()` bytes; kCorruption when the file ends before.
  Status PReadExactly(uint64_t offset, MutableByteView out) const;
};

enum class OpenMode : uint8_t {
  kRead,          // must exist; read only
  kReadWrite,     // must exist
  kCreate,        // must not exist (kAlreadyExists); read and write
  kTruncate,      // created or emptied; read and write
  kOpenOrCreate,  // created if absent, content kept; read and write
};

enum class FileType : uint8_t { kRegular, kDirectory, kOther };

/// What Stat tells.
struct FileStat {
  FileType type = FileType::kRegular;
  uint64_t size = 0;
  /// Milliseconds since 1970-01-01 UTC.
  int64_t modified_millis = 0;
  /// Permission bits, e.g. 0644.
  uint32_t mode = 0;
};

/// Bytes of a file system.
struct DiskSpace {
  uint64_t capacity = 0;
  /// What this process may still write.
  uint64_t available = 0;
};

/// Holds a lock on a file; destroying it releases the lock. The kernel also does so when the
/// process dies.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

/// The door to the operating system's files: everything that persists goes through here, so that
/// tests can lose, tear and refuse (tests/support/memory_env.h). Paths are local paths of the
/// machine. Links are followed. Thread-safe.
///
/// Errors carry the operation and the path: kNotFound, kAlreadyExists, kNotADirectory,
/// kIsADirectory, kNotEmpty, kPermissionDenied, kNoSpace, kResourceExhausted, else kIoError.
class Env {
 public:
  virtual ~Env() = default;

  /// Opens a regular file; new ones get `mode` less the process's umask.
  virtual Result<std::unique_ptr<File>> OpenFile(const std::string& path, OpenMode open_mode,
                                                 uint32_t mode = 0644) = 0;
  /// Atomically gives the file or directory `from` the name `to`, replacing a file there. Durable
  /// after SyncDirectory of both directories.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  /// Gives the file a second name; kAlreadyExists when `to` exists.
  virtual Status Link(const std::string& from, const std::string& to) = 0;
  /// Removes a file.
  virtual Status RemoveFile(const std::string& path) = 0;
  /// Removes an empty directory.
  virtual Status RemoveDirectory(const std::string& path) = 0;
  /// Makes one directory; kAlreadyExists when the name is taken.
  virtual Status MakeDirectory(const std::string& path, uint32_t mode = 0755) = 0;
  /// The names in a directory, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> ListDirectory(const std::string& path) const = 0;
  /// Makes creations, renames and removals in this directory durable.
  virtual Status SyncDirectory(const std::string& path) = 0;
  virtual Result<FileStat> Stat(const std::string& path) const = 0;
  /// Sets the permission bits.
  virtual Status SetMode(const std::string& path, uint32_t mode) = 0;
  /// Locks `path` (created if absent) against other processes and other Lock calls of this one;
  /// kFailedPrecondition when it is held already. Never waits.
  virtual Result<std::unique_ptr<FileLock>> Lock(const std::string& path) = 0;
  /// Space of the file system that holds `path`.
  virtual Result<DiskSpace> Space(const std::string& path) const = 0;

  // Built from the above.

  /// True when something has this name. Errors other than kNotFound are returned.
  Result<bool> Exists(const std::string& path) const;
  /// Makes the directory and its missing parents and syncs each parent of a new one. Ok when it
  /// exists already; kNotADirectory when something else does.
  Status MakeDirectories(const std::string& path, uint32_t mode = 0755);
  /// Removes a file, or a directory with all below it. Ok when absent. Does not sync.
  Status RemoveTree(const std::string& path);
  /// The whole content; kTooLarge when it exceeds `max_bytes`. For small control files.
  Result<std::string> ReadSmallFile(const std::string& path, uint64_t max_bytes) const;
  /// Replaces the file's content so that after a crash at any moment it is the old or the new one,
  /// and the new one once this returned Ok: write beside, sync, rename, sync the directory.
  Status ReplaceFile(const std::string& path, ByteView content, uint32_t mode = 0644);
};

}  // namespace tusk
