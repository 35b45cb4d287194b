#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace tusk {
class Config;
}
namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// Where the intermediates of the user of `files` are: below tusk.sql.stage-dir, or, when that is
/// not set, on a cluster below /tmp/tusk-stages and on this machine in the user's own cache
/// (XDG_CACHE_HOME or HOME of `environment`).
std::string StageDirectoryOf(const Config& config, const dfs::FileSystem& files,
                             const std::vector<std::pair<std::string, std::string>>& environment);

/// Makes the directory, for its user alone, unless it is there. What is in it is believed, so
/// kPermissionDenied when it belongs to somebody else or others may write into it.
Status PrepareStageDirectory(dfs::FileSystem& files, const std::string& directory);

}  // namespace tusk::df
