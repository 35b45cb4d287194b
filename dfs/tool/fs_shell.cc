#include "dfs/tool/fs_shell.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "dfs/client/glob_pattern.h"
#include "dfs/client/path_uri.h"
#include "dfs/model/dfs_path.h"
#include "dfs/tool/interrupt.h"

namespace tusk::dfs {
namespace {

/// `path` as seen from directory `base`: "b", "../c", "." for `base` itself.
std::string RelativeTo(const std::string& path, const std::string& base) {
  if (path == base) return ".";
  std::string_view up = base;
  std::string climbs;
  while (!IsSameOrBelow(path, up)) {
    up = ParentPath(up);
    climbs += climbs.empty() ? ".." : "/..";
  }
  std::string_view rest = std::string_view(path).substr(up == "/" ? 0 : up.size());
  while (rest.starts_with('/')) rest.remove_prefix(1);
  if (climbs.empty()) return std::string(rest);
  return rest.empty() ? climbs : climbs + "/" + std::string(rest);
}

/// What a path that was found is called towards the user: normalised, with a scheme or relative
/// when the user wrote it so.
std::string TextOf(const PathUri& typed, const ShellPath& found) {
  if (!typed.scheme.empty()) return typed.FileSystemUri() + found.path;
  if (typed.path.starts_with('/')) return found.path;
  return RelativeTo(found.path, found.fs->HomeDirectory());
}

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

}  // namespace

Result<std::shared_ptr<FileSystem>> FsShell::FileSystemOf(const std::string& uri) {
  auto found = file_systems_.find(uri);
  if (found != file_systems_.end()) return found->second;
  ASSIGN_OR_RETURN(std::shared_ptr<FileSystem> fs, open_(uri));
  file_systems_[uri] = fs;
  return fs;
}

Result<ShellPath> FsShell::Resolve(std::string_view text) {
  ASSIGN_OR_RETURN(const PathUri uri, ParsePathUri(text.empty() ? std::string_view(".") : text));
  ShellPath path;
  path.text = text.empty() ? "." : text;
  ASSIGN_OR_RETURN(path.fs, FileSystemOf(uri.FileSystemUri()));
  path.path = NormalizePath(uri.path, path.fs->HomeDirectory());
  RETURN_IF_ERROR(path.Refresh());
  return path;
}

Result<ShellPath> FsShell::ResolveLocal(std::string_view text) {
  ASSIGN_OR_RETURN(const PathUri uri, ParsePathUri(text));
  if (!uri.scheme.empty()) return Resolve(text);
  ShellPath path;
  path.text = text;
  ASSIGN_OR_RETURN(path.fs, FileSystemOf("file://"));
  path.path = NormalizePath(uri.path, path.fs->HomeDirectory());
  RETURN_IF_ERROR(path.Refresh());
  return path;
}

Result<std::vector<ShellPath>> FsShell::Expand(std::string_view text) {
  std::vector<ShellPath> paths;
  ASSIGN_OR_RETURN(const PathUri uri, ParsePathUri(text.empty() ? std::string_view(".") : text));
  if (!HasGlobCharacters(text)) {
    ASSIGN_OR_RETURN(ShellPath path, Resolve(text));
    if (path.exists()) path.text = TextOf(uri, path);
    paths.push_back(std::move(path));
    return paths;
  }
  ASSIGN_OR_RETURN(std::shared_ptr<FileSystem> fs, FileSystemOf(uri.FileSystemUri()));
  ASSIGN_OR_RETURN(std::vector<FileStatus> found, fs->Glob(uri.path));
  const std::string home = fs->HomeDirectory();
  for (FileStatus& status : found) {
    ShellPath path;
    path.fs = fs;
    path.path = status.path;
    path.status = std::move(status);
    path.text = TextOf(uri, path);
    paths.push_back(std::move(path));
  }
  if (paths.empty()) {
    ShellPath path;
    path.text = text;
    path.fs = fs;
    path.path = NormalizePath(uri.path, home);
    paths.push_back(std::move(path));
  }
  return paths;
}

void FsShell::ForEach(std::span<const std::string> arguments,
                      const std::function<Status(ShellPath& path)>& visit) {
  ForEach(arguments, visit, [](ShellPath& path) { return NoSuchFile(path); });
}

void FsShell::ForEach(std::span<const std::string> arguments,
                      const std::function<Status(ShellPath& path)>& visit,
                      const std::function<Status(ShellPath& path)>& missing) {
  // All patterns are looked up before the first path is worked on, as Hadoop's Command does: the
  // work of one argument does not change what another matches.
  std::vector<ShellPath> paths;
  for (const std::string& argument : arguments) {
    Result<std::vector<ShellPath>> expanded = Expand(argument);
    if (!expanded.ok()) {
      Report(expanded.status());
      continue;
    }
    std::move(expanded->begin(), expanded->end(), std::back_inserter(paths));
  }
  for (ShellPath& path : paths) {
    if (Interrupted()) return;
    const Status status = path.exists() ? visit(path) : missing(path);
    if (!status.ok()) Report(status);
  }
}

void FsShell::Walk(ShellPath& top, const std::function<Status(ShellPath& path)>& visit) {
  // A stack of listings: the depth of the tree bounds the memory beside one listing per level.
  struct Level {
    std::vector<ShellPath> paths;
    size_t next = 0;
  };
  std::vector<Level> levels;
  levels.emplace_back();
  levels.back().paths.push_back(top);
  while (!levels.empty() && !Interrupted()) {
    Level& level = levels.back();
    if (level.next == level.paths.size()) {
      levels.pop_back();
      continue;
    }
    ShellPath& path = level.paths[level.next++];
    if (Status status = visit(path); !status.ok()) {
      Report(status);
      continue;
    }
    if (!path.IsDirectory()) continue;
    Result<std::vector<ShellPath>> children = ChildrenOf(path);
    if (!children.ok()) {
      Report(children.status());
      continue;
    }
    levels.push_back({std::move(children).value()});
  }
}

void FsShell::Report(const Status& status) {
  const MutexLock lock(mutex_);
  ++errors_;
  if (status.code() == StatusCode::kCancelled && Interrupted()) return;
  std::fflush(streams_.out);
  const std::string line = fmt::format("{}: {}\n", command_, FirstLine(status.message()));
  std::fwrite(line.data(), 1, line.size(), streams_.err);
}

int FsShell::ExitCode() const {
  if (Interrupted()) return 130;
  return errors() > 0 ? 1 : exit_code_;
}

}  // namespace tusk::dfs
