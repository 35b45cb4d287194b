#include "common/base/status_macros.h"
#include "dfs/model/permission.h"
#include "dfs/tool/flag_parser.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

/// The words in front of an error while a path's attribute is changed, as Hadoop's
/// FsShellPermissions has them.
Status Changing(std::string_view what, const ShellPath& path, const Status& status) {
  if (status.ok()) return status;
  return Status::Error(status.code(), "changing {} of '{}': {}", what, path.text, status.message());
}

/// Calls `change` for each path, with -R for all below.
void ChangeEach(FsShell& shell, const FlagParser& flags, std::span<const std::string> paths,
                const std::function<Status(ShellPath&)>& change) {
  shell.ForEach(paths, [&](ShellPath& path) -> Status {
    if (!flags.Has("R")) return change(path);
    shell.Walk(path, change);
    return Status::Ok();
  });
}

Status RunChmod(FsShell& shell, std::span<const std::string> arguments) {
  FlagParser flags({"R", "f"}, 2, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  const std::string& mode = flags.arguments()[0];
  Result<PermissionChange> change = PermissionChange::Parse(mode);
  if (!change.ok()) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "chmod : mode '{}' does not match the expected pattern.", mode);
  }
  ChangeEach(shell, flags, std::span(flags.arguments()).subspan(1), [&](ShellPath& path) {
    const uint16_t now = path.status->permission;
    const uint16_t next = change->Apply(now, path.IsDirectory());
    if (next == now) return Status::Ok();
    return Changing("permissions", path, path.fs->SetPermission(path.path, next));
  });
  return Status::Ok();
}

bool IsNameText(std::string_view text) {
  for (char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && std::string_view("-_./@").find(c) == std::string_view::npos) return false;
  }
  return true;
}

Status Chown(FsShell& shell, std::span<const std::string> arguments, bool group_only) {
  FlagParser flags({"R", "f"}, 2, SIZE_MAX);
  RETURN_IF_ERROR(flags.Parse(arguments));
  const std::string& text = flags.arguments()[0];
  std::string owner;
  std::string group = text;
  if (!group_only) {
    const size_t colon = text.find(':');
    owner = text.substr(0, colon);
    group = colon == std::string::npos ? "" : text.substr(colon + 1);
  }
  if (!group_only && text == ":") {
    return Status::Error(StatusCode::kInvalidArgument, "'{}' does not specify owner or group.",
                         text);
  }
  if (!IsNameText(owner) || !IsNameText(group) || (owner.empty() && group.empty())) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "'{}' does not match expected pattern for {}.", text,
                         group_only ? "group" : "[owner][:group]");
  }
  ChangeEach(shell, flags, std::span(flags.arguments()).subspan(1), [&](ShellPath& path) {
    const std::string new_owner = owner == path.status->owner ? "" : owner;
    const std::string new_group = group == path.status->group ? "" : group;
    if (new_owner.empty() && new_group.empty()) return Status::Ok();
    return Changing("ownership", path, path.fs->SetOwner(path.path, new_owner, new_group));
  });
  return Status::Ok();
}

Status RunChown(FsShell& shell, std::span<const std::string> arguments) {
  return Chown(shell, arguments, false);
}

Status RunChgrp(FsShell& shell, std::span<const std::string> arguments) {
  return Chown(shell, arguments, true);
}

}  // namespace

const FsCommand kFsChmod = {
    "-chmod", "[-R] <MODE[,MODE]... | OCTALMODE> PATH...",
    "Changes permissions of a file. This works similar to the shell's chmod\n"
    "command with a few exceptions.\n\n"
    "  -R           modifies the files recursively.\n"
    "  <MODE>       as for the shell's command; the only letters recognized are\n"
    "               'rwxXt', e.g. +t,a+r,g-w,+rwx,o=r.\n"
    "  <OCTALMODE>  3 or 4 digits; a leading 1 or 0 turns the sticky bit on or off.",
    &RunChmod};

const FsCommand kFsChown = {
    "-chown", "[-R] [OWNER][:[GROUP]] PATH...",
    "Changes owner and group of a file. A name that is not given is unchanged.\n\n"
    "  -R  modifies the files recursively.",
    &RunChown};

const FsCommand kFsChgrp = {"-chgrp", "[-R] GROUP PATH...",
                            "This is equivalent to -chown ... :GROUP ...", &RunChgrp};

}  // namespace tusk::dfs
