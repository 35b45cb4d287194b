#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/tool/job_session.h"

namespace tusk::mapreduce {

Result<int> KillJob(JobSession& session, JobArguments arguments) {
  ASSIGN_OR_RETURN(const JobId id, ResolveJobId(session, arguments[0]));
  ASSIGN_OR_RETURN(const auto job, FindJob(session, id));
  if (!job) return kJobRefused;
  bool killed = false;
  if (!HasEnded(*job)) {
    ASSIGN_OR_RETURN(killed, session.client.Kill(id));
  }
  if (killed) {
    fmt::print(session.out, "Killed job {}\n", id.ToString());
    return 0;
  }
  ASSIGN_OR_RETURN(const auto ended, FindJob(session, id));  // it may have ended just now
  const JobState state = ended ? static_cast<JobState>(ended->state()) : JobState::kFailed;
  if (state == JobState::kKilled || state == JobState::kKilling) {
    fmt::print(session.out, "The job {} has already been killed.\n", id.ToString());
  } else if (state == JobState::kSucceeded) {
    fmt::print(session.out, "Could not kill the job {}, as it has already succeeded.\n",
               id.ToString());
  } else {
    fmt::print(session.out, "Could not mark the job {} as killed, as it has already failed.\n",
               id.ToString());
  }
  return kJobRefused;
}

Result<int> ChangePriority(JobSession& session, JobArguments arguments) {
  ASSIGN_OR_RETURN(const JobPriority priority, ParseJobPriority(arguments[1]));
  ASSIGN_OR_RETURN(const JobId id, ResolveJobId(session, arguments[0]));
  ASSIGN_OR_RETURN(const auto job, FindJob(session, id));
  if (!job) return kJobRefused;
  RETURN_IF_ERROR(session.client.SetPriority(id, priority));
  fmt::print(session.out, "Changed job priority.\n");
  return 0;
}

}  // namespace tusk::mapreduce
