#include "common/daemon/pid_file.h"

#include <utility>

#include <errno.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/status_macros.h"

namespace tusk {

namespace {

constexpr size_t kMaxContent = 32;

std::string ReadContent(int fd) {
  char buffer[kMaxContent];
  const ssize_t size = pread(fd, buffer, sizeof(buffer), 0);
  std::string text(buffer, size > 0 ? static_cast<size_t>(size) : 0);
  return text.substr(0, text.find_first_not_of("0123456789"));
}

/// True when `path` still names the open file: the holder before us may have removed it after we
/// opened it and before we got the lock.
bool NamesOpenFile(const std::string& path, int fd) {
  struct stat by_name;
  struct stat by_fd;
  return stat(path.c_str(), &by_name) == 0 && fstat(fd, &by_fd) == 0 &&
         by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino;
}

Status WriteContent(int fd, const std::string& path) {
  const std::string text = fmt::format("{}\n", getpid());
  if (ftruncate(fd, 0) != 0) return ErrnoStatus(errno, "truncate pid file " + path);
  const ssize_t written = pwrite(fd, text.data(), text.size(), 0);
  if (written < 0) return ErrnoStatus(errno, "write pid file " + path);
  if (static_cast<size_t>(written) != text.size()) {
    return Status::Error(StatusCode::kNoSpace, "write pid file {}", path);
  }
  return Status();
}

}  // namespace

Result<PidFile> PidFile::Acquire(const std::string& path) {
  while (true) {
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return ErrnoStatus(errno, "open pid file " + path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      const std::string other = ReadContent(fd);
      close(fd);
      if (error == EINTR) continue;
      if (error != EWOULDBLOCK) return ErrnoStatus(error, "lock pid file " + path);
      return Status::Error(StatusCode::kAlreadyExists,
                           "already running as process {}: {} is locked",
                           other.empty() ? "?" : other, path);
    }
    if (!NamesOpenFile(path, fd)) {
      close(fd);
      continue;
    }
    PidFile file(fd, path);
    RETURN_IF_ERROR(WriteContent(fd, path));
    return file;
  }
}

PidFile::PidFile(PidFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

PidFile& PidFile::operator=(PidFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

PidFile::~PidFile() {
  if (fd_ < 0) return;
  // Before the lock goes, so that it cannot be another's file that is removed.
  unlink(path_.c_str());
  close(fd_);
}

}  // namespace tusk
