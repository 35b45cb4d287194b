#include "common/base/status_macros.h"
#include "dfs/tool/copy_destination.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

/// The destination of -put: the last argument, or the home directory when there is only one.
Result<ShellPath> TakeRemoteDestination(FsShell& shell, std::vector<std::string>& arguments) {
  std::string text = ".";
  if (arguments.size() > 1) {
    text = arguments.back();
    arguments.pop_back();
  }
  ASSIGN_OR_RETURN(std::vector<ShellPath> matches, shell.Expand(text));
  if (matches.size() > 1) {
    return PathError(StatusCode::kInvalidArgument, text, "Too many matches");
  }
  return std::move(matches.front());
}

Status Put(FsShell& shell, std::span<const std::string> arguments, bool delete_sources) {
  FlagParser flags({"f", "p", "l", "d"}, 1, SIZE_MAX, {"t", "q"});
  RETURN_IF_ERROR(flags.Parse(arguments));
  std::vector<std::string> names = flags.arguments();
  Result<ShellPath> destination = TakeRemoteDestination(shell, names);
  if (!destination.ok()) {
    shell.Report(destination.status());
    return Status::Ok();
  }
  CopySettings settings;
  settings.overwrite = flags.Has("f");
  settings.direct = flags.Has("d");
  settings.preserve_times = flags.Has("p");
  settings.preserve_owner = flags.Has("p");
  settings.preserve_permission = flags.Has("p");
  settings.replication = flags.Has("l") ? 1 : 0;
  RETURN_IF_ERROR(TakeThreads(flags, &settings));
  CopyDestination target(shell, std::move(destination).value(), settings);
  if (names.size() == 1 && names[0] == "-") {
    if (Status status = target.CopyStandardInput(); !status.ok()) shell.Report(status);
    return Status::Ok();
  }
  std::vector<ShellPath> sources;
  for (const std::string& name : names) {
    Result<ShellPath> source = shell.ResolveLocal(name);
    if (!source.ok()) {
      shell.Report(source.status());
      continue;
    }
    sources.push_back(std::move(source).value());
  }
  if (sources.empty()) return Status::Ok();
  target.CopyEach(sources);
  if (!delete_sources || shell.errors() > 0) return Status::Ok();
  for (ShellPath& source : sources) {
    Result<bool> deleted = source.fs->Delete(source.path, true);
    if (!deleted.ok()) shell.Report(deleted.status());
  }
  return Status::Ok();
}

Status RunPut(FsShell& shell, std::span<const std::string> arguments) {
  return Put(shell, arguments, false);
}

Status RunMoveFromLocal(FsShell& shell, std::span<const std::string> arguments) {
  return Put(shell, arguments, true);
}

constexpr std::string_view kDescription =
    "Copy files from the local file system into fs. Copying fails if the file\n"
    "already exists, unless the -f flag is given. - as <localsrc> reads from\n"
    "standard input.\n\n"
    "  -p  Preserves timestamps, ownership and the mode.\n"
    "  -f  Overwrites the destination if it already exists.\n"
    "  -l  Forces a replication factor of 1.\n"
    "  -t  Files that are copied at the same time. Without it four files of up to\n"
    "      8 MiB are, and greater ones one after the other.\n"
    "  -q  Files that may wait for a thread (1024).\n"
    "  -d  Skip creation of temporary file(<dst>._COPYING_).";

}  // namespace

const FsCommand kFsPut = {
    "-put",
    "[-f] [-p] [-l] [-d] [-t <thread count>] [-q <thread pool queue size>] <localsrc> ... <dst>",
    kDescription, &RunPut};
const FsCommand kFsCopyFromLocal = {
    "-copyFromLocal",
    "[-f] [-p] [-l] [-d] [-t <thread count>] [-q <thread pool queue size>] <localsrc> ... <dst>",
    kDescription, &RunPut};
const FsCommand kFsMoveFromLocal = {
    "-moveFromLocal", "[-f] [-p] [-l] [-d] <localsrc> ... <dst>",
    "Same as -put, except that the source is deleted after it is copied.", &RunMoveFromLocal};

}  // namespace tusk::dfs
