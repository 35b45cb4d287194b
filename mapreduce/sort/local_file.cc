#include "mapreduce/sort/local_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/base/status_macros.h"

namespace tusk::mapreduce {

Result<std::shared_ptr<const LocalFile>> LocalFile::Open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open " + path);
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) {
    const Status failed = ErrnoStatus(errno, "stat " + path);
    ::close(fd);
    return failed;
  }
  return std::shared_ptr<const LocalFile>(
      new LocalFile(fd, static_cast<uint64_t>(facts.st_size), path));
}

LocalFile::LocalFile(int fd, uint64_t size, std::string path)
    : fd_(fd), size_(size), path_(std::move(path)) {}

LocalFile::~LocalFile() { ::close(fd_); }

Status LocalFile::ReadExactly(uint64_t offset, MutableByteView out) const {
  while (!out.empty()) {
    const ssize_t n = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoStatus(errno, "read " + path_);
    if (n == 0)
      return Status::Error(StatusCode::kCorruption, "{} ends before byte {}", path_, offset);
    out = out.subspan(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
  return Status::Ok();
}

Result<std::unique_ptr<LocalFileWriter>> LocalFileWriter::Create(std::string path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return ErrnoStatus(errno, "create " + path);
  return std::unique_ptr<LocalFileWriter>(new LocalFileWriter(fd, std::move(path)));
}

LocalFileWriter::LocalFileWriter(int fd, std::string path)
    : fd_(fd), path_(std::move(path)), buffer_(new uint8_t[kBufferBytes]) {}

LocalFileWriter::~LocalFileWriter() {
  if (fd_ >= 0) ::close(fd_);
}

Status LocalFileWriter::Append(ByteView bytes) {
  RETURN_IF_ERROR(status_);
  position_ += bytes.size();
  while (!bytes.empty()) {
    if (used_ == 0 && bytes.size() >= kBufferBytes) return WriteOut(bytes.data(), bytes.size());
    const size_t n = std::min(bytes.size(), kBufferBytes - used_);
    std::memcpy(buffer_.get() + used_, bytes.data(), n);
    used_ += n;
    bytes = bytes.subspan(n);
    if (used_ == kBufferBytes) {
      RETURN_IF_ERROR(WriteOut(buffer_.get(), used_));
      used_ = 0;
    }
  }
  return Status::Ok();
}

Status LocalFileWriter::WriteOut(const uint8_t* data, size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(fd_, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      status_ = ErrnoStatus(errno, "write " + path_);
      return status_;
    }
    data += n;
    size -= static_cast<size_t>(n);
  }
  return Status::Ok();
}

Status LocalFileWriter::Close() {
  if (fd_ < 0) return status_;
  if (status_.ok() && used_ > 0) status_ = WriteOut(buffer_.get(), used_);
  used_ = 0;
  if (::close(fd_) != 0 && status_.ok()) status_ = ErrnoStatus(errno, "close " + path_);
  fd_ = -1;
  return status_;
}

Status RemoveLocalFile(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoStatus(errno, "remove " + path);
  return Status::Ok();
}

Status RenameLocalFile(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return ErrnoStatus(errno, "rename " + from);
  return Status::Ok();
}

}  // namespace tusk::mapreduce
