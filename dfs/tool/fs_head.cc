#include <algorithm>

#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/stream_copy.h"

namespace tusk::dfs {
namespace {

constexpr uint64_t kHeadBytes = 1024;

Status RunHead(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({}, 1, 1);
  RETURN_IF_ERROR(flags.Parse(arguments));
  shell.ForEach(flags.arguments(), [&](ShellPath& path) -> Status {
    if (path.IsDirectory()) return IsDirectoryError(path);
    ASSIGN_OR_RETURN(std::unique_ptr<InputStream> in, path.fs->Open(path.path));
    return PrintRange(*in, 0, std::min(in->Length(), kHeadBytes), shell.out());
  });
  return Status::Ok();
}

}  // namespace

const FsCommand kFsHead = {"-head", "<file>", "Show the first 1KB of the file.", &RunHead};

}  // namespace tusk::dfs
