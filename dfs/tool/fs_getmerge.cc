#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"
#include "dfs/tool/interrupt.h"
#include "dfs/tool/stream_copy.h"

namespace tusk::dfs {
namespace {

/// True for the marks that a job leaves beside its parts. Hadoop's are empty, so that merging them
/// changes nothing; ours hold the list of the parts and its hash.
bool IsMarkOfJob(const ShellPath& child, bool is_job_output) {
  const std::string_view name = PathName(child.path);
  return is_job_output && (name == "_SUCCESS" || name == "_manifest");
}

bool IsJobOutput(const std::vector<ShellPath>& children) {
  int marks = 0;
  for (const ShellPath& child : children) marks += IsMarkOfJob(child, true) ? 1 : 0;
  return marks == 2;
}

/// The files that one argument stands for: itself, or the files directly below a directory.
Status CollectFiles(FsShell& shell, const std::string& argument, std::vector<ShellPath>& files) {
  ASSIGN_OR_RETURN(std::vector<ShellPath> matches, shell.Expand(argument));
  for (ShellPath& match : matches) {
    if (!match.exists()) return NoSuchFile(match);
    if (!match.IsDirectory()) {
      files.push_back(std::move(match));
      continue;
    }
    ASSIGN_OR_RETURN(std::vector<ShellPath> children, ChildrenOf(match));
    const bool is_job_output = IsJobOutput(children);
    for (ShellPath& child : children) {
      if (child.IsDirectory() || IsMarkOfJob(child, is_job_output)) continue;
      files.push_back(std::move(child));
    }
  }
  return Status::Ok();
}

Status Merge(FsShell& shell, const FlagParser& flags, const std::vector<ShellPath>& files,
             OutputStream& out) {
  CopyProgress progress(shell.err());
  for (const ShellPath& file : files) {
    if (flags.Has("skip-empty-file") && file.status->length == 0) continue;
    ASSIGN_OR_RETURN(std::unique_ptr<InputStream> in, file.fs->Open(file.path));
    progress.Begin(file.text, file.status->length);
    RETURN_IF_ERROR(CopyAll(*in, out, &progress));
    if (flags.Has("nl")) RETURN_IF_ERROR(out.Write(AsBytes("\n")));
  }
  return out.Close();
}

Status RunGetmerge(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"nl", "skip-empty-file"}, 2, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  std::vector<std::string> names = flags.arguments();
  const std::string destination = names.back();
  names.pop_back();
  auto run = [&]() -> Status {
    std::vector<ShellPath> files;
    for (const std::string& name : names) RETURN_IF_ERROR(CollectFiles(shell, name, files));
    ASSIGN_OR_RETURN(ShellPath target, shell.ResolveLocal(destination));
    if (target.IsDirectory()) return IsDirectoryError(target);
    ASSIGN_OR_RETURN(std::unique_ptr<OutputStream> out, target.fs->Create(target.path));
    const Status status = Merge(shell, flags, files, *out);
    if (!status.ok()) (void)target.fs->Delete(target.path, false);
    return status;
  };
  if (Status status = run(); !status.ok()) shell.Report(status);
  return Status::Ok();
}

}  // namespace

const FsCommand kFsGetmerge = {
    "-getmerge", "[-nl] [-skip-empty-file] <src> <localdst>",
    "Get all the files in the directories that match the source file pattern and\n"
    "merge and sort them to only one file on local fs.\n\n"
    "  -nl               Add a newline character at the end of each file.\n"
    "  -skip-empty-file  Do not add new line character for empty file.",
    &RunGetmerge};

}  // namespace tusk::dfs
