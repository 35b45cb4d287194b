#include <cmath>

#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/text_format.h"

namespace tusk::dfs {
namespace {

Status RunDf(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"h"}, 0, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  std::vector<std::string> paths = flags.arguments();
  if (paths.empty()) paths.push_back("/");
  const bool human = flags.Has("h");
  TextTable table({false, true, true, true, true});
  table.AddRow({"Filesystem", "Size", "Used", "Available", "Use%"});
  bool any = false;
  shell.ForEach(paths, [&](ShellPath& path) -> Status {
    ASSIGN_OR_RETURN(const FsStats stats, path.fs->GetFsStats());
    const double share = stats.capacity == 0 ? 0
                                             : static_cast<double>(stats.used) * 100 /
                                                   static_cast<double>(stats.capacity);
    table.AddRow({path.fs->Uri(), SizeText(stats.capacity, human), SizeText(stats.used, human),
                  SizeText(stats.remaining, human), fmt::format("{:.0f}%", share)});
    any = true;
    return Status::Ok();
  });
  if (any) shell.Print("{}", table.ToString());
  return Status::Ok();
}

}  // namespace

const FsCommand kFsDf = {"-df", "[-h] [<path> ...]",
                         "Shows the capacity, free and used space of the filesystem.\n\n"
                         "  -h  Formats the sizes in a human-readable fashion.",
                         &RunDf};

}  // namespace tusk::dfs
