#include "dfs/namenode/namespace/permission_checker.h"

#include <algorithm>
#include <string>

#include "common/base/status_macros.h"

namespace tusk::dfs::namenode {

namespace {

std::string ModeText(const Inode& inode) {
  return (inode.IsDirectory() ? "d" : "-") + PermissionText(inode.permission);
}

Relation RelationOf(const Identity& who, const Inode& inode) {
  if (inode.owner == who.user_id) return Relation::kOwner;
  return who.InGroup(inode.group) ? Relation::kGroup : Relation::kOther;
}

}  // namespace

bool Identity::InGroup(NameId group) const {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

Status PermissionChecker::CheckInode(const Identity& who, const Inode& inode, std::string_view path,
                                     Access access) const {
  if (!enabled_ || who.superuser) return Status::Ok();
  if (Allows(inode.permission, RelationOf(who, inode), access)) return Status::Ok();
  return Status(
      StatusCode::kPermissionDenied,
      PermissionDeniedMessage(who.user, access, path, names_.Name(inode.owner),
                              names_.Name(inode.group), inode.IsDirectory(), inode.permission));
}

Status PermissionChecker::Traverse(const Identity& who, const ResolvedPath& path,
                                   bool creating) const {
  // All inodes but the last one of a complete path are ancestors.
  const size_t ancestors = path.Exists() ? path.inodes.size() - 1 : path.inodes.size();
  for (size_t i = 0; i < ancestors; ++i) {
    const Inode& inode = *path.inodes[i];
    const std::string_view text = path.path.Prefix(i);
    if (!inode.IsDirectory()) {
      if (creating) {
        return Status::Error(StatusCode::kNotADirectory, "{} (is not a directory)", text);
      }
      if (!enabled_ || who.superuser) return Status::Ok();
      return Status::Error(StatusCode::kPermissionDenied,
                           "Permission denied: user={}, access=EXECUTE, inode=\"{}\":{}:{}:{} "
                           "(Ancestor {} is not a directory).",
                           who.user, text, names_.Name(inode.owner), names_.Name(inode.group),
                           ModeText(inode), text);
    }
    RETURN_IF_ERROR(CheckInode(who, inode, text, Access::kExecute));
  }
  return Status::Ok();
}

Status PermissionChecker::CheckTraverse(const Identity& who, const ResolvedPath& path) const {
  return Traverse(who, path, /*creating=*/false);
}

Status PermissionChecker::CheckTraverseForCreate(const Identity& who,
                                                 const ResolvedPath& path) const {
  return Traverse(who, path, /*creating=*/true);
}

Status PermissionChecker::CheckTarget(const Identity& who, const ResolvedPath& path,
                                      Access access) const {
  RETURN_IF_ERROR(CheckTraverse(who, path));
  if (!path.Exists()) return Status::Ok();
  return CheckInode(who, *path.target(), path.path.text, access);
}

Status PermissionChecker::CheckParentForRemoval(const Identity& who,
                                                const ResolvedPath& path) const {
  RETURN_IF_ERROR(CheckTraverse(who, path));
  if (!path.Exists() || path.path.IsRoot()) return Status::Ok();
  const Inode& parent = *path.parent();
  const Inode& inode = *path.target();
  const std::string_view parent_text = path.path.Prefix(path.path.components.size() - 1);
  RETURN_IF_ERROR(CheckInode(who, parent, parent_text, Access::kWrite));
  if (!enabled_ || who.superuser || (parent.permission & kStickyBit) == 0) return Status::Ok();
  if (inode.owner == who.user_id || parent.owner == who.user_id) return Status::Ok();
  return Status::Error(
      StatusCode::kPermissionDenied,
      "Permission denied by sticky bit: user={}, path=\"{}\":{}:{}:{}, parent=\"{}\":{}:{}:{}",
      who.user, path.path.text, names_.Name(inode.owner), names_.Name(inode.group), ModeText(inode),
      parent_text, names_.Name(parent.owner), names_.Name(parent.group), ModeText(parent));
}

Status PermissionChecker::CheckAncestorForCreate(const Identity& who,
                                                 const ResolvedPath& path) const {
  RETURN_IF_ERROR(CheckTraverseForCreate(who, path));
  const size_t ancestor =
      path.Exists() && !path.path.IsRoot() ? path.inodes.size() - 2 : path.inodes.size() - 1;
  return CheckInode(who, *path.inodes[ancestor], path.path.Prefix(ancestor), Access::kWrite);
}

Status PermissionChecker::CheckOwner(const Identity& who, const ResolvedPath& path) const {
  RETURN_IF_ERROR(CheckTraverse(who, path));
  if (!enabled_ || who.superuser || !path.Exists()) return Status::Ok();
  if (path.target()->owner == who.user_id) return Status::Ok();
  return Status::Error(StatusCode::kPermissionDenied,
                       "Permission denied. user={} is not the owner of inode={}", who.user,
                       path.path.text);
}

Status PermissionChecker::CheckSuperuser(const Identity& who) const {
  if (who.superuser) return Status::Ok();
  return Status::Error(StatusCode::kPermissionDenied,
                       "Access denied for user {}. Superuser privilege is required", who.user);
}

}  // namespace tusk::dfs::namenode
