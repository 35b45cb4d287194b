#include "dfs/client/local_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/fs.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "common/base/status_macros.h"
#include "dfs/client/local_streams.h"
#include "dfs/client/path_uri.h"
#include "dfs/model/dfs_path.h"

namespace tusk::dfs {
namespace {

constexpr size_t kMaxAccountRecord = 1 << 20;

int64_t ToMilliseconds(const timespec& time) {
  return static_cast<int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

timespec FromMilliseconds(int64_t ms) {
  if (ms < 0) return {0, UTIME_OMIT};
  return {static_cast<time_t>(ms / 1000), static_cast<long>(ms % 1000) * 1'000'000};
}

/// Looks one account record up, with a buffer that grows as the record asks for.
template <typename Record, typename Lookup>
bool FindAccount(Record& record, std::vector<char>& buffer, const Lookup& lookup) {
  buffer.resize(4096);
  while (true) {
    Record* found = nullptr;
    const int error = lookup(&record, buffer.data(), buffer.size(), &found);
    if (error == ERANGE && buffer.size() < kMaxAccountRecord) {
      buffer.resize(buffer.size() * 2);
      continue;
    }
    return error == 0 && found != nullptr;
  }
}

std::string UserNameOf(uid_t uid) {
  passwd record;
  std::vector<char> buffer;
  const bool found = FindAccount(record, buffer, [uid](passwd* r, char* b, size_t n, passwd** out) {
    return ::getpwuid_r(uid, r, b, n, out);
  });
  return found ? record.pw_name : std::to_string(uid);
}

std::string GroupNameOf(gid_t gid) {
  group record;
  std::vector<char> buffer;
  const bool found = FindAccount(record, buffer, [gid](group* r, char* b, size_t n, group** out) {
    return ::getgrgid_r(gid, r, b, n, out);
  });
  return found ? record.gr_name : std::to_string(gid);
}

/// The number of a user; the text itself when it is a number.
Result<uid_t> UserIdOf(const std::string& name) {
  passwd record;
  std::vector<char> buffer;
  const bool found =
      FindAccount(record, buffer, [&name](passwd* r, char* b, size_t n, passwd** out) {
        return ::getpwnam_r(name.c_str(), r, b, n, out);
      });
  if (found) return record.pw_uid;
  return Status::Error(StatusCode::kInvalidArgument, "no such user: {}", name);
}

Result<gid_t> GroupIdOf(const std::string& name) {
  group record;
  std::vector<char> buffer;
  const bool found = FindAccount(record, buffer, [&name](group* r, char* b, size_t n, group** out) {
    return ::getgrnam_r(name.c_str(), r, b, n, out);
  });
  if (found) return record.gr_gid;
  return Status::Error(StatusCode::kInvalidArgument, "no such group: {}", name);
}

/// Names of a directory in byte order. The names are held, their facts are looked up one by one.
class LocalListIterator final : public ListIterator {
 public:
  LocalListIterator(FileSystem& fs, std::string directory, std::vector<std::string> names)
      : fs_(fs), directory_(std::move(directory)), names_(std::move(names)) {}

  Result<std::optional<FileStatus>> Next() override {
    while (next_ < names_.size()) {
      Result<FileStatus> status = fs_.Stat(JoinPath(directory_, names_[next_++]));
      if (status.ok()) return std::optional<FileStatus>(std::move(status).value());
      if (status.status().code() != StatusCode::kNotFound) return std::move(status).status();
    }
    return std::optional<FileStatus>();
  }

 private:
  FileSystem& fs_;
  const std::string directory_;
  const std::vector<std::string> names_;
  size_t next_ = 0;
};

/// The one entry of a listing of a file.
class SingleListIterator final : public ListIterator {
 public:
  explicit SingleListIterator(FileStatus status) : status_(std::move(status)) {}
  Result<std::optional<FileStatus>> Next() override { return std::exchange(status_, std::nullopt); }

 private:
  std::optional<FileStatus> status_;
};

Result<std::vector<std::string>> ReadNames(const std::string& path) {
  std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(path.c_str()), &::closedir);
  if (!directory) return ErrnoStatus(errno, path);
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return ErrnoStatus(errno, path);
  std::sort(names.begin(), names.end());
  return names;
}

class LocalFileSystem final : public FileSystem {
 public:
  explicit LocalFileSystem(const LocalFileSystemOptions& options) : options_(options) {}

  std::string Uri() const override { return "file:///"; }
  bool IsSameFileSystem(std::string_view uri) const override {
    return uri == "file://" || uri == "file:///" || uri == "file://localhost";
  }
  std::string HomeDirectory() const override;
  std::string UserName() const override { return UserNameOf(::geteuid()); }

