#include "tests/support/memory_env.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "common/base/mutex.h"
#include "common/base/random.h"
#include "common/base/stable_hash.h"
#include "common/base/status_macros.h"
#include "common/env/local_path.h"

namespace tusk {

namespace {

constexpr size_t kSectorBytes = 512;
/// 2026-01-01 00:00:00 UTC; a step later is a millisecond later.
constexpr int64_t kStartMillis = 1'767'225'600'000;

struct Inode;
using Entries = std::map<std::string, std::shared_ptr<Inode>>;

/// A change of a file's content since its last sync: a write, or a truncation when `data` is unset.
struct ContentOp {
  uint64_t offset = 0;
  std::optional<std::string> data;
};

/// A change of one or two directories that is atomic, as in a journaling file system.
struct DirectoryOp {
  struct Change {
    Inode* directory;
    std::string name;
    std::shared_ptr<Inode> inode;  // null: the name goes
  };
  std::vector<Change> changes;
};

struct Inode {
  bool is_directory = false;
  uint32_t mode = 0644;
  int64_t modified_millis = 0;
  std::string content;
  std::string durable_content;
  std::vector<ContentOp> unsynced;
  Entries entries;
  Entries durable_entries;
  /// Operations on this directory that are not durable, oldest first.
  std::vector<std::shared_ptr<DirectoryOp>> pending;
};

void ApplyContent(const ContentOp& op, std::string& content) {
  if (!op.data.has_value()) {
    content.resize(op.offset, '\0');
    return;
  }
  if (content.size() < op.offset + op.data->size())
    content.resize(op.offset + op.data->size(), '\0');
  content.replace(op.offset, op.data->size(), *op.data);
}

/// Makes an operation durable in every directory it touches.
void Persist(const std::shared_ptr<DirectoryOp>& op) {
  for (const DirectoryOp::Change& change : op->changes) {
    if (change.inode == nullptr) {
      change.directory->durable_entries.erase(change.name);
    } else {
      change.directory->durable_entries[change.name] = change.inode;
    }
  }
  for (const DirectoryOp::Change& change : op->changes) std::erase(change.directory->pending, op);
}

/// What a crash leaves of a file.
std::string Surviving(const Inode& file, CrashMode mode, Random& random) {
  std::string content = file.durable_content;
  if (mode == CrashMode::kKeepPrefix && !file.unsynced.empty()) {
    const size_t whole = random.Below(file.unsynced.size() + 1);
    for (size_t i = 0; i < whole; ++i) ApplyContent(file.unsynced[i], content);
    if (whole < file.unsynced.size() && file.unsynced[whole].data.has_value()) {
      ContentOp part = file.unsynced[whole];
      part.data->resize(random.Below(part.data->size() + 1));
      if (!part.data->empty()) ApplyContent(part, content);
    }
  } else if (mode == CrashMode::kKeepSectors && !file.unsynced.empty()) {
    if (random.Chance(0.5)) content.resize(file.content.size(), '\0');
    for (size_t at = 0; at < std::min(content.size(), file.content.size()); at += kSectorBytes) {
      const size_t length = std::min({kSectorBytes, content.size() - at, file.content.size() - at});
      if (random.Chance(0.5)) content.replace(at, length, file.content, at, length);
    }
  }
  return content;
}

}  // namespace

/// The state behind a MemoryEnv and its open files.
class MemoryEnv::Disk {
 public:
  Disk() {
    root_->is_directory = true;
    root_->mode = 0755;
  }

  /// Counts a durable step; its planned failure, if any.
  Status Step(const std::string& what) EXCLUDES(mutex_) {
    std::function<Status(uint64_t, const std::string&)> hook;
    uint64_t step = 0;
    {
      MutexLock lock(mutex_);
      RETURN_IF_ERROR(CheckRunning());
      step = ++steps_;
      if (crash_at_ != 0 && step >= crash_at_) {
        crashed_ = true;
        return CheckRunning();
      }
      if (step == fail_at_) return fail_with_;
      hook = hook_;
    }
    return hook ? hook(step, what) : Status();
  }

