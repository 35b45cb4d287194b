#include "common/env/posix_env.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>

#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"

namespace tusk {

namespace {

/// The error of the call that just failed.
Status LastError(std::string_view operation, const std::string& path) {
  const int error_number = errno;
  return ErrnoStatus(error_number, fmt::format("{} {}", operation, path));
}

class PosixFile final : public File {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  Result<size_t> PRead(uint64_t offset, MutableByteView out) const override {
    RETURN_IF_ERROR(CheckOpen());
    size_t done = 0;
    while (done < out.size()) {
      const ssize_t n = ::pread(descriptor_, out.data() + done, out.size() - done,
                                static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return LastError("read", path_);
      if (n == 0) break;
      done += static_cast<size_t>(n);
    }
    return done;
  }

  Status PWrite(uint64_t offset, ByteView data) override {
    RETURN_IF_ERROR(CheckOpen());
    size_t done = 0;
    while (done < data.size()) {
      const ssize_t n = ::pwrite(descriptor_, data.data() + done, data.size() - done,
                                 static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return LastError("write", path_);
      done += static_cast<size_t>(n);
    }
    return Status();
  }

  Status Append(ByteView data) override {
    ASSIGN_OR_RETURN(const uint64_t end, Size());
    return PWrite(end, data);
  }

  Status Sync() override {
    RETURN_IF_ERROR(CheckOpen());
    return ::fsync(descriptor_) == 0 ? Status() : LastError("sync", path_);
  }

  Status DataSync() override {
    RETURN_IF_ERROR(CheckOpen());
    return ::fdatasync(descriptor_) == 0 ? Status() : LastError("sync", path_);
  }

  Status Truncate(uint64_t size) override {
    RETURN_IF_ERROR(CheckOpen());
    return ::ftruncate(descriptor_, static_cast<off_t>(size)) == 0 ? Status()
                                                                   : LastError("truncate", path_);
  }

  Status Allocate(uint64_t offset, uint64_t length) override {
    RETURN_IF_ERROR(CheckOpen());
    if (length == 0) return Status();
    int result = 0;
    do {
      result = ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                           static_cast<off_t>(length));
    } while (result != 0 && errno == EINTR);
    if (result == 0 || errno == EOPNOTSUPP) return Status();
    return LastError("reserve space for", path_);
  }

  Result<uint64_t> Size() const override {
    RETURN_IF_ERROR(CheckOpen());
    struct stat info = {};
    if (::fstat(descriptor_, &info) != 0) return LastError("stat", path_);
    return static_cast<uint64_t>(info.st_size);
  }

  Status Close() override {
    if (descriptor_ < 0) return Status();
    // After close(2) returned, whatever it returned, the descriptor is gone.
    const int result = ::close(descriptor_);
    descriptor_ = -1;
    return result == 0 || errno == EINTR ? Status() : LastError("close", path_);
  }

  int descriptor() const override { return descriptor_; }

 private:
  Status CheckOpen() const {
    if (descriptor_ >= 0) return Status();
    return Status::Error(StatusCode::kFailedPrecondition, "file is closed: {}", path_);
  }

  int descriptor_;
  const std::string path_;
};

class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(int descriptor) : descriptor_(descriptor) {}
  ~PosixFileLock() override { ::close(descriptor_); }

 private:
  const int descriptor_;
};

int FlagsOf(OpenMode open_mode) {
  switch (open_mode) {
    case OpenMode::kRead:
      return O_RDONLY;
    case OpenMode::kReadWrite:
      return O_RDWR;
    case OpenMode::kCreate:
      return O_RDWR | O_CREAT | O_EXCL;
    case OpenMode::kTruncate:
      return O_RDWR | O_CREAT | O_TRUNC;
    case OpenMode::kOpenOrCreate:
      return O_RDWR | O_CREAT;
  }
  return O_RDONLY;
}

Status AsStatus(int result, std::string_view operation, const std::string& path) {
  return result == 0 ? Status() : LastError(operation, path);
}

}  // namespace

PosixEnv& PosixEnv::Get() {
  static PosixEnv env;
  return env;
}

Result<std::unique_ptr<File>> PosixEnv::OpenFile(const std::string& path, OpenMode open_mode,
                                                 uint32_t mode) {
  const int descriptor = ::open(path.c_str(), FlagsOf(open_mode) | O_CLOEXEC, mode);
  if (descriptor < 0) return LastError("open", path);
  auto file = std::make_unique<PosixFile>(descriptor, path);
  struct stat info = {};
  if (::fstat(descriptor, &info) != 0) return LastError("stat", path);
  if (S_ISDIR(info.st_mode)) {
    return Status::Error(StatusCode::kIsADirectory, "open {}: Is a directory", path);
  }
  return std::unique_ptr<File>(std::move(file));
}

Status PosixEnv::Rename(const std::string& from, const std::string& to) {
  return AsStatus(::rename(from.c_str(), to.c_str()), "rename", from + " to " + to);
}

Status PosixEnv::Link(const std::string& from, const std::string& to) {
  return AsStatus(::link(from.c_str(), to.c_str()), "link", from + " to " + to);
}

Status PosixEnv::RemoveFile(const std::string& path) {
  return AsStatus(::unlink(path.c_str()), "remove", path);
}

Status PosixEnv::RemoveDirectory(const std::string& path) {
  return AsStatus(::rmdir(path.c_str()), "remove", path);
}

Status PosixEnv::MakeDirectory(const std::string& path, uint32_t mode) {
  return AsStatus(::mkdir(path.c_str(), mode), "make directory", path);
}

Result<std::vector<std::string>> PosixEnv::ListDirectory(const std::string& path) const {
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return LastError("list", path);
  ScopeExit close_directory([directory] { ::closedir(directory); });
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory)) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
    errno = 0;
  }
  if (errno != 0) return LastError("list", path);
  std::sort(names.begin(), names.end());
  return names;
}

Status PosixEnv::SyncDirectory(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return LastError("open", path);
  Status status = AsStatus(::fsync(descriptor), "sync directory", path);
  ::close(descriptor);
  return status;
}

Result<FileStat> PosixEnv::Stat(const std::string& path) const {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return LastError("stat", path);
  FileStat stat;
  stat.type = S_ISREG(info.st_mode)   ? FileType::kRegular
              : S_ISDIR(info.st_mode) ? FileType::kDirectory
                                      : FileType::kOther;
  stat.size = static_cast<uint64_t>(info.st_size);
  stat.modified_millis = info.st_mtim.tv_sec * int64_t{1000} + info.st_mtim.tv_nsec / 1'000'000;
  stat.mode = info.st_mode & 07777;
  return stat;
}

Status PosixEnv::SetMode(const std::string& path, uint32_t mode) {
  return AsStatus(::chmod(path.c_str(), mode), "set mode of", path);
}

Result<std::unique_ptr<FileLock>> PosixEnv::Lock(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return LastError("open", path);
  auto lock = std::make_unique<PosixFileLock>(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return LastError("lock", path);
    return Status::Error(StatusCode::kFailedPrecondition, "lock {}: held by another process", path);
  }
  return std::unique_ptr<FileLock>(std::move(lock));
}

Result<DiskSpace> PosixEnv::Space(const std::string& path) const {
  struct statvfs info = {};
  if (::statvfs(path.c_str(), &info) != 0) return LastError("free space of", path);
  DiskSpace space;
  space.capacity = static_cast<uint64_t>(info.f_blocks) * info.f_frsize;
  space.available = static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
  return space;
}

}  // namespace tusk
