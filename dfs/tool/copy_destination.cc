#include "dfs/tool/copy_destination.h"

#include <charconv>
#include <set>

#include "common/base/status_macros.h"
#include "dfs/model/dfs_path.h"
#include "dfs/tool/interrupt.h"

namespace tusk::dfs {
namespace {

constexpr std::string_view kTemporarySuffix = "._COPYING_";
/// Of files up to this length several are copied at once even when nobody asked for it: disks and
/// networks are kept busy by fewer and longer ones.
constexpr uint64_t kSmallFile = uint64_t{8} << 20;
constexpr size_t kSmallFilesAtOnce = 4;
constexpr size_t kMostThreads = 1024;

Status TakeNumber(const FlagParser& flags, std::string_view flag, size_t most, size_t* number) {
  if (!flags.Has(flag)) return Status::Ok();
  const std::string text = flags.Value(flag);
  size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > most) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "-{} needs a number from 1 to {}, and '{}' is none", flag, most, text);
  }
  *number = value;
  return Status::Ok();
}

}  // namespace

Status TakeThreads(const FlagParser& flags, CopySettings* settings) {
  RETURN_IF_ERROR(TakeNumber(flags, "t", kMostThreads, &settings->threads));
  return TakeNumber(flags, "q", SIZE_MAX, &settings->waiting);
}

CopyDestination::CopyDestination(FsShell& shell, ShellPath destination, CopySettings settings)
    : shell_(shell),
      destination_(std::move(destination)),
      settings_(std::move(settings)),
      progress_(shell.err()),
      queue_(settings_.threads > 0 ? settings_.threads : kSmallFilesAtOnce, settings_.waiting,
             [&shell](const Status& failure) { shell.Report(failure); }) {}

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
  // Sources of one name have one target: the second must find the first one there.
  std::set<std::string_view> names;
  for (ShellPath& source : sources) {
    if (Interrupted()) break;
    if (!names.insert(PathName(source.path)).second) queue_.Drain();
    const Status status = source.exists() ? CopyOne(source) : NoSuchFile(source);
    if (!status.ok()) shell_.Report(status);
  }
  queue_.Drain();
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
  if (!source.IsDirectory()) return CopyOrQueue(source, target);
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
    if (!path.IsDirectory()) return CopyOrQueue(path, to);
    if (to.exists() && !to.IsDirectory()) return IsNotDirectoryError(to);
    if (!to.exists()) RETURN_IF_ERROR(to.fs->MakeDirectories(to.path));
    directories.emplace_back(path, to);
    return Status::Ok();
  });
  queue_.Drain();
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

Status CopyDestination::CopyOrQueue(const ShellPath& source, const ShellPath& target) {
  if (settings_.threads == 0 && source.status->length > kSmallFile) return CopyFile(source, target);
  if (target.path.ends_with(kTemporarySuffix)) {
    // The half of an old copy: one that is under way may have used its name, and been seen.
    queue_.Drain();
    ShellPath settled = target;
    RETURN_IF_ERROR(settled.Refresh());
    return CopyFile(source, settled);
  }
  queue_.Push([this, source, target] {
    return Interrupted() ? Status(StatusCode::kCancelled, "Interrupted") : CopyFile(source, target);
  });
  return Status::Ok();
}

Status CopyDestination::CopyFile(const ShellPath& source, const ShellPath& target) {
  if (target.IsDirectory()) return FileExists(target);
  if (target.exists() && !settings_.overwrite) return FileExists(target);
  // With -d a file would be emptied by its own copy.
  if (settings_.direct && source.fs == target.fs && source.path == target.path) {
    return FileExists(target);
  }
  ASSIGN_OR_RETURN(std::unique_ptr<InputStream> in,
                   source.fs->Open(source.path, {.verify_checksum = settings_.verify_checksum}));
  progress_.Begin(source.text, source.status->length);
  RETURN_IF_ERROR(
      WriteTarget(target, [&](OutputStream& out) { return CopyAll(*in, out, &progress_); }));
  return Preserve(source, target);
}

Status CopyDestination::WriteTarget(const ShellPath& target,
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
  progress_.Begin("-", 0);
  return WriteTarget(target,
                     [&](OutputStream& out) { return CopyAll(shell_.in(), out, &progress_); });
}

}  // namespace tusk::dfs
