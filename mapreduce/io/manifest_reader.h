#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "mapreduce/model/output_manifest.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::mapreduce {

/// The manifest of a finished job's output directory. kFailedPrecondition when `_SUCCESS` is
/// missing or names another manifest: the job has not finished, or the two do not belong together.
/// kNotFound, kCorruption.
Result<OutputManifest> ReadManifest(dfs::FileSystem& files, const std::string& directory);

/// All of a small file; kTooLarge beyond `max_bytes`.
Result<std::string> ReadSmallFile(dfs::FileSystem& files, const std::string& path,
                                  uint64_t max_bytes);

/// Writes a small file in one piece under its name: it is there whole or not at all.
Status WriteSmallFile(dfs::FileSystem& files, const std::string& path, std::string_view text);

}  // namespace tusk::mapreduce
