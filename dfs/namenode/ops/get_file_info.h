#pragma once

#include <optional>

#include "dfs/model/permission.h"
#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// stat: nothing when the path does not exist; `path` inside is empty. Needs x on the ancestors.
Result<std::optional<FileStatus>> GetFileInfo(const OpContext& context, const Caller& caller,
                                              std::string_view path);

/// True when a file is not open for writing. kNotFound: missing, or a directory.
Result<bool> IsFileClosed(const OpContext& context, const Caller& caller, std::string_view path);

/// Block size of a file. kNotFound.
Result<uint64_t> GetPreferredBlockSize(const OpContext& context, const Caller& caller,
                                       std::string_view path);

/// Ok when `caller` may do this to the path. kPermissionDenied, kNotFound.
Status CheckAccess(const OpContext& context, const Caller& caller, std::string_view path,
                   Access access);

}  // namespace tusk::dfs::namenode
