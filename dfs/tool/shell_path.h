#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dfs/client/file_system.h"

namespace tusk::dfs {

/// A path in the shell: the file system, the path there, what is known of it, and the text that
/// names it towards the user (Hadoop's PathData). The text keeps the user's way of writing: a
/// relative path stays relative, a path with a scheme keeps the scheme, and children append their
/// name.
struct ShellPath {
  std::string text;
  std::shared_ptr<FileSystem> fs;
  std::string path;                  ///< absolute and normalised
  std::optional<FileStatus> status;  ///< nothing: does not exist

  bool exists() const { return status.has_value(); }
  bool IsDirectory() const { return status && status->IsDirectory(); }
  /// The text ends like a directory's: "dir/".
  bool LooksLikeDirectory() const { return text.size() > 1 && text.ends_with('/'); }
  /// "scheme://authority/path".
  std::string Qualified() const;

  /// The path of `name` below this one; it is not looked up.
  ShellPath Child(std::string_view name) const;
  /// Looks the path up again.
  Status Refresh();
  /// True when the directory that holds this path exists.
  Result<bool> ParentExists() const;
};

/// The children of a directory in name order, looked up.
Result<std::vector<ShellPath>> ChildrenOf(const ShellPath& directory);

/// The error of Hadoop's PathIOException: "`text': reason".
Status PathError(StatusCode code, std::string_view text, std::string_view reason);

// The reasons with Hadoop's words.
Status NoSuchFile(const ShellPath& path);
Status FileExists(const ShellPath& path);
Status IsDirectoryError(const ShellPath& path);
Status IsNotDirectoryError(const ShellPath& path);

/// "`a/b': No such file or directory: `hdfs://host:port/user/me/a/b'", for a missing parent.
Status NoSuchParent(const ShellPath& path);

}  // namespace tusk::dfs
