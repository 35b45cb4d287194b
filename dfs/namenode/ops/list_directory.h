#pragma once

#include <optional>
#include <vector>

#include "dfs/model/located_block.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// One page of a listing.
struct DirectoryPage {
  struct Entry {
    FileStatus status;                       ///< `path` is the last component
    std::optional<LocatedBlocks> locations;  ///< of files, when asked for
  };
  std::vector<Entry> entries;  ///< by name, in byte order
  uint64_t remaining = 0;      ///< 0 ends the listing; exact for a first page, else at least 1
};

/// Entries of a directory after `start_after`, at most OpsOptions::list_limit (of entries and, with
/// locations, about as many places); a file lists itself with an empty name. Nothing when the path
/// does not exist. Needs r and x on the directory. A `start_after` below /.reserved/.inodes/ is
/// the name of that inode; kNotFound with Hadoop's class when it is gone.
Result<std::optional<DirectoryPage>> ListDirectory(const OpContext& context, const Caller& caller,
                                                   std::string_view path,
                                                   std::string_view start_after,
                                                   bool with_locations);

}  // namespace tusk::dfs::namenode
