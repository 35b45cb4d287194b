#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/model/permission.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/text_format.h"

namespace tusk::dfs {
namespace {

std::string Directive(char letter, const ShellPath& path) {
  const FileStatus& status = *path.status;
  switch (letter) {
    case 'a':
      return fmt::format("{:o}", status.permission);
    case 'A':
      return PermissionText(status.permission);
    case 'b':
      return std::to_string(status.length);
    case 'F':
      return status.IsDirectory() ? "directory" : status.IsFile() ? "regular file" : "symlink";
    case 'g':
      return status.group;
    case 'n':
      return std::string(PathName(path.path));
    case 'o':
      return std::to_string(status.block_size);
    case 'r':
      return std::to_string(status.replication);
    case 'u':
      return status.owner;
    case 'x':
      return UtcSecond(status.access_ms);
    case 'X':
      return std::to_string(status.access_ms);
    case 'y':
      return UtcSecond(status.modification_ms);
    case 'Y':
      return std::to_string(status.modification_ms);
    default:
      return std::string(1, letter);
  }
}

Status RunStat(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"R"}, 1, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  std::vector<std::string> paths = flags.arguments();
  std::string format = "%y";
  if (paths[0].find('%') != std::string::npos) {
    format = paths[0];
    paths.erase(paths.begin());
  }
  if (paths.empty()) {
    return Status(StatusCode::kInvalidArgument, "Not enough arguments: expected 1 but got 0");
  }
  shell.ForEach(paths, [&](ShellPath& path) {
    std::string line;
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%') {
        line += format[i];
      } else if (i + 1 < format.size()) {
        line += Directive(format[++i], path);
      }
    }
    shell.Print("{}\n", line);
    return Status::Ok();
  });
  return Status::Ok();
}

}  // namespace

const FsCommand kFsStat = {
    "-stat", "[format] <path> ...",
    "Print statistics about the file/directory at <path> in the specified\n"
    "format: permissions in octal (%a) and symbolic (%A), file size in bytes\n"
    "(%b), type (%F), group name of owner (%g), name (%n), block size (%o),\n"
    "replication (%r), user name of owner (%u), access date (%x, %X),\n"
    "modification date (%y, %Y). %x and %y show UTC, %X and %Y milliseconds\n"
    "since January 1, 1970. Without a format %y is used.",
    &RunStat};

}  // namespace tusk::dfs
