#include "common/base/status_macros.h"
#include "dfs/tool/copy_destination.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/stream_copy.h"

namespace tusk::dfs {
namespace {

Status RunGet(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"f", "p", "crc", "ignoreCrc"}, 1, SIZE_MAX, {"t", "q"});
  RETURN_IF_ERROR(flags.Parse(arguments));
  std::vector<std::string> names = flags.arguments();
  std::string destination_text = ".";
  if (names.size() > 1) {
    destination_text = names.back();
    names.pop_back();
  }
  const bool verify = !flags.Has("ignoreCrc");
  if (destination_text == "-") {
    shell.ForEach(names, [&](ShellPath& path) -> Status {
      if (path.IsDirectory()) return IsDirectoryError(path);
      ASSIGN_OR_RETURN(std::unique_ptr<InputStream> in,
                       path.fs->Open(path.path, {.verify_checksum = verify}));
      return PrintRange(*in, 0, in->Length(), shell.out());
    });
    return Status::Ok();
  }
  Result<ShellPath> destination = shell.ResolveLocal(destination_text);
  if (!destination.ok()) {
    shell.Report(destination.status());
    return Status::Ok();
  }
  CopySettings settings;
  RETURN_IF_ERROR(TakeThreads(flags, &settings));
  settings.overwrite = flags.Has("f");
  settings.verify_checksum = verify;
  settings.preserve_times = flags.Has("p");
  settings.preserve_owner = flags.Has("p");
  settings.preserve_permission = flags.Has("p");
  std::vector<ShellPath> sources;
  for (const std::string& name : names) {
    Result<std::vector<ShellPath>> matches = shell.Expand(name);
    if (!matches.ok()) {
      shell.Report(matches.status());
      continue;
    }
    std::move(matches->begin(), matches->end(), std::back_inserter(sources));
  }
  if (sources.empty()) return Status::Ok();
  CopyDestination target(shell, std::move(destination).value(), settings);
  target.CopyEach(sources);
  return Status::Ok();
}

constexpr std::string_view kDescription =
    "Copy files that match the file pattern <src> to the local name. When\n"
    "copying multiple files, the destination must be a directory. - as\n"
    "<localdst> writes to standard output.\n\n"
    "  -f  Overwrites the destination if it already exists.\n"
    "  -p  Preserves timestamps, ownership and the mode.\n"
    "  -crc        Accepted; checksums are verified, not written beside files.\n"
    "  -ignoreCrc  Skip CRC checks on the file(s) downloaded.\n"
    "  -t  Files that are copied at the same time. Without it four files of up to\n"
    "      8 MiB are, and greater ones one after the other.\n"
    "  -q  Files that may wait for a thread (1024).";

}  // namespace

const FsCommand kFsGet = {"-get",
                          "[-f] [-p] [-crc] [-ignoreCrc] [-t <thread count>] [-q <thread pool "
                          "queue size>] <src> ... <localdst>",
                          kDescription, &RunGet};
const FsCommand kFsCopyToLocal = {"-copyToLocal",
                                  "[-f] [-p] [-crc] [-ignoreCrc] [-t <thread count>] [-q <thread "
                                  "pool queue size>] <src> ... <localdst>",
                                  kDescription, &RunGet};

}  // namespace tusk::dfs
