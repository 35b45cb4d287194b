#include "dfs/tool/trash.h"

#include "common/base/status_macros.h"
#include "common/time/system_clock.h"
#include "dfs/client/path_uri.h"
#include "dfs/model/dfs_path.h"

namespace tusk::dfs {

Result<std::optional<std::string>> MoveToTrash(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const ServerDefaults defaults, fs.GetServerDefaults());
  if (defaults.trash_interval_minutes == 0) return std::optional<std::string>();
  const std::string root = JoinPath(fs.HomeDirectory(), ".Trash");
  if (IsSameOrBelow(path, root)) return std::optional<std::string>();
  if (IsSameOrBelow(root, path)) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "Cannot move \"{}\" to the trash, as it contains the trash", path);
  }
  const std::string target = root + "/Current" + path;
  RETURN_IF_ERROR(fs.MakeDirectories(ParentPath(target), 0700));
  Status moved = fs.Rename(path, target);
  std::string place = target;
  if (moved.code() == StatusCode::kAlreadyExists) {
    place += std::to_string(SystemClock::Get().WallMillis());
    moved = fs.Rename(path, place);
  }
  RETURN_IF_ERROR(moved);
  return std::optional<std::string>(std::move(place));
}

}  // namespace tusk::dfs
