#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/trash.h"

namespace tusk::dfs {
namespace {

Status RunRm(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"f", "r", "R", "skipTrash", "safely"}, 1, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  const bool recursive = flags.Has("r") || flags.Has("R");
  auto existing = [&](ShellPath& path) -> Status {
    if (path.IsDirectory() && !recursive) return IsDirectoryError(path);
    if (!flags.Has("skipTrash")) {
      ASSIGN_OR_RETURN(const std::optional<std::string> moved, MoveToTrash(*path.fs, path.path));
      if (moved) {
        shell.Print("Moved: '{}' to trash at: {}\n", path.Qualified(), *moved);
        return Status::Ok();
      }
    }
    ASSIGN_OR_RETURN(const bool deleted, path.fs->Delete(path.path, recursive));
    if (!deleted) return PathError(StatusCode::kIoError, path.text, "Input/output error");
    shell.Print("Deleted {}\n", path.text);
    return Status::Ok();
  };
  auto missing = [&](ShellPath& path) { return flags.Has("f") ? Status::Ok() : NoSuchFile(path); };
  shell.ForEach(flags.arguments(), existing, missing);
  return Status::Ok();
}

}  // namespace

const FsCommand kFsRm = {"-rm", "[-f] [-r|-R] [-skipTrash] [-safely] <src> ...",
                         "Delete all files that match the specified file pattern. Where the file\n"
                         "system keeps a trash, files are moved there first.\n\n"
                         "  -f          Do not complain about files that do not exist.\n"
                         "  -[rR]       Recursively deletes directories.\n"
                         "  -skipTrash  Bypasses the trash, and immediately deletes <src>.\n"
                         "  -safely     Accepted; large directories are deleted like others.",
                         &RunRm};

}  // namespace tusk::dfs
