#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace tusk::mapreduce {

/// Local files of tasks: runs and map outputs. They are temporary: nothing is synced, and whoever
/// loses them does the work again, so these are thin over the system's calls. Paths are absolute.

/// A file open for positioned reads, from any number of threads.
class LocalFile {
 public:
  static Result<std::shared_ptr<const LocalFile>> Open(const std::string& path);
  ~LocalFile();
  LocalFile(const LocalFile&) = delete;
  LocalFile& operator=(const LocalFile&) = delete;

  /// Fills `out` from `offset`; kCorruption when the file ends before.
  Status ReadExactly(uint64_t offset, MutableByteView out) const;
  uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

 private:
  LocalFile(int fd, uint64_t size, std::string path);

  const int fd_;
  const uint64_t size_;
  const std::string path_;
};

/// Appends to a new file through a buffer of kBufferBytes. The first error is kept. One thread.
class LocalFileWriter {
 public:
  static constexpr size_t kBufferBytes = size_t{1} << 20;

  /// Replaces what is at `path`.
  static Result<std::unique_ptr<LocalFileWriter>> Create(std::string path);
  ~LocalFileWriter();
  LocalFileWriter(const LocalFileWriter&) = delete;
  LocalFileWriter& operator=(const LocalFileWriter&) = delete;

  Status Append(ByteView bytes);
  /// Hands everything to the system and closes.
  Status Close();
  uint64_t position() const { return position_; }

 private:
  LocalFileWriter(int fd, std::string path);
  Status WriteOut(const uint8_t* data, size_t size);

  int fd_;
  const std::string path_;
  std::unique_ptr<uint8_t[]> buffer_;
  size_t used_ = 0;
  uint64_t position_ = 0;
  Status status_;
};

/// Removes a local file; Ok when there is none.
Status RemoveLocalFile(const std::string& path);
/// Renames within one file system, replacing the target.
Status RenameLocalFile(const std::string& from, const std::string& to);

}  // namespace tusk::mapreduce
