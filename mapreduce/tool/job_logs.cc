#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <charconv>
#include <optional>

#include "common/base/status_macros.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/tool/attempt_log.h"
#include "mapreduce/tool/job_session.h"
#include "mapreduce/tool/job_text.h"

namespace tusk::mapreduce {
namespace {

namespace json = boost::json;

/// Which attempts of a job are meant.
struct Wanted {
  std::optional<TaskId> task;
  std::optional<AttemptId> attempt;
};

/// "m_17" or "r_000003" of a job.
std::optional<TaskId> ParseShortTask(const JobId& job, std::string_view text) {
  if (text.size() < 3 || text[1] != '_' || (text[0] != 'm' && text[0] != 'r')) return std::nullopt;
  TaskId id{job, text[0] == 'm' ? TaskType::kMap : TaskType::kReduce, 0};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, id.index);
  if (error != std::errc() || stop != end) return std::nullopt;
  return id;
}

Result<Wanted> ParseWanted(const JobId& job, JobArguments arguments) {
  Wanted wanted;
  if (!arguments.empty() && arguments[0] == "-task") arguments = arguments.subspan(1);
  if (arguments.empty()) return wanted;
  const std::string& text = arguments[0];
  if (const Result<AttemptId> attempt = AttemptId::Parse(text); attempt.ok()) {
    wanted.attempt = *attempt;
  } else if (const Result<TaskId> task = TaskId::Parse(text); task.ok()) {
    wanted.task = *task;
  } else {
    wanted.task = ParseShortTask(job, text);
  }
  if (arguments.size() > 1 || (!wanted.task && !wanted.attempt)) {
    return Status::Error(StatusCode::kInvalidArgument, "not a task or attempt: {}",
                         arguments.back());
  }
  if ((wanted.task && wanted.task->job != job) ||
      (wanted.attempt && wanted.attempt->task.job != job)) {
    return Status::Error(StatusCode::kInvalidArgument, "{} is not of {}", text, job.ToString());
  }
  return wanted;
}

/// The attempts to show: those asked for; else those that failed; else, when none did, all.
Result<std::vector<proto::AttemptReportProto>> Choose(
    const std::vector<proto::TaskReportProto>& tasks, const Wanted& wanted) {
  std::vector<proto::AttemptReportProto> chosen, all;
  for (const proto::TaskReportProto& task : tasks) {
    for (const proto::AttemptReportProto& attempt : task.attempts()) {
      ASSIGN_OR_RETURN(const AttemptId id, FromProto(attempt.attempt()));
      all.push_back(attempt);
      if (wanted.attempt ? id == *wanted.attempt
                         : (wanted.task ? id.task == *wanted.task
                                        : static_cast<AttemptState>(attempt.state()) ==
                                              AttemptState::kFailed)) {
        chosen.push_back(attempt);
      }
    }
  }
  const bool asked = wanted.task || wanted.attempt;
  return chosen.empty() && !asked ? all : chosen;
}

void PrintLog(FILE* out, const proto::AttemptReportProto& attempt, const Result<std::string>& log) {
  const auto state = static_cast<AttemptState>(attempt.state());
  fmt::print(out, "==== {}  {}  on {} ====\n", IdText(attempt.attempt()), AttemptStateName(state),
             attempt.tracker_id());
  if (!attempt.cause().empty()) fmt::print(out, "cause: {}\n", attempt.cause());
  if (log.ok()) {
    fmt::print(out, "{}{}", *log, log->empty() || log->ends_with('\n') ? "" : "\n");
    return;
  }
  // The tracker is gone, or has forgotten: what it told the jobtracker is left.
  if (!attempt.details().empty()) fmt::print(out, "{}\n", attempt.details());
  fmt::print(out, "(the whole log is not available: {})\n", log.status().message());
}

}  // namespace

Result<int> ShowLogs(JobSession& session, JobArguments arguments) {
  ASSIGN_OR_RETURN(const JobId id, ResolveJobId(session, arguments[0]));
  ASSIGN_OR_RETURN(const Wanted wanted, ParseWanted(id, arguments.subspan(1)));
  ASSIGN_OR_RETURN(const auto job, FindJob(session, id));
  if (!job) return kJobRefused;
  const Result<std::vector<proto::TaskReportProto>> tasks = session.client.Tasks(id, std::nullopt);
  if (tasks.status().code() == StatusCode::kNotFound) {
    fmt::print(session.out, "Logs not available for job {}: it is of an earlier jobtracker\n",
               id.ToString());
    return kJobRefused;
  }
  RETURN_IF_ERROR(tasks.status());
  ASSIGN_OR_RETURN(const std::vector<proto::AttemptReportProto> attempts, Choose(*tasks, wanted));
  if (attempts.empty()) {
    fmt::print(session.out, "Logs not available for job {}: no such attempt\n", id.ToString());
    return kJobRefused;
  }
  json::array rows;
  for (const proto::AttemptReportProto& attempt : attempts) {
    const Result<std::string> log = FetchAttemptLog(attempt.log_url());
    if (!session.json) {
      PrintLog(session.out, attempt, log);
      continue;
    }
    rows.emplace_back(json::object{{"attempt", IdText(attempt.attempt())},
                                   {"cause", attempt.cause()},
                                   {"details", attempt.details()},
                                   {"log", log.value_or("")},
                                   {"error", log.status().message()}});
  }
  if (session.json) fmt::print(session.out, "{}\n", json::serialize(rows));
  return 0;
}

}  // namespace tusk::mapreduce
