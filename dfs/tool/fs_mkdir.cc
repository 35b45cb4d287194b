#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

Status RunMkdir(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"p"}, 1, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  const bool parents = flags.Has("p");
  auto existing = [&](ShellPath& path) {
    if (!path.IsDirectory()) return IsNotDirectoryError(path);
    return parents ? Status::Ok() : FileExists(path);
  };
  auto missing = [&](ShellPath& path) -> Status {
    if (!parents) {
      ASSIGN_OR_RETURN(const bool parent_exists, path.ParentExists());
      if (!parent_exists) {
        ShellPath parent = path;
        parent.path = ParentPath(path.path);
        return PathError(StatusCode::kNotFound, parent.Qualified(), "No such file or directory");
      }
    }
    return path.fs->MakeDirectories(path.path);
  };
  shell.ForEach(flags.arguments(), existing, missing);
  return Status::Ok();
}

}  // namespace

const FsCommand kFsMkdir = {"-mkdir", "[-p] <path> ...",
                            "Create a directory in specified location.\n\n"
                            "  -p  Do not fail if the directory already exists",
                            &RunMkdir};

}  // namespace tusk::dfs
