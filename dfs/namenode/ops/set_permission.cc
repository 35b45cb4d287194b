#include "dfs/namenode/ops/set_permission.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/model/permission.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Result<TxId> SetPermission(const OpContext& context, const Caller& caller,
                           std::string_view path_text, uint16_t permission) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot set permission for ", path_text));
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckOwner(*caller.who, path));
  if (!path.Exists()) return NoSuchFile(path_text);
  Mutation mutation = NewMutation(context, caller, MutationKind::kSetPermission);
  SetAttributes set;
  set.id = path.target()->id;
  set.permission = permission & kPermissionMask;
  mutation.changes.push_back(std::move(set));
  return context.ns.Commit(mutation);
}

}  // namespace tusk::dfs::namenode
