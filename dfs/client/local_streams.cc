#include "dfs/client/local_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"

namespace tusk::dfs {
namespace {

Status ClosedStatus(std::string_view path) {
  return Status::Error(StatusCode::kFailedPrecondition, "stream is closed: {}", path);
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    Reset();
    fd_ = other.Release();
  }
  return *this;
}

int FileDescriptor::Release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

int FileDescriptor::Reset() {
  if (fd_ < 0) return 0;
  const int result = ::close(Release());
  return result == 0 ? 0 : errno;
}

LocalInputStream::LocalInputStream(std::string path, FileDescriptor fd, uint64_t length)
    : path_(std::move(path)), length_(length), fd_(std::move(fd)) {}

Result<size_t> LocalInputStream::Read(MutableByteView out) {
  if (!fd_.is_open()) return ClosedStatus(path_);
  if (out.empty()) return size_t{0};
  while (true) {
    const ssize_t n = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(position_));
    if (n >= 0) {
      position_ += static_cast<uint64_t>(n);
      return static_cast<size_t>(n);
    }
    if (errno != EINTR) return ErrnoStatus(errno, path_);
  }
}

Result<size_t> LocalInputStream::PRead(uint64_t offset, MutableByteView out) {
  if (!fd_.is_open()) return ClosedStatus(path_);
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t n =
        ::pread(fd_.get(), out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (n == 0) break;
    if (n > 0) {
      done += static_cast<size_t>(n);
    } else if (errno != EINTR) {
      return ErrnoStatus(errno, path_);
    }
  }
  return done;
}

Status LocalInputStream::Seek(uint64_t position) {
  if (!fd_.is_open()) return ClosedStatus(path_);
  if (position > length_) {
    return Status::Error(StatusCode::kInvalidArgument, "cannot seek to {} behind the end {}: {}",
                         position, length_, path_);
  }
  position_ = position;
  return Status::Ok();
}

Status LocalInputStream::Close() {
  fd_.Reset();
  return Status::Ok();
}

LocalOutputStream::LocalOutputStream(std::string path, FileDescriptor fd, uint64_t position)
    : path_(std::move(path)), fd_(std::move(fd)), position_(position) {}

Status LocalOutputStream::Fail(Status status) {
  if (first_error_.ok()) first_error_ = std::move(status);
  return first_error_;
}

Status LocalOutputStream::WriteOut(ByteView data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd_.get(), data.data(), data.size());
    if (n >= 0) {
      data = data.subspan(static_cast<size_t>(n));
    } else if (errno != EINTR) {
      return Fail(ErrnoStatus(errno, path_));
    }
  }
  return Status::Ok();
}

Status LocalOutputStream::Write(ByteView data) {
  RETURN_IF_ERROR(first_error_);
  if (closed_) return ClosedStatus(path_);
  if (buffer_.size() + data.size() >= kBufferSize) {
    RETURN_IF_ERROR(WriteOut(buffer_));
    buffer_.clear();
    const size_t direct = data.size() >= kBufferSize ? data.size() : 0;
    RETURN_IF_ERROR(WriteOut(data.first(direct)));
    position_ += direct;
    data = data.subspan(direct);
  }
  buffer_.insert(buffer_.end(), data.begin(), data.end());
  position_ += data.size();
  return Status::Ok();
}

Status LocalOutputStream::Flush() {
  RETURN_IF_ERROR(first_error_);
  if (closed_) return ClosedStatus(path_);
  RETURN_IF_ERROR(WriteOut(buffer_));
  buffer_.clear();
  return Status::Ok();
}

Status LocalOutputStream::Sync() {
  RETURN_IF_ERROR(Flush());
  if (::fdatasync(fd_.get()) != 0) return Fail(ErrnoStatus(errno, path_));
  const std::string parent(ParentPath(path_));
  FileDescriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0) {
    return Fail(ErrnoStatus(errno, parent));
  }
  return Status::Ok();
}

Status LocalOutputStream::Close() {
  if (closed_) return first_error_;
  if (Status status = Flush(); !status.ok()) {
    closed_ = true;
    fd_.Reset();
    return status;
  }
  closed_ = true;
  if (const int error = fd_.Reset(); error != 0) return Fail(ErrnoStatus(error, path_));
  return Status::Ok();
}

}  // namespace tusk::dfs
