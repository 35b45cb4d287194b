#include "common/base/status_macros.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/stream_copy.h"

namespace tusk::dfs {
namespace {

Status AppendAll(FsShell& shell, const std::vector<std::string>& names, ShellPath& target) {
  if (target.IsDirectory()) return IsDirectoryError(target);
  // All sources are opened before the first byte is appended.
  std::vector<std::unique_ptr<InputStream>> sources;
  for (const std::string& name : names) {
    if (name == "-") {
      sources.push_back(nullptr);
      continue;
    }
    ASSIGN_OR_RETURN(ShellPath source, shell.ResolveLocal(name));
    if (!source.exists()) return NoSuchFile(source);
    ASSIGN_OR_RETURN(std::unique_ptr<InputStream> in, source.fs->Open(source.path));
    sources.push_back(std::move(in));
  }
  Result<std::unique_ptr<OutputStream>> out =
      target.exists() ? target.fs->Append(target.path) : target.fs->Create(target.path);
  RETURN_IF_ERROR(out.status());
  for (std::unique_ptr<InputStream>& source : sources) {
    RETURN_IF_ERROR(source ? CopyAll(*source, **out, nullptr)
                           : CopyAll(shell.in(), **out, nullptr));
  }
  return (*out)->Close();
}

Status RunAppendToFile(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({}, 0, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  if (flags.arguments().size() < 2) {
    shell.Report(Status(StatusCode::kInvalidArgument, "missing destination argument"));
    return Status::Ok();
  }
  std::vector<std::string> names = flags.arguments();
  const std::string text = names.back();
  names.pop_back();
  Result<ShellPath> target = shell.Resolve(text);
  const Status status = target.ok() ? AppendAll(shell, names, *target) : target.status();
  if (!status.ok()) shell.Report(status);
  return Status::Ok();
}

}  // namespace

const FsCommand kFsAppendToFile = {
    "-appendToFile", "<localsrc> ... <dst>",
    "Appends the contents of all the given local files to the given dst file. The\n"
    "dst file will be created if it does not exist. If <localsrc> is -, then the\n"
    "input is read from stdin.",
    &RunAppendToFile};

}  // namespace tusk::dfs