  Status CheckRunning() const REQUIRES(mutex_) {
    return crashed_ ? Status(StatusCode::kIoError, "machine has crashed") : Status();
  }

  Result<std::shared_ptr<Inode>> Find(const std::string& path) const REQUIRES(mutex_) {
    RETURN_IF_ERROR(CheckRunning());
    std::shared_ptr<Inode> at = root_;
    std::string_view rest = path;
    while (!rest.empty()) {
      const size_t slash = rest.find('/');
      const std::string name(rest.substr(0, slash));
      rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
      if (!at->is_directory)
        return Status::Error(StatusCode::kNotADirectory, "{}: Not a directory", path);
      if (name.empty() || name == ".") continue;
      const auto found = at->entries.find(name);
      if (found == at->entries.end()) {
        return Status::Error(StatusCode::kNotFound, "{}: No such file or directory", path);
      }
      at = found->second;
    }
    return at;
  }

  Result<std::shared_ptr<Inode>> FindDirectory(const std::string& path) const REQUIRES(mutex_) {
    ASSIGN_OR_RETURN(std::shared_ptr<Inode> inode, Find(path));
    if (!inode->is_directory)
      return Status::Error(StatusCode::kNotADirectory, "{}: Not a directory", path);
    return inode;
  }

  /// Changes names in directories at once, durable later.
  void Change(std::vector<DirectoryOp::Change> changes) REQUIRES(mutex_) {
    auto op = std::make_shared<DirectoryOp>(DirectoryOp{std::move(changes)});
    for (const DirectoryOp::Change& change : op->changes) {
      if (change.inode == nullptr) {
        change.directory->entries.erase(change.name);
      } else {
        change.directory->entries[change.name] = change.inode;
      }
      auto& pending = change.directory->pending;
      if (pending.empty() || pending.back() != op) pending.push_back(op);
    }
    // Directories that lose their name must outlive the operation.
    for (const DirectoryOp::Change& change : op->changes) {
      if (change.inode != nullptr) keep_.push_back(change.inode);
    }
  }

  Result<std::shared_ptr<Inode>> NewInode(const std::string& path, bool is_directory, uint32_t mode)
      REQUIRES(mutex_) {
    ASSIGN_OR_RETURN(const std::shared_ptr<Inode> parent, FindDirectory(ParentPath(path)));
    auto inode = std::make_shared<Inode>();
    inode->is_directory = is_directory;
    inode->mode = mode;
    inode->modified_millis = Now();
    Change({{parent.get(), std::string(BaseName(path)), inode}});
    return inode;
  }

  int64_t Now() const REQUIRES(mutex_) { return kStartMillis + static_cast<int64_t>(steps_); }

  uint64_t Used() const REQUIRES(mutex_) {
    uint64_t used = 0;
    std::vector<const Inode*> stack = {root_.get()};
    std::set<const Inode*> seen;
    while (!stack.empty()) {
      const Inode* at = stack.back();
      stack.pop_back();
      if (!seen.insert(at).second) continue;
      used += at->content.size();
      for (const auto& [name, child] : at->entries) stack.push_back(child.get());
    }
    return used;
  }

  /// Ok when the file may grow to `size`.
  Status CheckSpace(const Inode& file, uint64_t size) const REQUIRES(mutex_) {
    if (size <= file.content.size() || capacity_ == kUnlimited) return Status();
    if (Used() - file.content.size() + size <= capacity_) return Status();
    return Status(StatusCode::kNoSpace, "No space left on device");
  }

