#include "dfs/tool/shell_path.h"

#include "common/base/status_macros.h"
#include "dfs/client/path_uri.h"
#include "dfs/model/dfs_path.h"

namespace tusk::dfs {

std::string ShellPath::Qualified() const {
  std::string uri = fs->Uri();
  while (uri.ends_with('/')) uri.pop_back();
  // Hadoop writes local paths with one slash: file:/a.
  if (uri == "file:") return uri + path;
  return uri + path;
}

ShellPath ShellPath::Child(std::string_view name) const {
  ShellPath child;
  child.text = text == "." ? std::string(name) : JoinPath(text, name);
  child.fs = fs;
  child.path = JoinPath(path, name);
  return child;
}

Status ShellPath::Refresh() {
  Result<FileStatus> found = fs->Stat(path);
  if (found.ok()) {
    status = std::move(found).value();
    return Status::Ok();
  }
  status.reset();
  const StatusCode code = found.status().code();
  if (code == StatusCode::kNotFound || code == StatusCode::kNotADirectory) return Status::Ok();
  return std::move(found).status();
}

Result<bool> ShellPath::ParentExists() const { return fs->Exists(ParentPath(path)); }

Result<std::vector<ShellPath>> ChildrenOf(const ShellPath& directory) {
  ASSIGN_OR_RETURN(std::vector<FileStatus> entries, directory.fs->List(directory.path));
  std::vector<ShellPath> children;
  children.reserve(entries.size());
  for (FileStatus& entry : entries) {
    ShellPath child = directory.Child(PathName(entry.path));
    child.status = std::move(entry);
    children.push_back(std::move(child));
  }
  return children;
}

Status PathError(StatusCode code, std::string_view text, std::string_view reason) {
  return Status::Error(code, "`{}': {}", text, reason);
}

Status NoSuchFile(const ShellPath& path) {
  return PathError(StatusCode::kNotFound, path.text, "No such file or directory");
}

Status FileExists(const ShellPath& path) {
  return PathError(StatusCode::kAlreadyExists, path.text, "File exists");
}

Status IsDirectoryError(const ShellPath& path) {
  return PathError(StatusCode::kIsADirectory, path.text, "Is a directory");
}

Status IsNotDirectoryError(const ShellPath& path) {
  return PathError(StatusCode::kNotADirectory, path.text, "Is not a directory");
}

Status NoSuchParent(const ShellPath& path) {
  std::string uri = path.fs->Uri();
  while (uri.ends_with('/')) uri.pop_back();
  // Here, and only here, a local path has the three slashes of a whole URI.
  if (uri == "file:") uri += "//";
  const std::string qualified = uri + path.path;
  if (qualified == path.text) return NoSuchFile(path);
  return Status::Error(StatusCode::kNotFound, "`{}': No such file or directory: `{}'", path.text,
                       qualified);
}

}  // namespace tusk::dfs
