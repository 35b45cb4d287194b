#include "dfs/namenode/ops/set_times.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

Result<TxId> SetTimes(const OpContext& context, const Caller& caller, std::string_view path_text,
                      std::optional<int64_t> modification_ms, std::optional<int64_t> access_ms) {
  RETURN_IF_ERROR(context.safe_mode.CheckWritable("Cannot set times ", path_text));
  if (access_ms && context.options.access_time_precision.count() == 0) {
    return Status(StatusCode::kFailedPrecondition,
                  "Access time for hdfs is not configured.  Please set "
                  "dfs.namenode.accesstime.precision configuration parameter.")
        .WithRemoteClass("java.io.IOException");
  }
  WriterLock lock(context.ns.mutex());
  ASSIGN_OR_RETURN(const ResolvedPath path, ResolveFor(context, path_text));
  RETURN_IF_ERROR(context.permissions.CheckTarget(*caller.who, path, Access::kWrite));
  if (!path.Exists()) {
    return Status::Error(StatusCode::kNotFound, "File/Directory {} does not exist.", path_text);
  }
  Mutation mutation = NewMutation(context, caller, MutationKind::kSetTimes);
  SetAttributes set;
  set.id = path.target()->id;
  set.modification_ms = modification_ms;
  set.access_ms = access_ms;
  mutation.changes.push_back(std::move(set));
  return context.ns.Commit(mutation);
}

}  // namespace tusk::dfs::namenode
