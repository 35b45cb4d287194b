#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <fstream>
#include <optional>

#include "common/base/status_macros.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/tool/job_session.h"
#include "mapreduce/tool/job_text.h"

namespace tusk::mapreduce {
namespace {

namespace json = boost::json;

/// The words of `-history [all] ID [-outfile FILE] [-format human|json]`.
struct HistoryWords {
  bool all = false;
  bool json = false;
  std::string id;
  std::string file;
};

Result<HistoryWords> ParseHistoryWords(JobArguments arguments) {
  HistoryWords words;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool more = i + 1 < arguments.size();
    if (arguments[i] == "all" && words.id.empty() && !words.all) {
      words.all = true;
    } else if (arguments[i] == "-outfile" && more) {
      words.file = arguments[++i];
    } else if (arguments[i] == "-format" && more) {
      const std::string& format = arguments[++i];
      if (format != "human" && format != "json") {
        return Status::Error(StatusCode::kInvalidArgument, "no such format: {}", format);
      }
      words.json = format == "json";
    } else if (words.id.empty() && !arguments[i].starts_with('-')) {
      words.id = arguments[i];
    } else {
      return Status::Error(StatusCode::kInvalidArgument, "unexpected word: {}", arguments[i]);
    }
  }
  if (words.id.empty()) return Status(StatusCode::kInvalidArgument, "a job's id is needed");
  return words;
}

Status WriteHistory(JobSession& session, const std::string& file, const std::string& text) {
  if (file.empty()) {
    fmt::print(session.out, "{}", text);
    return Status::Ok();
  }
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out) return Status::Ok();
  return Status::Error(StatusCode::kIoError, "cannot write {}", file);
}

}  // namespace

Result<int> ShowStatus(JobSession& session, JobArguments arguments) {
  ASSIGN_OR_RETURN(const JobId id, ResolveJobId(session, arguments[0]));
  ASSIGN_OR_RETURN(const auto job, FindJob(session, id));
  if (!job) return kJobRefused;
  if (session.json) {
    fmt::print(session.out, "{}\n", json::serialize(JobJson(*job)));
  } else {
    fmt::print(session.out, "{}", JobStatusText(*job));
  }
  return 0;
}

Result<int> ShowCounter(JobSession& session, JobArguments arguments) {
  ASSIGN_OR_RETURN(const JobId id, ResolveJobId(session, arguments[0]));
  ASSIGN_OR_RETURN(const auto job, FindJob(session, id));
  if (!job) return kJobRefused;
  const int64_t value = CountersOf(job->counters()).Get(arguments[1], arguments[2]);
  if (session.json) {
    const json::object answer = {{"group", arguments[1]}, {"name", arguments[2]}, {"value", value}};
    fmt::print(session.out, "{}\n", json::serialize(answer));
  } else {
    fmt::print(session.out, "{}\n", value);
  }
  return 0;
}

Result<int> ShowHistory(JobSession& session, JobArguments arguments) {
  ASSIGN_OR_RETURN(const HistoryWords words, ParseHistoryWords(arguments));
  ASSIGN_OR_RETURN(const JobId id, ResolveJobId(session, words.id));
  ASSIGN_OR_RETURN(const auto job, FindJob(session, id));
  if (!job) return kJobRefused;
  Result<std::vector<proto::TaskReportProto>> tasks = session.client.Tasks(id, std::nullopt);
  // Of jobs of an earlier run of the jobtracker only the job itself is known.
  if (tasks.status().code() == StatusCode::kNotFound) tasks = std::vector<proto::TaskReportProto>();
  RETURN_IF_ERROR(tasks.status());
  std::string text;
  if (words.json || session.json) {
    json::object answer = JobJson(*job);
    json::array rows;
    for (const proto::TaskReportProto& task : *tasks) rows.emplace_back(TaskJson(task));
    answer["tasks"] = std::move(rows);
    text = json::serialize(answer) + "\n";
  } else {
    text = JobHistoryText(*job, *tasks, words.all);
  }
  RETURN_IF_ERROR(WriteHistory(session, words.file, text));
  return 0;
}

}  // namespace tusk::mapreduce
