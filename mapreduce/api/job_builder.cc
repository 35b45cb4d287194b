#include "mapreduce/api/job_builder.h"

#include "common/base/status_macros.h"

namespace tusk::mapreduce {

Status Job::MakeSplits(dfs::FileSystem& files, const SplitOptions& options) {
  if (splits_ == nullptr) {
    return Status::Error(StatusCode::kInvalidArgument, "job \"{}\" has no Read", spec_.name);
  }
  ASSIGN_OR_RETURN(spec_.splits, splits_(spec_, files, options));
  return Status::Ok();
}

}  // namespace tusk::mapreduce
