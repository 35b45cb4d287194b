#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dfs/client/file_system.h"

namespace tusk::dfs {

/// What a local file system is told once.
struct LocalFileSystemOptions {
  uint64_t block_size = 32 * 1024 * 1024;  ///< reported for files: fs.local.block.size
  uint16_t umask = 022;                    ///< taken off the modes of new files and directories
};

/// The files of this machine under the contract of `FileSystem`: "file:///".
///
/// Plain files, no checksum files beside them: `OpenOptions::verify_checksum` has no effect. Owner
/// and mode are the operating system's; replication is always 1. `Close` does not sync; `Sync`
/// does, the entry in the directory included. Symbolic links are followed, except by `Delete` and
/// `Rename`. Errors name the path and say what the system says.
///
/// `MakeLocalFileSystem` starts nothing and cannot fail.
std::shared_ptr<FileSystem> MakeLocalFileSystem(const LocalFileSystemOptions& options = {});

}  // namespace tusk::dfs
