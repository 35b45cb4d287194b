#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "dfs/model/permission.h"
#include "dfs/namenode/namespace/inode.h"
#include "dfs/namenode/namespace/name_table.h"
#include "dfs/namenode/namespace/path_resolver.h"

namespace tusk::dfs::namenode {

/// Who calls, as the checks need it.
struct Identity {
  std::string user;
  NameId user_id = 0;
  std::vector<NameId> groups;
  bool superuser = false;

  bool InGroup(NameId group) const;
};

/// Unix permission rules with Hadoop's messages (Hadoop's FSPermissionChecker). With permissions
/// switched off every check passes except those for superuser privilege.
class PermissionChecker {
 public:
  /// `names` must outlive this object.
  PermissionChecker(const NameTable& names, bool enabled) : names_(names), enabled_(enabled) {}

  bool enabled() const { return enabled_; }

  /// x on every directory above the target. kPermissionDenied; also when an ancestor is a file.
  Status CheckTraverse(const Identity& who, const ResolvedPath& path) const;
  /// As CheckTraverse, and a file as an ancestor is kNotADirectory: for calls that create.
  Status CheckTraverseForCreate(const Identity& who, const ResolvedPath& path) const;
  /// Traverse, and `access` on the existing target.
  Status CheckTarget(const Identity& who, const ResolvedPath& path, Access access) const;
  /// Traverse, and `access` on the parent of the existing target, with the sticky bit rule.
  Status CheckParentForRemoval(const Identity& who, const ResolvedPath& path) const;
  /// Traverse for creation, and w on the nearest ancestor that exists.
  Status CheckAncestorForCreate(const Identity& who, const ResolvedPath& path) const;
  /// Traverse, and being the owner of the target.
  Status CheckOwner(const Identity& who, const ResolvedPath& path) const;
  /// `access` on one inode, which has this path.
  Status CheckInode(const Identity& who, const Inode& inode, std::string_view path,
                    Access access) const;
  /// The privilege of administrators.
  Status CheckSuperuser(const Identity& who) const;

 private:
  Status Traverse(const Identity& who, const ResolvedPath& path, bool creating) const;

  const NameTable& names_;
  const bool enabled_;
};

}  // namespace tusk::dfs::namenode
