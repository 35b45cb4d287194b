#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// ClientProtocol.mkdirs without protobuf.
struct MakeDirectoriesRequest {
  std::string_view path;
  uint16_t permission = 0755;  ///< umask already applied by the client
  bool create_parents = true;
};

/// Makes a directory, with missing parents if asked (mkdir -p). An existing directory is fine.
/// kAlreadyExists: a file has the name; kNotADirectory: a file is above; kNotFound: the parent is
/// missing and was not to be made. Made parents get u+wx on top of the mode.
Result<Outcome<bool>> MakeDirectories(const OpContext& context, const Caller& caller,
                                      const MakeDirectoriesRequest& request);

/// What a new entry gets from where it is put.
struct NewParent {
  FileId id;
  NameId group = 0;
  FileId next_file_id;  ///< for the entry itself
};

/// Adds to `mutation` the directories that are missing for `count` components of `path` to exist,
/// and says under what the next component goes. Checks the bound on directory entries.
Result<NewParent> AddMissingDirectories(const OpContext& context, const Caller& caller,
                                        const ResolvedPath& path, size_t count, uint16_t permission,
                                        Mutation* mutation) REQUIRES_SHARED(context.ns.mutex());

/// kResourceExhausted when `directory` (which has this path) can take no further entry.
Status CheckDirectoryItems(const OpContext& context, const Inode& directory, std::string_view path);

}  // namespace tusk::dfs::namenode
