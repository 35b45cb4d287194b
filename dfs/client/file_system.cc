#include "dfs/client/file_system.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "dfs/client/glob_pattern.h"
#include "dfs/client/path_uri.h"
#include "dfs/model/dfs_path.h"

namespace tusk::dfs {
namespace {

/// The children of `directory` whose names match; none when it is no directory.
Result<std::vector<FileStatus>> MatchChildren(FileSystem& fs, const std::string& directory,
                                              const GlobPattern& pattern) {
  std::vector<FileStatus> matches;
  Result<std::unique_ptr<ListIterator>> children = fs.ListPaged(directory);
  if (!children.ok()) {
    const StatusCode code = children.status().code();
    if (code == StatusCode::kNotFound || code == StatusCode::kNotADirectory) return matches;
    return std::move(children).status();
  }
  while (true) {
    ASSIGN_OR_RETURN(std::optional<FileStatus> child, (*children)->Next());
    if (!child) return matches;
    if (child->path == directory) return matches;  // `directory` is a file and lists itself
    if (pattern.Matches(PathName(child->path))) matches.push_back(*std::move(child));
  }
}

/// What one pattern without braces matches, unsorted. `path` is absolute and normalised.
Result<std::vector<FileStatus>> GlobOne(FileSystem& fs, std::string_view path) {
  struct Candidate {
    std::string path;
    std::optional<FileStatus> status;  // unset while only the name is known
  };
  std::vector<Candidate> candidates;
  candidates.push_back({"/", std::nullopt});
  while (!path.empty()) {
    path.remove_prefix(path.find_first_not_of('/') == std::string_view::npos
                           ? path.size()
                           : path.find_first_not_of('/'));
    if (path.empty()) break;
    const std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(component.size());
    ASSIGN_OR_RETURN(GlobPattern pattern, GlobPattern::Compile(component));
    std::vector<Candidate> next;
    for (Candidate& candidate : candidates) {
      if (!pattern.has_wildcard()) {
        next.push_back({JoinPath(candidate.path, pattern.literal()), std::nullopt});
        continue;
      }
      if (candidate.status && !candidate.status->IsDirectory()) continue;
      ASSIGN_OR_RETURN(std::vector<FileStatus> children,
                       MatchChildren(fs, candidate.path, pattern));
      for (FileStatus& child : children) {
        std::string child_path = child.path;
        next.push_back({std::move(child_path), std::move(child)});
      }
    }
    candidates = std::move(next);
  }
  std::vector<FileStatus> found;
  for (Candidate& candidate : candidates) {
    if (!candidate.status) {
      Result<FileStatus> status = fs.Stat(candidate.path);
      if (!status.ok() && status.status().code() == StatusCode::kNotFound) continue;
      if (!status.ok() && status.status().code() == StatusCode::kNotADirectory) continue;
      if (!status.ok()) return std::move(status).status();
      candidate.status = std::move(status).value();
    }
    found.push_back(*std::move(candidate.status));
  }
  return found;
}

}  // namespace

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

Result<std::vector<FileStatus>> FileSystem::Glob(std::string_view pattern) {
  ASSIGN_OR_RETURN(const PathUri uri, ParsePathUri(pattern));
  if (!uri.scheme.empty() && !IsSameFileSystem(uri.FileSystemUri())) {
    return Status::Error(StatusCode::kInvalidArgument, "Wrong FS: {}, expected: {}", pattern,
                         Uri());
  }
  std::vector<FileStatus> found;
  ASSIGN_OR_RETURN(const std::vector<std::string> alternatives, ExpandBraces(uri.path));
  for (const std::string& alternative : alternatives) {
    ASSIGN_OR_RETURN(std::vector<FileStatus> matches,
                     GlobOne(*this, NormalizePath(alternative, HomeDirectory())));
    found.insert(found.end(), std::make_move_iterator(matches.begin()),
                 std::make_move_iterator(matches.end()));
  }
  auto by_path = [](const FileStatus& a, const FileStatus& b) { return a.path < b.path; };
  std::sort(found.begin(), found.end(), by_path);
  auto same_path = [](const FileStatus& a, const FileStatus& b) { return a.path == b.path; };
  found.erase(std::unique(found.begin(), found.end(), same_path), found.end());
  return found;
}

Result<std::string> FileSystem::ResolvePath(std::string_view path) const {
  ASSIGN_OR_RETURN(const PathUri uri, ParsePathUri(path));
  if (!uri.scheme.empty() && !IsSameFileSystem(uri.FileSystemUri())) {
    return Status::Error(StatusCode::kInvalidArgument, "Wrong FS: {}, expected: {}", path, Uri());
  }
  return NormalizePath(uri.path, HomeDirectory());
}

}  // namespace tusk::dfs
