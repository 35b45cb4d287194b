#include "mapreduce/client/scratch_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "common/base/status_macros.h"
#include "common/env/posix_env.h"

namespace tusk::mapreduce {
namespace {

constexpr const char* kPrefix = "tusk-local-";
/// In front of a directory whose lock is not held yet.
constexpr const char* kNewPrefix = ".tusk-local-";
constexpr const char* kLock = "/lock";
constexpr uint32_t kMode = 0700;

void RemoveAll(const std::string& path) {
  std::error_code ignored;  // what cannot be removed stays: it is a temporary directory
  std::filesystem::remove_all(path, ignored);
}

/// A directory, no link to one, that is this user's own: nobody else can have put something into
/// its place.
bool IsOwnDirectory(const std::string& path) {
  struct stat found = {};
  return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) &&
         found.st_uid == ::geteuid();
}

}  // namespace

Result<std::unique_ptr<ScratchDirectory>> ScratchDirectory::Make(const std::string& parent,
                                                                 const std::string& name) {
  PosixEnv& env = PosixEnv::Get();
  RETURN_IF_ERROR(env.MakeDirectories(parent));
  const std::string path = parent + "/" + kPrefix + name;
  const std::string unlocked = parent + "/" + kNewPrefix + name;
  RETURN_IF_ERROR(env.MakeDirectory(unlocked, kMode));
  auto lock = env.Lock(unlocked + kLock);
  Status made = lock.status();
  if (made.ok()) made = env.Rename(unlocked, path);
  if (!made.ok()) {
    RemoveAll(unlocked);
    return made;
  }
  return std::unique_ptr<ScratchDirectory>(new ScratchDirectory(path, std::move(*lock)));
}

ScratchDirectory::ScratchDirectory(std::string path, std::unique_ptr<FileLock> lock)
    : path_(std::move(path)), lock_(std::move(lock)) {}

ScratchDirectory::~ScratchDirectory() { RemoveAll(path_); }

void RemoveAbandonedScratch(const std::string& parent) {
  PosixEnv& env = PosixEnv::Get();
  const auto names = env.ListDirectory(parent);
  if (!names.ok()) return;
  for (const std::string& name : *names) {
    const std::string path = parent + "/" + name;
    if (!name.starts_with(kPrefix) || !IsOwnDirectory(path)) continue;
    if (const auto lock = env.Lock(path + kLock); lock.ok()) RemoveAll(path);
  }
}

}  // namespace tusk::mapreduce