  void Crash(CrashMode mode, uint64_t seed) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (mode == CrashMode::kKeepDirectoryOps) KeepSomeOps(seed);
    // Walks what the durable names reach; the path seeds each file, so that the result does not
    // depend on addresses.
    std::vector<std::pair<std::string, std::shared_ptr<Inode>>> stack = {{"", root_}};
    std::set<const Inode*> seen;
    while (!stack.empty()) {
      auto [path, inode] = std::move(stack.back());
      stack.pop_back();
      if (!seen.insert(inode.get()).second) continue;
      Random random(StableHash(path, seed));
      inode->content = Surviving(*inode, mode, random);
      inode->durable_content = inode->content;
      inode->unsynced.clear();
      inode->entries = inode->durable_entries;
      inode->pending.clear();
      for (const auto& [name, child] : inode->entries) stack.emplace_back(path + "/" + name, child);
    }
    keep_.clear();
    locks_.clear();
    ++generation_;
    crashed_ = false;
    crash_at_ = 0;
    fail_at_ = 0;
  }

  static constexpr uint64_t kUnlimited = uint64_t{1} << 40;

  mutable Mutex mutex_;
  const std::shared_ptr<Inode> root_ = std::make_shared<Inode>();
  uint64_t steps_ GUARDED_BY(mutex_) = 0;
  uint64_t fail_at_ GUARDED_BY(mutex_) = 0;
  Status fail_with_ GUARDED_BY(mutex_);
  uint64_t crash_at_ GUARDED_BY(mutex_) = 0;
  bool crashed_ GUARDED_BY(mutex_) = false;
  std::function<Status(uint64_t, const std::string&)> hook_ GUARDED_BY(mutex_);
  uint64_t capacity_ GUARDED_BY(mutex_) = kUnlimited;
  /// Counts crashes: files and locks of an earlier life are invalid.
  uint64_t generation_ GUARDED_BY(mutex_) = 0;
  std::set<std::string> locks_ GUARDED_BY(mutex_);
  /// Keeps alive what pending operations point to.
  std::vector<std::shared_ptr<Inode>> keep_ GUARDED_BY(mutex_);

 private:
  void KeepSomeOps(uint64_t seed) REQUIRES(mutex_) {
    Random random(seed);
    std::vector<std::shared_ptr<DirectoryOp>> ops;
    std::vector<Inode*> stack = {root_.get()};
    std::set<const Inode*> seen;
    // All directories reachable by present or durable names, in the order of names.
    while (!stack.empty()) {
      Inode* at = stack.back();
      stack.pop_back();
      if (!seen.insert(at).second) continue;
      for (const auto& op : at->pending) {
        if (std::find(ops.begin(), ops.end(), op) == ops.end()) ops.push_back(op);
      }
      for (const Entries* entries : {&at->entries, &at->durable_entries}) {
        for (const auto& [name, child] : *entries) stack.push_back(child.get());
      }
    }
    for (const auto& op : ops) {
      if (random.Chance(0.5)) Persist(op);
    }
  }
};

/// A file of a MemoryEnv.
class MemoryEnv::OpenMemoryFile final : public File {
 public:
  OpenMemoryFile(std::shared_ptr<Disk> disk, std::shared_ptr<Inode> inode, std::string path,
                 bool writable, uint64_t generation)
      : disk_(std::move(disk)),
        inode_(std::move(inode)),
        path_(std::move(path)),
        writable_(writable),
        generation_(generation) {}

  Result<size_t> PRead(uint64_t offset, MutableByteView out) const override {
    MutexLock lock(disk_->mutex_);
    RETURN_IF_ERROR(CheckOpen());
    if (offset >= inode_->content.size()) return size_t{0};
    return inode_->content.copy(reinterpret_cast<char*>(out.data()), out.size(), offset);
  }

  Status PWrite(uint64_t offset, ByteView data) override {
    RETURN_IF_ERROR(disk_->Step(fmt::format("write {} {}", path_, data.size())));
    MutexLock lock(disk_->mutex_);
    return Write(offset, data);
  }

  Status Append(ByteView data) override {
    RETURN_IF_ERROR(disk_->Step(fmt::format("write {} {}", path_, data.size())));
    MutexLock lock(disk_->mutex_);
    return Write(inode_->content.size(), data);
  }