  Result<std::unique_ptr<InputStream>> Open(std::string_view path, const OpenOptions&) override;
  Result<std::unique_ptr<OutputStream>> Create(std::string_view path,
                                               const CreateOptions& options) override;
  Result<std::unique_ptr<OutputStream>> Append(std::string_view path) override;
  Result<FileStatus> Stat(std::string_view path) override;
  Result<std::unique_ptr<ListIterator>> ListPaged(std::string_view path) override;
  Status MakeDirectories(std::string_view path, uint16_t permission) override;
  Status Rename(std::string_view source, std::string_view destination,
                const RenameOptions& options) override;
  Result<bool> Delete(std::string_view path, bool recursive) override;
  Status SetPermission(std::string_view path, uint16_t permission) override;
  Status SetOwner(std::string_view path, std::string_view owner, std::string_view group) override;
  Status SetTimes(std::string_view path, int64_t modification_ms, int64_t access_ms) override;
  Result<bool> SetReplication(std::string_view path, uint16_t replication) override;
  Result<bool> CheckAccess(std::string_view path, bool read, bool write, bool execute) override;
  Result<ContentSummary> GetContentSummary(std::string_view path) override;
  Result<FsStats> GetFsStats() override;
  Result<ServerDefaults> GetServerDefaults() override;
  Result<std::vector<BlockLocation>> GetBlockLocations(std::string_view path, uint64_t offset,
                                                       uint64_t length) override;

 private:
  Status DeleteTree(const std::string& path);
  Status AddToSummary(const FileStatus& status, ContentSummary& summary);

  const LocalFileSystemOptions options_;
};

std::string LocalFileSystem::HomeDirectory() const {
  std::vector<char> buffer(4096);
  while (::getcwd(buffer.data(), buffer.size()) == nullptr) {
    if (errno != ERANGE || buffer.size() >= kMaxAccountRecord) return "/";
    buffer.resize(buffer.size() * 2);
  }
  return buffer.data();
}

Result<std::unique_ptr<InputStream>> LocalFileSystem::Open(std::string_view path,
                                                           const OpenOptions&) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  FileDescriptor fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return ErrnoStatus(errno, name);
  struct stat facts;
  if (::fstat(fd.get(), &facts) != 0) return ErrnoStatus(errno, name);
  if (S_ISDIR(facts.st_mode)) return ErrnoStatus(EISDIR, name);
  ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::unique_ptr<InputStream>(std::make_unique<LocalInputStream>(
      std::move(name), std::move(fd), static_cast<uint64_t>(facts.st_size)));
}

Result<std::unique_ptr<OutputStream>> LocalFileSystem::Create(std::string_view path,
                                                              const CreateOptions& options) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  if (options.create_parents) {
    RETURN_IF_ERROR(MakeDirectories(ParentPath(name), 0777));
  }
  const mode_t mode = options.permission.value_or(0666) & 01777 & ~options_.umask;
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (options.overwrite ? O_TRUNC : O_EXCL);
  FileDescriptor fd(::open(name.c_str(), flags, mode));
  if (!fd.is_open()) return ErrnoStatus(errno, name);
  // The process's own umask may have taken more; the options decide.
  if (::fchmod(fd.get(), mode) != 0) return ErrnoStatus(errno, name);
  return std::unique_ptr<OutputStream>(
      std::make_unique<LocalOutputStream>(std::move(name), std::move(fd), 0));
}

Result<std::unique_ptr<OutputStream>> LocalFileSystem::Append(std::string_view path) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  FileDescriptor fd(::open(name.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!fd.is_open()) return ErrnoStatus(errno, name);
  struct stat facts;
  if (::fstat(fd.get(), &facts) != 0) return ErrnoStatus(errno, name);
  return std::unique_ptr<OutputStream>(std::make_unique<LocalOutputStream>(
      std::move(name), std::move(fd), static_cast<uint64_t>(facts.st_size)));
}

Result<FileStatus> LocalFileSystem::Stat(std::string_view path) {
  ASSIGN_OR_RETURN(std::string name, ResolvePath(path));
  struct stat facts;
  if (::stat(name.c_str(), &facts) != 0) {
    // A link whose target is gone is still an entry of its directory.
    if (errno != ENOENT || ::lstat(name.c_str(), &facts) != 0) return ErrnoStatus(errno, name);
  }
  FileStatus status;
  status.path = std::move(name);
  status.type = S_ISDIR(facts.st_mode)   ? FileType::kDirectory
                : S_ISLNK(facts.st_mode) ? FileType::kSymlink
                                         : FileType::kFile;
  status.modification_ms = ToMilliseconds(facts.st_mtim);
  status.access_ms = ToMilliseconds(facts.st_atim);
  status.permission = static_cast<uint16_t>(facts.st_mode & 01777);
  status.owner = UserNameOf(facts.st_uid);
  status.group = GroupNameOf(facts.st_gid);
  status.file_id = facts.st_ino;
  if (status.IsFile()) {
    status.length = static_cast<uint64_t>(facts.st_size);
    status.replication = 1;
    status.block_size = options_.block_size;
  }
  return status;
}

