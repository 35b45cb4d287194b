#pragma once

#include "dfs/namenode/ops/operation.h"

namespace tusk::dfs::namenode {

/// Takes a path out of the namespace; what was below it is given back in the background. False
/// when it does not exist, and for the root. kNotEmpty: a directory with entries, not recursive.
/// Needs w on the parent (sticky bit), and for a tree rwx on every directory with entries.
Result<Outcome<bool>> DeletePath(const OpContext& context, const Caller& caller,
                                 std::string_view path, bool recursive);

/// Adds to `mutation` the removal of `inode`, which may be a tree. Call ReleaseDeleted after the
/// commit.
void RemoveFromTree(const Inode& inode, Mutation* mutation);
/// Tells leases, reclaimer and block manager about what RemoveFromTree removed.
void ReleaseDeleted(const OpContext& context, const Inode& inode, TxId txid);

/// rwx on every directory with entries at or below `inode`, as deletion needs it.
Status CheckSubtreeAccess(const OpContext& context, const Caller& caller, const InodePtr& inode,
                          std::string_view path) REQUIRES_SHARED(context.ns.mutex());

}  // namespace tusk::dfs::namenode