  Status Sync() override {
    RETURN_IF_ERROR(disk_->Step("sync " + path_));
    MutexLock lock(disk_->mutex_);
    RETURN_IF_ERROR(CheckOpen());
    inode_->durable_content = inode_->content;
    inode_->unsynced.clear();
    return Status();
  }

  Status DataSync() override { return Sync(); }

  Status Truncate(uint64_t size) override {
    RETURN_IF_ERROR(disk_->Step(fmt::format("truncate {} {}", path_, size)));
    MutexLock lock(disk_->mutex_);
    RETURN_IF_ERROR(CheckWritable());
    RETURN_IF_ERROR(disk_->CheckSpace(*inode_, size));
    Apply(ContentOp{size, std::nullopt});
    return Status();
  }

  Status Allocate(uint64_t offset, uint64_t length) override {
    MutexLock lock(disk_->mutex_);
    RETURN_IF_ERROR(CheckWritable());
    return disk_->CheckSpace(*inode_, offset + length);
  }

  Result<uint64_t> Size() const override {
    MutexLock lock(disk_->mutex_);
    RETURN_IF_ERROR(CheckOpen());
    return uint64_t{inode_->content.size()};
  }

  Status Close() override {
    MutexLock lock(disk_->mutex_);
    closed_ = true;
    return Status();
  }

 private:
  Status CheckOpen() const REQUIRES(disk_->mutex_) {
    if (closed_) return Status::Error(StatusCode::kFailedPrecondition, "file is closed: {}", path_);
    RETURN_IF_ERROR(disk_->CheckRunning());
    if (generation_ == disk_->generation_) return Status();
    return Status::Error(StatusCode::kIoError, "{} was open when the machine crashed", path_);
  }

  Status CheckWritable() const REQUIRES(disk_->mutex_) {
    RETURN_IF_ERROR(CheckOpen());
    return writable_ ? Status()
                     : Status::Error(StatusCode::kIoError, "write {}: Bad file descriptor", path_);
  }

  Status Write(uint64_t offset, ByteView data) REQUIRES(disk_->mutex_) {
    RETURN_IF_ERROR(CheckWritable());
    RETURN_IF_ERROR(disk_->CheckSpace(*inode_, offset + data.size()));
    Apply(ContentOp{offset, std::string(AsText(data))});
    return Status();
  }

  void Apply(ContentOp op) REQUIRES(disk_->mutex_) {
    ApplyContent(op, inode_->content);
    inode_->unsynced.push_back(std::move(op));
    inode_->modified_millis = disk_->Now();
  }

  const std::shared_ptr<Disk> disk_;
  const std::shared_ptr<Inode> inode_;
  const std::string path_;
  const bool writable_;
  const uint64_t generation_;
  bool closed_ GUARDED_BY(disk_->mutex_) = false;
};

/// A lock of a MemoryEnv.
class MemoryEnv::HeldLock final : public FileLock {
 public:
  HeldLock(std::shared_ptr<Disk> disk, std::string path, uint64_t generation)
      : disk_(std::move(disk)), path_(std::move(path)), generation_(generation) {}
  ~HeldLock() override {
    MutexLock lock(disk_->mutex_);
    if (generation_ == disk_->generation_) disk_->locks_.erase(path_);
  }

 private:
  const std::shared_ptr<Disk> disk_;
  const std::string path_;
  const uint64_t generation_;
};

MemoryEnv::MemoryEnv() : disk_(std::make_shared<Disk>()) {}
MemoryEnv::~MemoryEnv() = default;

uint64_t MemoryEnv::steps() const {
  MutexLock lock(disk_->mutex_);
  return disk_->steps_;
}

void MemoryEnv::SetStepHook(std::function<Status(uint64_t step, const std::string& what)> hook) {
  MutexLock lock(disk_->mutex_);
  disk_->hook_ = std::move(hook);
}

void MemoryEnv::FailAt(uint64_t step, Status error) {
  MutexLock lock(disk_->mutex_);
  disk_->fail_at_ = step;
  disk_->fail_with_ = std::move(error);
}

