#include "dfs/client/file_system.h"

#include "common/base/status_macros.h"

namespace tusk::dfs {

Result<bool> FileSystem::Exists(std::string_view path) {
  Result<FileStatus> status = Stat(path);
  if (status.ok()) return true;
  if (status.status().code() == StatusCode::kNotFound) return false;
  return status.status();
}

Result<std::vector<FileStatus>> FileSystem::List(std::string_view path) {
  ASSIGN_OR_RETURN(std::unique_ptr<ListIterator> children, ListPaged(path));
  std::vector<FileStatus> all;
  while (true) {
    ASSIGN_OR_RETURN(std::optional<FileStatus> child, children->Next());
    if (!child) return all;
    all.push_back(*std::move(child));
  }
}

Status FileSystem::VisitFiles(std::string_view path,
                              const std::function<Status(const FileStatus&)>& visit) {
  // One open listing per level: the depth of the tree bounds the memory, not its width.
  std::vector<std::unique_ptr<ListIterator>> levels;
  ASSIGN_OR_RETURN(std::unique_ptr<ListIterator> top, ListPaged(path));
  levels.push_back(std::move(top));
  while (!levels.empty()) {
    ASSIGN_OR_RETURN(std::optional<FileStatus> child, levels.back()->Next());
    if (!child) {
      levels.pop_back();
    } else if (child->IsDirectory()) {
      Result<std::unique_ptr<ListIterator>> below = ListPaged(child->path);
      if (below.ok()) {
        levels.push_back(std::move(below).value());
      } else if (below.status().code() != StatusCode::kNotFound) {  // deleted meanwhile
        return below.status();
      }
    } else {
      RETURN_IF_ERROR(visit(*child));
    }
  }
  return Status::Ok();
}

}  // namespace tusk::dfs
