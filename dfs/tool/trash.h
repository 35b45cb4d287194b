#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "dfs/client/file_system.h"

namespace tusk::dfs {

/// Moves `path` to the user's trash, "HOME/.Trash/Current/path", when the file system keeps one
/// (its trash interval is not 0), as Hadoop's TrashPolicyDefault does: a name that is taken there
/// gets the time in milliseconds behind it. The place, or nothing when there is no trash or the
/// path lies in it already. kFailedPrecondition for a path that holds the trash.
Result<std::optional<std::string>> MoveToTrash(FileSystem& fs, const std::string& path);

}  // namespace tusk::dfs
