#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dfs/client/streams.h"

namespace tusk::dfs {

/// A file descriptor that is closed with its owner.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor() { Reset(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int Release();
  /// Closes; returns errno of close(), 0 when all is well.
  int Reset();

 private:
  int fd_;
};

/// InputStream over a descriptor; `PRead` is pread(2), so it needs no lock.
class LocalInputStream final : public InputStream {
 public:
  LocalInputStream(std::string path, FileDescriptor fd, uint64_t length);

  Result<size_t> Read(MutableByteView out) override;
  Result<size_t> PRead(uint64_t offset, MutableByteView out) override;
  Status Seek(uint64_t position) override;
  uint64_t Position() const override { return position_; }
  uint64_t Length() const override { return length_; }
  Status Close() override;

 private:
  const std::string path_;
  const uint64_t length_;
  // Owned by the reading thread; `fd_` changes only in Close.
  FileDescriptor fd_;
  uint64_t position_ = 0;
};

/// OutputStream over a descriptor. Small writes are gathered in a buffer of `kBufferSize` bytes;
/// large ones go past it.
class LocalOutputStream final : public OutputStream {
 public:
  static constexpr size_t kBufferSize = 128 * 1024;

  /// Appends behind `position`, the present length of the file.
  LocalOutputStream(std::string path, FileDescriptor fd, uint64_t position);

  Status Write(ByteView data) override;
  Status Flush() override;
  Status Sync() override;
  uint64_t Position() const override { return position_; }
  Status Close() override;

 private:
  Status WriteOut(ByteView data);
  Status Fail(Status status);

  const std::string path_;
  // Owned by the writing thread.
  FileDescriptor fd_;
  std::vector<uint8_t> buffer_;
  uint64_t position_;
  Status first_error_;
  bool closed_ = false;
};

}  // namespace tusk::dfs
