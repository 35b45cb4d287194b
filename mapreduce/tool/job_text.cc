#include "mapreduce/tool/job_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "mapreduce/model/ids.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/job_spec.h"
#include "mapreduce/model/task_state.h"

namespace tusk::mapreduce {
namespace {

constexpr size_t kNameColumn = 20;
constexpr std::string_view kUnavailable = "N/A";

JobState StateOf(const proto::JobStatusProto& job) { return static_cast<JobState>(job.state()); }

std::string_view PriorityOf(const proto::JobStatusProto& job) {
  return JobPriorityName(static_cast<JobPriority>(
      std::min(job.priority(), static_cast<uint32_t>(JobPriority::kVeryLow))));
}

/// A float as Java prints it: at least one digit behind the point.
std::string JavaFloat(float value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

/// "22-Nov-2026 17:20:01" in the local time zone (Hadoop's history viewer).
std::string HistoryDate(int64_t milliseconds) {
  if (milliseconds <= 0) return "";
  const std::time_t seconds = milliseconds / 1000;
  std::tm local = {};
  localtime_r(&seconds, &local);
  return fmt::format("{}-{:%b-%Y %H:%M:%S}", local.tm_mday, local);
}

/// "1hrs, 2mins, 3sec" (Hadoop's StringUtils.formatTime).
std::string TimeSpan(int64_t milliseconds) {
  const int64_t seconds = std::max<int64_t>(0, milliseconds) / 1000;
  std::string text;
  if (seconds >= 3600) text += fmt::format("{}hrs, ", seconds / 3600);
  if (seconds >= 60) text += fmt::format("{}mins, ", seconds / 60 % 60);
  return text + fmt::format("{}sec", seconds % 60);
}

std::string DateWithSpan(int64_t milliseconds, int64_t since) {
  if (milliseconds <= 0) return "";
  return fmt::format("{} ({})", HistoryDate(milliseconds), TimeSpan(milliseconds - since));
}

struct TaskSums {
  uint32_t total = 0;
  uint32_t succeeded = 0;
  uint32_t failed = 0;
  uint32_t killed = 0;
  int64_t started_ms = 0;
  int64_t finished_ms = 0;
};

TaskSums SumsOf(const proto::TaskCountsProto& counts, uint32_t type,
                const std::vector<proto::TaskReportProto>& tasks) {
  TaskSums sums{counts.total(), counts.succeeded(), counts.failed_attempts(),
                counts.killed_attempts()};
  for (const proto::TaskReportProto& task : tasks) {
    if (task.task().type() != type) continue;
    for (const proto::AttemptReportProto& attempt : task.attempts()) {
      const int64_t start = attempt.started_ms();
      if (start > 0 && (sums.started_ms == 0 || start < sums.started_ms)) sums.started_ms = start;
      sums.finished_ms = std::max(sums.finished_ms, attempt.finished_ms());
    }
  }
  return sums;
}

std::string SummaryLine(std::string_view kind, const TaskSums& sums) {
  return fmt::format("\n{}\t{}\t{}\t\t{}\t{}\t{}\t{}", kind, sums.total, sums.succeeded,
                     sums.failed, sums.killed, HistoryDate(sums.started_ms),
                     DateWithSpan(sums.finished_ms, sums.started_ms));
}

std::string AttemptLine(const proto::AttemptReportProto& attempt) {
  std::string cause = attempt.cause();
  std::replace(cause.begin(), cause.end(), '\n', ' ');
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", IdText(attempt.attempt()),
                     AttemptStateName(static_cast<AttemptState>(attempt.state())),
                     HistoryDate(attempt.started_ms()),
                     DateWithSpan(attempt.finished_ms(), attempt.started_ms()),
                     attempt.tracker_id(), cause);
}

std::string AttemptLines(const std::vector<proto::TaskReportProto>& tasks, bool all) {
  std::string lines;
  for (const proto::TaskReportProto& task : tasks) {
    for (const proto::AttemptReportProto& attempt : task.attempts()) {
      const auto state = static_cast<AttemptState>(attempt.state());
      if (all || state == AttemptState::kFailed) lines += AttemptLine(attempt);
    }
  }
  if (lines.empty()) return "";
  return fmt::format(
      "\n{} attempts\n"
      "====================================================\n"
      "AttemptId\tState\tStartTime\tFinishTime\tTracker\tError\n{}",
      all ? "All" : "FAILED", lines);
}

boost::json::object CountsJson(const proto::TaskCountsProto& counts) {
  return {{"total", counts.total()},
          {"pending", counts.pending()},
          {"running", counts.running()},
          {"succeeded", counts.succeeded()},
          {"failedAttempts", counts.failed_attempts()},
          {"killedAttempts", counts.killed_attempts()},
          {"progress", counts.progress()}};
}

}  // namespace

std::string IdText(const proto::JobIdProto& id) {
  const Result<JobId> parsed = FromProto(id);
  return parsed.ok() ? parsed->ToString() : "not a job id";
}

std::string IdText(const proto::AttemptIdProto& id) {
  const Result<AttemptId> parsed = FromProto(id);
  return parsed.ok() ? parsed->ToString() : "not an attempt id";
}

Counters CountersOf(const proto::CountersProto& counters) {
  return FromProto(counters).value_or(Counters());
}

std::string JobListText(const std::vector<proto::JobStatusProto>& jobs) {
  constexpr std::string_view kRow =
      "{:>23}\t{:>20}\t{:>10}\t{:>14}\t{:>12}\t{:>12}\t{:>10}\t{:>15}\t{:>15}\t{:>8}\t{:>8}\t{:>10}"
      "\t{:>10}\n";
  std::string text = fmt::format("Total jobs:{}\n", jobs.size());
  text +=
      fmt::format(kRow, "JobId", "JobName", "State", "StartTime", "UserName", "Queue", "Priority",
                  "UsedContainers", "RsvdContainers", "UsedMem", "RsvdMem", "NeededMem", "AM info");
  for (const proto::JobStatusProto& job : jobs) {
    text += fmt::format(kRow, IdText(job.job()), job.name().substr(0, kNameColumn),
                        JobStateName(StateOf(job)), job.started_ms(), job.user(), "default",
                        PriorityOf(job), job.maps().running() + job.reduces().running(),
                        kUnavailable, kUnavailable, kUnavailable, kUnavailable, job.url());
  }
  return text;
}

std::string CountersText(const Counters& counters) {
  size_t count = 0;
  std::string last_group, text;
  counters.ForEach([&](std::string_view group, std::string_view group_display, std::string_view,
                       std::string_view display, int64_t value) {
    if (group != last_group) text += fmt::format("\t{}\n", group_display);
    last_group = group;
    text += fmt::format("\t\t{}={}\n", display, value);
    ++count;
  });
  return fmt::format("Counters: {}\n{}", count, text);
}

std::string JobStatusText(const proto::JobStatusProto& job) {
  std::string text = fmt::format(
      "\nJob: {}\n"
      "Job Name: {}\n"
      "Job Tracking URL : {}\n"
      "Uber job : false\n"
      "Number of maps: {}\n"
      "Number of reduces: {}\n"
      "map() completion: {}\n"
      "reduce() completion: {}\n"
      "Job state: {}\n"
      "retired: false\n"
      "reason for failure: {}\n",
      IdText(job.job()), job.name(), job.url(), job.maps().total(), job.reduces().total(),
      JavaFloat(job.maps().progress()), JavaFloat(job.reduces().progress()),
      JobStateName(StateOf(job)), job.cause());
  if (!job.details().empty()) text += job.details() + "\n";
  return text + CountersText(CountersOf(job.counters()));
}

std::string JobHistoryText(const proto::JobStatusProto& job,
                           const std::vector<proto::TaskReportProto>& tasks, bool all) {
  constexpr std::string_view kCounterRow = "|{:<30}|{:<40}|{:>14}|\n";
  const int64_t submitted = job.submitted_ms();
  std::string text = fmt::format(
      "\nHadoop job: {}\n"
      "=====================================\n"
      "User: {}\n"
      "JobName: {}\n"
      "Submitted At: {}\n"
      "Launched At: {}\n"
      "Finished At: {}\n"
      "Status: {}\n",
      IdText(job.job()), job.user(), job.name(), HistoryDate(submitted),
      DateWithSpan(job.started_ms(), submitted), DateWithSpan(job.finished_ms(), job.started_ms()),
      JobStateName(StateOf(job)));
  if (!job.cause().empty()) text += fmt::format("Reason: {}\n", job.cause());
  text += "Counters: \n\n";
  text += fmt::format(kCounterRow, "Group Name", "Counter name", "Total Value");
  text += std::string(88, '-') + "\n";
  CountersOf(job.counters())
      .ForEach([&](std::string_view, std::string_view group, std::string_view,
                   std::string_view display,
                   int64_t value) { text += fmt::format(kCounterRow, group, display, value); });
  text += "\n=====================================\n";
  text +=
      "\nTask Summary"
      "\n============================"
      "\nKind\tTotal\tSuccessful\tFailed\tKilled\tStartTime\tFinishTime\n";
  text += SummaryLine("Map", SumsOf(job.maps(), 0, tasks));
  text += SummaryLine("Reduce", SumsOf(job.reduces(), 1, tasks));
  text += "\n============================\n";
  return text + AttemptLines(tasks, all);
}

boost::json::object CountersJson(const Counters& counters) {
  boost::json::object groups;
  counters.ForEach([&groups](std::string_view group, std::string_view, std::string_view name,
                             std::string_view, int64_t value) {
    boost::json::value& values = groups[group];
    if (!values.is_object()) values.emplace_object();
    values.get_object()[name] = value;
  });
  return groups;
}

boost::json::object JobJson(const proto::JobStatusProto& job) {
  boost::json::array inputs;
  for (const std::string& path : job.input_paths()) inputs.emplace_back(path);
  boost::json::object out = {{"id", IdText(job.job())},
                             {"name", job.name()},
                             {"user", job.user()},
                             {"state", JobStateName(StateOf(job))},
                             {"priority", PriorityOf(job)},
                             {"submittedMs", job.submitted_ms()},
                             {"startedMs", job.started_ms()},
                             {"finishedMs", job.finished_ms()},
                             {"maps", CountsJson(job.maps())},
                             {"reduces", CountsJson(job.reduces())},
                             {"inputs", std::move(inputs)},
                             {"output", job.output_path()},
                             {"url", job.url()},
                             {"cause", job.cause()},
                             {"details", job.details()}};
  if (job.has_counters()) out["counters"] = CountersJson(CountersOf(job.counters()));
  return out;
}

boost::json::object TaskJson(const proto::TaskReportProto& task) {
  boost::json::array attempts;
  for (const proto::AttemptReportProto& attempt : task.attempts()) {
    attempts.emplace_back(
        boost::json::object{{"id", IdText(attempt.attempt())},
                            {"state", AttemptStateName(static_cast<AttemptState>(attempt.state()))},
                            {"tracker", attempt.tracker_id()},
                            {"locality", attempt.locality()},
                            {"startedMs", attempt.started_ms()},
                            {"finishedMs", attempt.finished_ms()},
                            {"progress", attempt.progress()},
                            {"log", attempt.log_url()},
                            {"cause", attempt.cause()},
                            {"details", attempt.details()}});
  }
  const Result<TaskId> id = FromProto(task.task());
  return {{"id", id.ok() ? id->ToString() : "not a task id"},
          {"state", TaskStateName(static_cast<TaskState>(task.state()))},
          {"split", task.split()},
          {"attempts", std::move(attempts)},
          {"counters", CountersJson(CountersOf(task.counters()))}};
}

}  // namespace tusk::mapreduce
