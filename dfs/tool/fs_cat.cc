#include <cerrno>

#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/stream_copy.h"

namespace tusk::dfs {
namespace {

Status RunCat(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"ignoreCrc"}, 1, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  const OpenOptions options{.verify_checksum = !flags.Has("ignoreCrc")};
  shell.ForEach(flags.arguments(), [&](ShellPath& path) -> Status {
    if (path.IsDirectory()) return IsDirectoryError(path);
    ASSIGN_OR_RETURN(std::unique_ptr<InputStream> in, path.fs->Open(path.path, options));
    return PrintRange(*in, 0, in->Length(), shell.out());
  });
  return Status::Ok();
}

}  // namespace

const FsCommand kFsCat = {"-cat", "[-ignoreCrc] <src> ...",
                          "Fetch all files that match the file pattern <src> and display their\n"
                          "content on stdout.",
                          &RunCat};

}  // namespace tusk::dfs
