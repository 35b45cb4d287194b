#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/text_format.h"

namespace tusk::dfs {
namespace {

Status RunDu(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"h", "s", "v", "x"}, 0, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  std::vector<std::string> paths = flags.arguments();
  if (paths.empty()) paths.push_back(".");
  TextTable table({false, false, false});
  if (flags.Has("v")) {
    table.AddRow({"SIZE", "DISK_SPACE_CONSUMED_WITH_ALL_REPLICAS", "FULL_PATH_NAME"});
  }
  auto add = [&](ShellPath& path) -> Status {
    ASSIGN_OR_RETURN(const ContentSummary summary, path.fs->GetContentSummary(path.path));
    table.AddRow({SizeText(summary.length, flags.Has("h")),
                  SizeText(summary.space_consumed, flags.Has("h")), path.text});
    return Status::Ok();
  };
  shell.ForEach(paths, [&](ShellPath& path) -> Status {
    if (flags.Has("s") || !path.IsDirectory()) return add(path);
    ASSIGN_OR_RETURN(std::vector<ShellPath> children, ChildrenOf(path));
    for (ShellPath& child : children) {
      if (Status status = add(child); !status.ok()) shell.Report(status);
    }
    return Status::Ok();
  });
  shell.Print("{}", table.ToString());
  return Status::Ok();
}

}  // namespace

const FsCommand kFsDu = {
    "-du", "[-s] [-h] [-v] [-x] <path> ...",
    "Show the amount of space, in bytes, used by the files that match the\n"
    "specified file pattern: size, disk space with all replicas, full path name.\n\n"
    "  -s  Show the total size of each path, not of the files below it.\n"
    "  -h  Formats the sizes of files in a human-readable fashion.\n"
    "  -v  Displays a header line.\n"
    "  -x  Excludes snapshots.",
    &RunDu};

}  // namespace tusk::dfs
