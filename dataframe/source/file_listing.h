#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/plan/table_source.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// The files of a table and the keys of the folders in which they are.
struct FileListing {
  /// In order of their paths; `partition_values` filled, rows unknown.
  std::vector<SourceFile> files;
  /// Keys of `key=value` folders, outermost first; the same for all files.
  std::vector<std::string> path_columns;
};

/// Lists what DiscoverTable reads. The output of an unfinished job is kFailedPrecondition.
Result<FileListing> ListTableFiles(dfs::FileSystem& files, std::string_view path);

}  // namespace tusk::df
