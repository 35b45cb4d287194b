#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <optional>

#include "common/base/status_macros.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/tool/job_session.h"
#include "mapreduce/tool/job_text.h"

namespace tusk::mapreduce {
namespace {

namespace json = boost::json;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::optional<TaskType> ParseTaskType(const std::string& text) {
  if (Lower(text) == "map") return TaskType::kMap;
  if (Lower(text) == "reduce") return TaskType::kReduce;
  return std::nullopt;
}

/// Hadoop's words for tasks (TIPStatus) as our states.
std::optional<TaskState> ParseTaskState(const std::string& text) {
  const std::string state = Lower(text);
  if (state == "pending") return TaskState::kPending;
  if (state == "running") return TaskState::kRunning;
  if (state == "completed") return TaskState::kSucceeded;
  if (state == "failed") return TaskState::kFailed;
  if (state == "killed") return TaskState::kKilled;
  return std::nullopt;
}

/// The attempts that Hadoop names for a task in this state: the one that succeeded, or those that
/// run; of failed and killed tasks, all.
bool IsListed(TaskState task, AttemptState attempt) {
  if (task == TaskState::kSucceeded) return attempt == AttemptState::kSucceeded;
  if (task == TaskState::kRunning) return !IsFinal(attempt);
  return true;
}

}  // namespace

Result<JobId> ResolveJobId(JobSession& session, const std::string& text) {
  Result<JobId> whole = JobId::Parse(text);
  if (whole.ok() || text.empty() || text.starts_with("job_")) return whole;
  ASSIGN_OR_RETURN(const std::vector<proto::JobStatusProto> jobs, session.client.List(true));
  std::vector<JobId> found;
  for (const proto::JobStatusProto& job : jobs) {
    ASSIGN_OR_RETURN(const JobId id, FromProto(job.job()));
    if (text == "last" || id.ToString().ends_with("_" + text)) found.push_back(id);
  }
  if (text == "last" && !found.empty()) return *std::max_element(found.begin(), found.end());
  if (found.size() == 1) return found[0];
  if (found.empty()) return Status::Error(StatusCode::kInvalidArgument, "not a job id: {}", text);
  std::string names;
  for (const JobId& id : found) names += " " + id.ToString();
  return Status::Error(StatusCode::kInvalidArgument, "{} may be any of{}", text, names);
}

Result<std::optional<proto::JobStatusProto>> FindJob(JobSession& session, const JobId& id) {
  Result<proto::JobStatusProto> job = session.client.GetStatus(id, true);
  if (job.ok()) return std::optional(std::move(job).value());
  if (job.status().code() != StatusCode::kNotFound) return job.status();
  fmt::print(session.out, "Could not find job {}\n", id.ToString());
  return std::optional<proto::JobStatusProto>();
}

Result<int> ListJobs(JobSession& session, JobArguments arguments) {
  if (!arguments.empty() && arguments[0] != "all") {
    return Status::Error(StatusCode::kInvalidArgument, "not \"all\": {}", arguments[0]);
  }
  ASSIGN_OR_RETURN(const std::vector<proto::JobStatusProto> jobs,
                   session.client.List(!arguments.empty()));
  if (session.json) {
    json::array rows;
    for (const proto::JobStatusProto& job : jobs) rows.emplace_back(JobJson(job));
    fmt::print(session.out, "{}\n", json::serialize(rows));
    return 0;
  }
  fmt::print(session.out, "{}", JobListText(jobs));
  return 0;
}

Result<int> ListTrackers(JobSession& session, JobArguments) {
  ASSIGN_OR_RETURN(const std::vector<proto::TrackerReportProto> trackers,
                   session.client.Trackers());
  json::array rows;
  for (const proto::TrackerReportProto& tracker : trackers) {
    if (!tracker.live()) continue;
    if (!session.json) {
      fmt::print(session.out, "{}\n", tracker.tracker_id());
      continue;
    }
    rows.emplace_back(json::object{{"id", tracker.tracker_id()},
                                   {"host", tracker.host()},
                                   {"http", tracker.http_address()},
                                   {"mapSlots", tracker.map_slots()},
                                   {"reduceSlots", tracker.reduce_slots()},
                                   {"runningMaps", tracker.running_maps()},
                                   {"runningReduces", tracker.running_reduces()},
                                   {"failures", tracker.failures()}});
  }
  if (session.json) fmt::print(session.out, "{}\n", json::serialize(rows));
  return 0;
}

Result<int> ListAttemptIds(JobSession& session, JobArguments arguments) {
  const std::optional<TaskType> type = ParseTaskType(arguments[1]);
  if (!type) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "Invalid task-type: {}. Valid types for task are: MAP, REDUCE",
                         arguments[1]);
  }
  const std::optional<TaskState> state = ParseTaskState(arguments[2]);
  if (!state) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "Invalid task-state: {}. Valid states for task are: pending, running, "
                         "completed, failed, killed",
                         arguments[2]);
  }
  ASSIGN_OR_RETURN(const JobId id, ResolveJobId(session, arguments[0]));
  ASSIGN_OR_RETURN(const auto job, FindJob(session, id));
  if (!job) return kJobRefused;
  ASSIGN_OR_RETURN(const std::vector<proto::TaskReportProto> tasks,
                   session.client.Tasks(id, *type));
  json::array rows;
  for (const proto::TaskReportProto& task : tasks) {
    if (static_cast<TaskState>(task.state()) != *state) continue;
    for (const proto::AttemptReportProto& attempt : task.attempts()) {
      if (!IsListed(*state, static_cast<AttemptState>(attempt.state()))) continue;
      const std::string name = IdText(attempt.attempt());
      if (!session.json) fmt::print(session.out, "{}\n", name);
      rows.emplace_back(name);
    }
  }
  if (session.json) fmt::print(session.out, "{}\n", json::serialize(rows));
  return 0;
}

}  // namespace tusk::mapreduce
