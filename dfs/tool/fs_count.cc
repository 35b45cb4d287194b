#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/text_format.h"

namespace tusk::dfs {
namespace {

std::string QuotaColumns(const ContentSummary& summary, bool human) {
  std::string name = "none";
  std::string name_left = "inf";
  std::string space = "none";
  std::string space_left = "inf";
  if (summary.name_quota >= 0) {
    const int64_t used = static_cast<int64_t>(summary.file_count + summary.directory_count);
    name = human ? HumanSize(summary.name_quota) : std::to_string(summary.name_quota);
    const int64_t left = summary.name_quota - used;
    name_left = human ? HumanSize(left) : std::to_string(left);
  }
  if (summary.space_quota >= 0) {
    const int64_t left = summary.space_quota - static_cast<int64_t>(summary.space_consumed);
    space = human ? HumanSize(summary.space_quota) : std::to_string(summary.space_quota);
    space_left = human ? HumanSize(left) : std::to_string(left);
  }
  return fmt::format("{:>12} {:>15} {:>15} {:>15} ", name, name_left, space, space_left);
}

Status RunCount(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"q", "h", "v", "x", "u"}, 1, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  const bool human = flags.Has("h");
  const bool quota = flags.Has("q") || flags.Has("u");
  const bool sums = !flags.Has("u");
  if (flags.Has("v")) {
    std::string header;
    if (quota) {
      header += fmt::format("{:>12} {:>15} {:>15} {:>15} ", "QUOTA", "REM_QUOTA", "SPACE_QUOTA",
                            "REM_SPACE_QUOTA");
    }
    if (sums)
      header += fmt::format("{:>12} {:>12} {:>18} ", "DIR_COUNT", "FILE_COUNT", "CONTENT_SIZE");
    shell.Print("{}PATHNAME\n", header);
  }
  shell.ForEach(flags.arguments(), [&](ShellPath& path) -> Status {
    ASSIGN_OR_RETURN(const ContentSummary summary, path.fs->GetContentSummary(path.path));
    std::string line;
    if (quota) line += QuotaColumns(summary, human);
    if (sums) {
      line += fmt::format("{:>12} {:>12} {:>18} ", SizeText(summary.directory_count, human),
                          SizeText(summary.file_count, human), SizeText(summary.length, human));
    }
    shell.Print("{}{}\n", line, path.text);
    return Status::Ok();
  });
  return Status::Ok();
}

}  // namespace

const FsCommand kFsCount = {
    "-count", "[-q] [-h] [-v] [-x] [-u] <path> ...",
    "Count the number of directories, files and bytes under the paths that match\n"
    "the specified file pattern: DIR_COUNT FILE_COUNT CONTENT_SIZE PATHNAME\n\n"
    "  -q  Show quotas first: QUOTA REM_QUOTA SPACE_QUOTA REM_SPACE_QUOTA.\n"
    "  -u  Show quotas only.\n"
    "  -h  Show numbers in a human-readable fashion.\n"
    "  -v  Display a header line.\n"
    "  -x  Excludes snapshots.",
    &RunCount};

}  // namespace tusk::dfs
