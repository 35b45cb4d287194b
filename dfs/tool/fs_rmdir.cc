#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

Status RunRmdir(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"-ignore-fail-on-non-empty"}, 1, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  shell.ForEach(flags.arguments(), [&](ShellPath& path) -> Status {
    if (!path.IsDirectory()) return IsNotDirectoryError(path);
    Result<bool> deleted = path.fs->Delete(path.path, false);
    if (deleted.status().code() == StatusCode::kNotEmpty) {
      if (flags.Has("-ignore-fail-on-non-empty")) return Status::Ok();
      return PathError(StatusCode::kNotEmpty, path.text, "Directory is not empty");
    }
    return deleted.status();
  });
  return Status::Ok();
}

}  // namespace

const FsCommand kFsRmdir = {
    "-rmdir", "[--ignore-fail-on-non-empty] <dir> ...",
    "Removes the directory entry specified by each directory argument, provided\n"
    "it is empty.",
    &RunRmdir};

}  // namespace tusk::dfs