Result<std::unique_ptr<ListIterator>> LocalFileSystem::ListPaged(std::string_view path) {
  ASSIGN_OR_RETURN(FileStatus status, Stat(path));
  if (!status.IsDirectory()) {
    return std::unique_ptr<ListIterator>(std::make_unique<SingleListIterator>(std::move(status)));
  }
  ASSIGN_OR_RETURN(std::vector<std::string> names, ReadNames(status.path));
  return std::unique_ptr<ListIterator>(
      std::make_unique<LocalListIterator>(*this, std::move(status.path), std::move(names)));
}

Status LocalFileSystem::MakeDirectories(std::string_view path, uint16_t permission) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  const mode_t mode = permission & 01777 & ~options_.umask;
  for (size_t end = 0; end != std::string::npos && name != "/";) {
    end = name.find('/', end + 1);
    const std::string prefix = name.substr(0, end);
    if (::mkdir(prefix.c_str(), mode) == 0) {
      // Directories on the way stay usable for their maker, as on a cluster.
      const mode_t wanted = end == std::string::npos ? mode : mode | 0300;
      if (::chmod(prefix.c_str(), wanted) != 0) return ErrnoStatus(errno, prefix);
      continue;
    }
    const int error = errno;
    struct stat facts;
    if (::stat(prefix.c_str(), &facts) != 0) return ErrnoStatus(error, prefix);
    if (!S_ISDIR(facts.st_mode)) return ErrnoStatus(ENOTDIR, prefix);
  }
  return Status::Ok();
}

Status LocalFileSystem::Rename(std::string_view source, std::string_view destination,
                               const RenameOptions& options) {
  ASSIGN_OR_RETURN(const std::string from, ResolvePath(source));
  ASSIGN_OR_RETURN(const std::string to, ResolvePath(destination));
  struct stat facts;
  if (::lstat(from.c_str(), &facts) != 0) return ErrnoStatus(errno, from);
  if (from == to) return ErrnoStatus(EEXIST, to);
  if (IsSameOrBelow(to, from)) {
    return Status::Error(StatusCode::kInvalidArgument, "cannot move {} below itself to {}", from,
                         to);
  }
  const unsigned flags = options.overwrite ? 0 : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0) return Status::Ok();
  if (errno != EINVAL || options.overwrite) return ErrnoStatus(errno, to);
  // This kind of disk cannot refuse in one step: look first.
  if (::lstat(to.c_str(), &facts) == 0) return ErrnoStatus(EEXIST, to);
  if (::rename(from.c_str(), to.c_str()) != 0) return ErrnoStatus(errno, to);
  return Status::Ok();
}

Status LocalFileSystem::DeleteTree(const std::string& path) {
  struct Level {
    std::string path;
    std::vector<std::string> names;
    size_t next = 0;
  };
  std::vector<Level> levels;
  ASSIGN_OR_RETURN(std::vector<std::string> top, ReadNames(path));
  levels.push_back({path, std::move(top)});
  while (!levels.empty()) {
    Level& level = levels.back();
    if (level.next == level.names.size()) {
      if (::rmdir(level.path.c_str()) != 0 && errno != ENOENT)
        return ErrnoStatus(errno, level.path);
      levels.pop_back();
      continue;
    }
    std::string child = JoinPath(level.path, level.names[level.next++]);
    if (::unlink(child.c_str()) == 0 || errno == ENOENT) continue;
    if (errno != EISDIR && errno != EPERM) return ErrnoStatus(errno, child);
    ASSIGN_OR_RETURN(std::vector<std::string> names, ReadNames(child));
    levels.push_back({std::move(child), std::move(names)});
  }
  return Status::Ok();
}

Result<bool> LocalFileSystem::Delete(std::string_view path, bool recursive) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  if (name == "/") return false;
  struct stat facts;
  if (::lstat(name.c_str(), &facts) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return ErrnoStatus(errno, name);
  }
  if (!S_ISDIR(facts.st_mode)) {
    if (::unlink(name.c_str()) != 0) return ErrnoStatus(errno, name);
    return true;
  }
  if (::rmdir(name.c_str()) == 0) return true;
  if (errno != ENOTEMPTY && errno != EEXIST) return ErrnoStatus(errno, name);
  if (!recursive) return ErrnoStatus(ENOTEMPTY, name);
  RETURN_IF_ERROR(DeleteTree(name));
  return true;
}

