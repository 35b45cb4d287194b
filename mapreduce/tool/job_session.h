#pragma once

#include <cstdio>
#include <optional>
#include <span>
#include <string>

#include "common/base/result.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce {

class JobClient;

/// What one `tusk job` works with.
struct JobSession {
  JobClient& client;
  FILE* out = stdout;
  bool json = false;  ///< answers as JSON
};

using JobArguments = std::span<const std::string>;

/// How a verb answers "there is no such job", "it has ended already" and the like: said on `out`
/// in Hadoop's words, with exit status 255.
inline constexpr int kJobRefused = 255;

// The verbs, each with its arguments behind the verb, of which there are as many as the table in
// job_command.cc says. They return exit statuses; errors are those of the jobtracker.
// kInvalidArgument: the usage is shown.
Result<int> ListJobs(JobSession& session, JobArguments arguments);
Result<int> ListTrackers(JobSession& session, JobArguments arguments);
Result<int> ListAttemptIds(JobSession& session, JobArguments arguments);
Result<int> ShowStatus(JobSession& session, JobArguments arguments);
Result<int> ShowCounter(JobSession& session, JobArguments arguments);
Result<int> ShowHistory(JobSession& session, JobArguments arguments);
Result<int> ShowLogs(JobSession& session, JobArguments arguments);
Result<int> KillJob(JobSession& session, JobArguments arguments);
Result<int> ChangePriority(JobSession& session, JobArguments arguments);

/// The id that `text` means: a whole one, "last" for the newest job, or the end of exactly one
/// job's id ("0003"). kInvalidArgument for anything else; a whole id is not looked up.
Result<JobId> ResolveJobId(JobSession& session, const std::string& text);

/// The job's final or present state with counters; nothing, after "Could not find job ID" was
/// printed, when there is none.
Result<std::optional<proto::JobStatusProto>> FindJob(JobSession& session, const JobId& id);

}  // namespace tusk::mapreduce
