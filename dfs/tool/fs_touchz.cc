#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

Status MakeEmpty(ShellPath& path) {
  CreateOptions options;
  options.create_parents = false;
  ASSIGN_OR_RETURN(std::unique_ptr<OutputStream> out, path.fs->Create(path.path, options));
  return out->Close();
}

Status RunTouchz(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({}, 1, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  auto existing = [&](ShellPath& path) -> Status {
    if (path.IsDirectory()) return IsDirectoryError(path);
    if (path.status->length != 0) {
      return PathError(StatusCode::kAlreadyExists, path.text, "Not a zero-length file");
    }
    return MakeEmpty(path);
  };
  auto missing = [&](ShellPath& path) -> Status {
    ASSIGN_OR_RETURN(const bool parent_exists, path.ParentExists());
    if (!parent_exists) return NoSuchParent(path);
    return MakeEmpty(path);
  };
  shell.ForEach(flags.arguments(), existing, missing);
  return Status::Ok();
}

}  // namespace

const FsCommand kFsTouchz = {
    "-touchz", "<path> ...",
    "Creates a file of zero length at <path>. An error is returned if the\n"
    "file exists with non-zero length.",
    &RunTouchz};

}  // namespace tusk::dfs