Status LocalFileSystem::SetPermission(std::string_view path, uint16_t permission) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  if (::chmod(name.c_str(), permission & 01777) != 0) return ErrnoStatus(errno, name);
  return Status::Ok();
}

Status LocalFileSystem::SetOwner(std::string_view path, std::string_view owner,
                                 std::string_view group) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
  if (!owner.empty()) {
    ASSIGN_OR_RETURN(uid, UserIdOf(std::string(owner)));
  }
  if (!group.empty()) {
    ASSIGN_OR_RETURN(gid, GroupIdOf(std::string(group)));
  }
  if (::chown(name.c_str(), uid, gid) != 0) return ErrnoStatus(errno, name);
  return Status::Ok();
}

Status LocalFileSystem::SetTimes(std::string_view path, int64_t modification_ms,
                                 int64_t access_ms) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  const timespec times[2] = {FromMilliseconds(access_ms), FromMilliseconds(modification_ms)};
  if (::utimensat(AT_FDCWD, name.c_str(), times, 0) != 0) return ErrnoStatus(errno, name);
  return Status::Ok();
}

Result<bool> LocalFileSystem::SetReplication(std::string_view path, uint16_t) {
  ASSIGN_OR_RETURN(const FileStatus status, Stat(path));
  return status.IsFile();
}

Result<bool> LocalFileSystem::CheckAccess(std::string_view path, bool read, bool write,
                                          bool execute) {
  ASSIGN_OR_RETURN(const std::string name, ResolvePath(path));
  const int mode = (read ? R_OK : 0) | (write ? W_OK : 0) | (execute ? X_OK : 0);
  if (::faccessat(AT_FDCWD, name.c_str(), mode, AT_EACCESS) == 0) return true;
  if (errno == EACCES || errno == EROFS) return false;
  return ErrnoStatus(errno, name);
}

Status LocalFileSystem::AddToSummary(const FileStatus& status, ContentSummary& summary) {
  std::vector<std::unique_ptr<ListIterator>> levels;
  auto add = [&](const FileStatus& entry) -> Status {
    if (!entry.IsDirectory()) {
      ++summary.file_count;
      summary.length += entry.length;
      summary.space_consumed += entry.length;
      return Status::Ok();
    }
    ++summary.directory_count;
    ASSIGN_OR_RETURN(std::unique_ptr<ListIterator> children, ListPaged(entry.path));
    levels.push_back(std::move(children));
    return Status::Ok();
  };
  RETURN_IF_ERROR(add(status));
  while (!levels.empty()) {
    ASSIGN_OR_RETURN(std::optional<FileStatus> child, levels.back()->Next());
    if (!child) {
      levels.pop_back();
    } else {
      RETURN_IF_ERROR(add(*child));
    }
  }
  return Status::Ok();
}

Result<ContentSummary> LocalFileSystem::GetContentSummary(std::string_view path) {
  ASSIGN_OR_RETURN(const FileStatus status, Stat(path));
  ContentSummary summary;
  RETURN_IF_ERROR(AddToSummary(status, summary));
  return summary;
}

Result<FsStats> LocalFileSystem::GetFsStats() {
  struct statvfs facts;
  if (::statvfs("/", &facts) != 0) return ErrnoStatus(errno, "/");
  FsStats stats;
  stats.capacity = static_cast<uint64_t>(facts.f_blocks) * facts.f_frsize;
  stats.remaining = static_cast<uint64_t>(facts.f_bavail) * facts.f_frsize;
  stats.used = stats.capacity - static_cast<uint64_t>(facts.f_bfree) * facts.f_frsize;
  return stats;
}

Result<ServerDefaults> LocalFileSystem::GetServerDefaults() {
  ServerDefaults defaults;
  defaults.block_size = options_.block_size;
  defaults.bytes_per_checksum = 512;
  defaults.replication = 1;
  return defaults;
}

Result<std::vector<BlockLocation>> LocalFileSystem::GetBlockLocations(std::string_view path,
                                                                      uint64_t offset, uint64_t) {
  ASSIGN_OR_RETURN(const FileStatus status, Stat(path));
  std::vector<BlockLocation> locations;
  if (status.IsFile() && offset < status.length) {
    locations.push_back({.offset = 0,
                         .length = status.length,
                         .hosts = {"localhost"},
                         .names = {"localhost:0"},
                         .racks = {"/default-rack"}});
  }
  return locations;
}

}  // namespace

std::shared_ptr<FileSystem> MakeLocalFileSystem(const LocalFileSystemOptions& options) {
  return std::make_shared<LocalFileSystem>(options);
}

}  // namespace tusk::dfs
