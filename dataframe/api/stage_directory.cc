#include "dataframe/api/stage_directory.h"

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "dataframe/options/sql_options.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

/// Of all users, with the sticky bit, when nobody has set another.
constexpr const char* kShared = "/tmp/tusk-stages";
constexpr uint16_t kSharedMode = 01777;
constexpr uint16_t kOwnMode = 0700;
constexpr uint16_t kOthersWrite = 0022;

bool IsLocal(const dfs::FileSystem& files) { return files.Uri().starts_with("file:"); }

/// Absolute paths of the environment alone: a relative one would be another one in each folder.
std::string PathOf(const std::vector<std::pair<std::string, std::string>>& environment,
                   std::string_view name) {
  for (const auto& [key, value] : environment) {
    if (key == name && value.starts_with('/')) return value;
  }
  return std::string();
}

}  // namespace

std::string StageDirectoryOf(const Config& config, const dfs::FileSystem& files,
                             const std::vector<std::pair<std::string, std::string>>& environment) {
  const std::string configured = config.Get(kStageDirectory);
  if (!configured.empty()) return configured + "/" + files.UserName();
  if (IsLocal(files)) {
    std::string cache = PathOf(environment, "XDG_CACHE_HOME");
    const std::string home = PathOf(environment, "HOME");
    if (cache.empty() && !home.empty()) cache = home + "/.cache";
    if (!cache.empty()) return cache + "/tusk/stages";
  }
  return std::string(kShared) + "/" + files.UserName();
}

Status PrepareStageDirectory(dfs::FileSystem& files, const std::string& directory) {
  ASSIGN_OR_RETURN(const bool there, files.Exists(directory));
  if (!there && directory.starts_with(std::string(kShared) + "/")) {
    for (const std::string shared : {"/tmp", kShared}) {
      ASSIGN_OR_RETURN(const bool exists, files.Exists(shared));
      if (exists) continue;
      RETURN_IF_ERROR(files.MakeDirectories(shared));
      RETURN_IF_ERROR(files.SetPermission(shared, kSharedMode));
    }
  }
  if (!there) RETURN_IF_ERROR(files.MakeDirectories(directory, kOwnMode));
  ASSIGN_OR_RETURN(const dfs::FileStatus status, files.Stat(directory));
  if (status.owner == files.UserName() && (status.permission & kOthersWrite) == 0)
    return Status::Ok();
  return Status::Error(
      StatusCode::kPermissionDenied,
      "the folder of intermediates must be {}'s alone, but {} is {}'s and has mode {:04o}\n  do: "
      "remove it, or name another one with -D tusk.sql.stage-dir=FOLDER",
      files.UserName(), directory, status.owner, status.permission);
}

}  // namespace tusk::df
