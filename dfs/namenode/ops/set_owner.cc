#include "dfs/namenode/ops/set_owner.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace {

constexpr size_t kMaxNameBytes = 255;

/// By text: interning what a caller makes up would keep it for ever.
bool IsMember(const Identity& who, std::string_view group, const NameTable& names) {
  return std::any_of(who.groups.begin(), who.groups.end(),
                     [&](NameId id) { return names.Name(id) == group; });
}

Status CheckName(std::string_view name) {
  if (name.size() <= kMaxNameBytes && name.find('\0') == std::string_view::npos)
    return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument, "user or group name of {} bytes", name.size());
}

}  // namespace

Result<TxId> SetOwner(const OpContext& context, const Caller& caller, std::string_view path_text,
                      std::string_view user, std::string_view group) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot set owner for ", path_text));
  RETURN_IF_ERROR(CheckName(user));
  RETURN_IF_ERROR(CheckName(group));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckOwner(*caller.who, path));
  if (!path.Exists()) return NoSuchFile(path_text);
  NameTable& names = context.ns.names();
  if (!caller.who->superuser && context.permissions.enabled()) {
    if (!user.empty() && user != caller.who->user) {
      return Status::Error(StatusCode::kPermissionDenied,
                           "User {} is not a super user (non-super user cannot change owner).",
                           caller.who->user);
    }
    if (!group.empty() && !IsMember(*caller.who, group, names)) {
      return Status::Error(StatusCode::kPermissionDenied, "User {} does not belong to {}",
                           caller.who->user, group);
    }
  }
  Mutation mutation = NewMutation(context, caller, MutationKind::kSetOwner);
  SetAttributes set;
  set.id = path.target()->id;
  if (!user.empty()) set.owner = names.Intern(user);
  if (!group.empty()) set.group = names.Intern(group);
  mutation.changes.push_back(std::move(set));
  return context.ns.Commit(mutation);
}

}  // namespace tusk::dfs::namenode