void MemoryEnv::CrashAt(uint64_t step) {
  MutexLock lock(disk_->mutex_);
  disk_->crash_at_ = step;
}

void MemoryEnv::Crash(CrashMode mode, uint64_t seed) { disk_->Crash(mode, seed); }

void MemoryEnv::SetCapacity(uint64_t bytes) {
  MutexLock lock(disk_->mutex_);
  disk_->capacity_ = bytes;
}

Result<std::unique_ptr<File>> MemoryEnv::OpenFile(const std::string& path, OpenMode open_mode,
                                                  uint32_t mode) {
  bool exists = false;
  {
    MutexLock lock(disk_->mutex_);
    const Result<std::shared_ptr<Inode>> found = disk_->Find(path);
    exists = found.ok();
    const bool may_create = open_mode != OpenMode::kRead && open_mode != OpenMode::kReadWrite;
    if (!exists && (!may_create || found.status().code() != StatusCode::kNotFound))
      return found.status();
    if (exists && open_mode == OpenMode::kCreate) {
      return Status::Error(StatusCode::kAlreadyExists, "open {}: File exists", path);
    }
    if (exists && (*found)->is_directory) {
      return Status::Error(StatusCode::kIsADirectory, "open {}: Is a directory", path);
    }
  }
  if (!exists) {
    RETURN_IF_ERROR(disk_->Step("create " + path));
  } else if (open_mode == OpenMode::kTruncate) {
    RETURN_IF_ERROR(disk_->Step(fmt::format("truncate {} 0", path)));
  }
  MutexLock lock(disk_->mutex_);
  std::shared_ptr<Inode> inode;
  if (exists) {
    ASSIGN_OR_RETURN(inode, disk_->Find(path));
  } else {
    ASSIGN_OR_RETURN(inode, disk_->NewInode(path, false, mode));
  }
  if (exists && open_mode == OpenMode::kTruncate) {
    inode->content.clear();
    inode->unsynced.push_back(ContentOp{0, std::nullopt});
  }
  return std::unique_ptr<File>(std::make_unique<OpenMemoryFile>(
      disk_, inode, path, open_mode != OpenMode::kRead, disk_->generation_));
}

Status MemoryEnv::Rename(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(disk_->Step(fmt::format("rename {} {}", from, to)));
  MutexLock lock(disk_->mutex_);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, disk_->Find(from));
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> source, disk_->FindDirectory(ParentPath(from)));
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> target, disk_->FindDirectory(ParentPath(to)));
  const auto present = target->entries.find(std::string(BaseName(to)));
  if (present != target->entries.end()) {
    const Inode& there = *present->second;
    if (&there == inode.get()) return Status();
    if (there.is_directory && !inode->is_directory) {
      return Status::Error(StatusCode::kIsADirectory, "rename {} to {}: Is a directory", from, to);
    }
    if (!there.is_directory && inode->is_directory) {
      return Status::Error(StatusCode::kNotADirectory, "rename {} to {}: Not a directory", from,
                           to);
    }
    if (!there.entries.empty()) {
      return Status::Error(StatusCode::kNotEmpty, "rename {} to {}: Directory not empty", from, to);
    }
    disk_->keep_.push_back(present->second);
  }
  disk_->Change({{source.get(), std::string(BaseName(from)), nullptr},
                 {target.get(), std::string(BaseName(to)), inode}});
  return Status();
}

Status MemoryEnv::Link(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(disk_->Step(fmt::format("link {} {}", from, to)));
  MutexLock lock(disk_->mutex_);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, disk_->Find(from));
  if (inode->is_directory)
    return Status::Error(StatusCode::kPermissionDenied, "link {}: Operation not permitted", from);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> target, disk_->FindDirectory(ParentPath(to)));
  if (target->entries.contains(std::string(BaseName(to)))) {
    return Status::Error(StatusCode::kAlreadyExists, "link {} to {}: File exists", from, to);
  }
  disk_->Change({{target.get(), std::string(BaseName(to)), inode}});
  return Status();
}

