#include "dfs/tool/copy_destination.h"

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/tool/interrupt.h"
#include "dfs/tool/stream_copy.h"

namespace tusk::dfs {
namespace {

constexpr std::string_view kTemporarySuffix = "._COPYING_";

}  // namespace

Status CopyDestination::CheckDestination(size_t sources) {
  if (sources > 1) {
    if (!destination_.exists()) return NoSuchFile(destination_);
    if (!destination_.IsDirectory()) return IsNotDirectoryError(destination_);
    return Status::Ok();
  }
  if (destination_.exists()) {
    if (!destination_.IsDirectory() && !settings_.overwrite) return FileExists(destination_);
    return Status::Ok();
  }
  // "missing/" is a directory that should have been there.
  if (destination_.LooksLikeDirectory()) return NoSuchParent(destination_);
  ASSIGN_OR_RETURN(const bool parent_exists, destination_.ParentExists());
  return parent_exists ? Status::Ok() : NoSuchParent(destination_);
}

void CopyDestination::CopyEach(std::vector<ShellPath>& sources) {
  if (Status status = CheckDestination(sources.size()); !status.ok()) {
    shell_.Report(status);
    return;
  }
  for (ShellPath& source : sources) {
    if (Interrupted()) return;
    const Status status = source.exists() ? CopyOne(source) : NoSuchFile(source);
    if (!status.ok()) shell_.Report(status);
  }
}

Result<ShellPath> CopyDestination::TargetOf(const ShellPath& source) {
  ShellPath target = destination_;
  if (destination_.IsDirectory()) {
    target = destination_.Child(PathName(source.path));
    RETURN_IF_ERROR(target.Refresh());
  }
  return target;
}

Status CopyDestination::CopyOne(ShellPath& source) {
  ASSIGN_OR_RETURN(ShellPath target, TargetOf(source));
  if (source.IsDirectory() && source.fs == target.fs) {
    if (source.path == target.path) {
      return Status::Error(StatusCode::kInvalidArgument, "`{}' to `{}': are identical", source.text,
                           target.Qualified());
    }
    if (IsSameOrBelow(target.path, source.path)) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "`{}' to `{}': is a subdirectory of itself", source.text, target.text);
    }
  }
  if (settings_.move) return settings_.move(source, target);
  if (!source.IsDirectory()) return CopyFile(source, target);
  if (!settings_.recursive) return IsDirectoryError(source);
  CopyTree(source, target);
  return Status::Ok();
}

void CopyDestination::CopyTree(ShellPath& source, const ShellPath& target) {
  // Pairs of a source directory and the directory that it becomes; attributes are kept at the end,
  // when nothing is added to the directory any more.
  const std::string source_root = source.path;
  std::vector<std::pair<ShellPath, ShellPath>> directories;
  shell_.Walk(source, [&](ShellPath& path) -> Status {
    ShellPath to = target;
    std::string_view below = std::string_view(path.path).substr(source_root.size());
    while (below.starts_with('/')) below.remove_prefix(1);
    if (!below.empty()) to = target.Child(below);
    RETURN_IF_ERROR(to.Refresh());
    if (!path.IsDirectory()) return CopyFile(path, to);
    if (to.exists() && !to.IsDirectory()) return IsNotDirectoryError(to);
    if (!to.exists()) RETURN_IF_ERROR(to.fs->MakeDirectories(to.path));
    directories.emplace_back(path, to);
    return Status::Ok();
  });
  for (auto pair = directories.rbegin(); pair != directories.rend(); ++pair) {
    if (Status status = Preserve(pair->first, pair->second); !status.ok()) shell_.Report(status);
  }
}

Status CopyDestination::Preserve(const ShellPath& source, const ShellPath& target) {
  const FileStatus& facts = *source.status;
  if (settings_.preserve_times) {
    RETURN_IF_ERROR(target.fs->SetTimes(target.path, facts.modification_ms, facts.access_ms));
  }
  if (settings_.preserve_owner) {
    RETURN_IF_ERROR(target.fs->SetOwner(target.path, facts.owner, facts.group));
  }
  if (settings_.preserve_permission) {
    RETURN_IF_ERROR(target.fs->SetPermission(target.path, facts.permission));
  }
  return Status::Ok();
}

Status CopyDestination::CopyFile(ShellPath& source, ShellPath& target) {
  if (target.IsDirectory()) return FileExists(target);
  if (target.exists() && !settings_.overwrite) return FileExists(target);
  // With -d a file would be emptied by its own copy.
  if (settings_.direct && source.fs == target.fs && source.path == target.path) {
    return FileExists(target);
  }
  ASSIGN_OR_RETURN(std::unique_ptr<InputStream> in,
                   source.fs->Open(source.path, {.verify_checksum = settings_.verify_checksum}));
  CopyProgress progress(shell_.err(), source.text, source.status->length);
  RETURN_IF_ERROR(
      WriteTarget(target, [&](OutputStream& out) { return CopyAll(*in, out, &progress); }));
  return Preserve(source, target);
}

Status CopyDestination::WriteTarget(ShellPath& target,
                                    const std::function<Status(OutputStream&)>& write) {
  const std::string path =
      settings_.direct ? target.path : target.path + std::string(kTemporarySuffix);
  CreateOptions options;
  options.overwrite = settings_.direct ? settings_.overwrite : true;
  options.create_parents = false;
  options.replication = settings_.replication;
  ASSIGN_OR_RETURN(std::unique_ptr<OutputStream> out, target.fs->Create(path, options));
  Status status = write(*out);
  if (status.ok()) status = out->Close();
  out.reset();
  if (status.ok() && !settings_.direct) {
    status = target.fs->Rename(path, target.path, {.overwrite = settings_.overwrite});
  }
  if (!status.ok()) {
    // The first cause is what the user has to see; a half that cannot be deleted is named by the
    // next attempt, which overwrites it.
    (void)target.fs->Delete(path, false);
  }
  return status;
}

Status CopyDestination::CopyStandardInput() {
  ShellPath target = destination_;
  if (target.IsDirectory()) {
    target = destination_.Child("-");
    RETURN_IF_ERROR(target.Refresh());
  }
  if (target.exists() && (target.IsDirectory() || !settings_.overwrite)) return FileExists(target);
  ASSIGN_OR_RETURN(const bool parent_exists, target.ParentExists());
  if (!parent_exists) return NoSuchParent(target);
  CopyProgress progress(shell_.err(), "-", 0);
  return WriteTarget(target,
                     [&](OutputStream& out) { return CopyAll(shell_.in(), out, &progress); });
}

}  // namespace tusk::dfs
