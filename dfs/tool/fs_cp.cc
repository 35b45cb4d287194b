#include "common/base/status_macros.h"
#include "dfs/tool/copy_destination.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

/// Takes "-p" and "-p[topax]" out of the arguments, since its letters are glued to it.
Status TakePreserve(std::vector<std::string>& arguments, CopySettings& settings) {
  for (auto argument = arguments.begin(); argument != arguments.end(); ++argument) {
    if (argument->size() < 2 || (*argument)[0] != '-' || *argument == "--") break;
    if ((*argument)[1] != 'p') continue;
    const std::string letters = argument->size() == 2 ? "top" : argument->substr(2);
    for (char letter : letters) {
      if (letter == 't') settings.preserve_times = true;
      if (letter == 'o') settings.preserve_owner = true;
      if (letter == 'p') settings.preserve_permission = true;
      if (std::string_view("topax").find(letter) == std::string_view::npos) {
        return Status::Error(StatusCode::kInvalidArgument, "Illegal option {}", *argument);
      }
    }
    arguments.erase(argument);
    break;
  }
  return Status::Ok();
}

Status CopyOrMove(FsShell& shell, std::vector<std::string> names, CopySettings settings) {
  const std::string text = names.back();
  names.pop_back();
  Result<std::vector<ShellPath>> destination = shell.Expand(text);
  if (destination.ok() && destination->size() > 1) {
    destination = PathError(StatusCode::kInvalidArgument, text, "Too many matches");
  }
  if (!destination.ok()) {
    shell.Report(destination.status());
    return Status::Ok();
  }
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
  CopyDestination target(shell, std::move(destination->front()), std::move(settings));
  target.CopyEach(sources);
  return Status::Ok();
}

Status RunCp(FsShell& shell, std::span<const std::string> given) {
  CopySettings settings;
  std::vector<std::string> arguments(given.begin(), given.end());
  RETURN_IF_ERROR(TakePreserve(arguments, settings));
  FlagParser flags({"f", "d"}, 2, SIZE_MAX, {"t", "q"});
  RETURN_IF_ERROR(flags.Parse(arguments));
  RETURN_IF_ERROR(TakeThreads(flags, &settings));
  settings.overwrite = flags.Has("f");
  settings.direct = flags.Has("d");
  return CopyOrMove(shell, flags.arguments(), settings);
}

Status RunMv(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({}, 2, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  CopySettings settings;
  settings.move = [](ShellPath& source, ShellPath& target) -> Status {
    if (source.fs != target.fs) {
      return PathError(StatusCode::kInvalidArgument, source.text,
                       "Does not match target filesystem");
    }
    if (target.exists()) return FileExists(target);
    ASSIGN_OR_RETURN(const bool parent_exists, target.ParentExists());
    if (!parent_exists) return NoSuchParent(target);
    return target.fs->Rename(source.path, target.path);
  };
  return CopyOrMove(shell, flags.arguments(), settings);
}

}  // namespace

const FsCommand kFsCp = {
    "-cp",
    "[-f] [-p | -p[topax]] [-d] [-t <thread count>] [-q <thread pool queue size>] <src> ... <dst>",
    "Copy files that match the file pattern <src> to a destination. When copying\n"
    "multiple files, the destination must be a directory.\n\n"
    "  -f  Overwrites the destination if it already exists.\n"
    "  -p  Preserves timestamps, ownership and permission; with letters only\n"
    "      those: t timestamps, o ownership, p permission, a ACL, x XAttr.\n"
    "  -t  Files that are copied at the same time. Without it four files of up to\n"
    "      8 MiB are, and greater ones one after the other.\n"
    "  -q  Files that may wait for a thread (1024).\n"
    "  -d  Skip creation of temporary file(<dst>._COPYING_).",
    &RunCp};

const FsCommand kFsMv = {"-mv", "<src> ... <dst>",
                         "Move files that match the specified file pattern <src> to a destination\n"
                         "<dst>. When moving multiple files, the destination must be a directory.",
                         &RunMv};

}  // namespace tusk::dfs