Status MemoryEnv::RemoveFile(const std::string& path) {
  RETURN_IF_ERROR(disk_->Step("remove " + path));
  MutexLock lock(disk_->mutex_);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, disk_->Find(path));
  if (inode->is_directory)
    return Status::Error(StatusCode::kIsADirectory, "remove {}: Is a directory", path);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> parent, disk_->FindDirectory(ParentPath(path)));
  disk_->Change({{parent.get(), std::string(BaseName(path)), nullptr}});
  return Status();
}

Status MemoryEnv::RemoveDirectory(const std::string& path) {
  RETURN_IF_ERROR(disk_->Step("remove " + path));
  MutexLock lock(disk_->mutex_);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, disk_->FindDirectory(path));
  if (!inode->entries.empty())
    return Status::Error(StatusCode::kNotEmpty, "remove {}: Directory not empty", path);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> parent, disk_->FindDirectory(ParentPath(path)));
  // Pending operations in it may still be counted after it lost its name.
  disk_->keep_.push_back(inode);
  disk_->Change({{parent.get(), std::string(BaseName(path)), nullptr}});
  return Status();
}

Status MemoryEnv::MakeDirectory(const std::string& path, uint32_t mode) {
  RETURN_IF_ERROR(disk_->Step("make directory " + path));
  MutexLock lock(disk_->mutex_);
  const Result<std::shared_ptr<Inode>> found = disk_->Find(path);
  if (found.ok())
    return Status::Error(StatusCode::kAlreadyExists, "make directory {}: File exists", path);
  if (found.status().code() != StatusCode::kNotFound) return found.status();
  return disk_->NewInode(path, true, mode).status();
}

Result<std::vector<std::string>> MemoryEnv::ListDirectory(const std::string& path) const {
  MutexLock lock(disk_->mutex_);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> directory, disk_->FindDirectory(path));
  std::vector<std::string> names;
  for (const auto& [name, inode] : directory->entries) names.push_back(name);
  return names;
}

Status MemoryEnv::SyncDirectory(const std::string& path) {
  RETURN_IF_ERROR(disk_->Step("sync directory " + path));
  MutexLock lock(disk_->mutex_);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> directory, disk_->FindDirectory(path));
  const std::vector<std::shared_ptr<DirectoryOp>> pending = directory->pending;
  for (const std::shared_ptr<DirectoryOp>& op : pending) Persist(op);
  return Status();
}

Result<FileStat> MemoryEnv::Stat(const std::string& path) const {
  MutexLock lock(disk_->mutex_);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, disk_->Find(path));
  FileStat stat;
  stat.type = inode->is_directory ? FileType::kDirectory : FileType::kRegular;
  stat.size = inode->content.size();
  stat.modified_millis = inode->modified_millis;
  stat.mode = inode->mode;
  return stat;
}

Status MemoryEnv::SetMode(const std::string& path, uint32_t mode) {
  RETURN_IF_ERROR(disk_->Step("set mode " + path));
  MutexLock lock(disk_->mutex_);
  ASSIGN_OR_RETURN(const std::shared_ptr<Inode> inode, disk_->Find(path));
  inode->mode = mode;
  return Status();
}

Result<std::unique_ptr<FileLock>> MemoryEnv::Lock(const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<File> file, OpenFile(path, OpenMode::kOpenOrCreate));
  MutexLock lock(disk_->mutex_);
  if (!disk_->locks_.insert(path).second) {
    return Status::Error(StatusCode::kFailedPrecondition, "lock {}: held by another process", path);
  }
  return std::unique_ptr<FileLock>(std::make_unique<HeldLock>(disk_, path, disk_->generation_));
}

Result<DiskSpace> MemoryEnv::Space(const std::string& path) const {
  MutexLock lock(disk_->mutex_);
  RETURN_IF_ERROR(disk_->Find(path).status());
  const uint64_t used = disk_->Used();
  return DiskSpace{disk_->capacity_, disk_->capacity_ - std::min(used, disk_->capacity_)};
}

}  // namespace tusk
