#include "mapreduce/jobtracker/web/jobtracker_pages.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/http/http_message.h"
#include "common/http/http_server.h"
#include "common/http/page.h"
#include "common/http/page_text.h"
#include "common/time/clock.h"
#include "mapreduce/jobtracker/job_history.h"
#include "mapreduce/jobtracker/job_table.h"
#include "mapreduce/jobtracker/service/job_client_service.h"
#include "mapreduce/jobtracker/web/job_json.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce::jobtracker {

namespace {

namespace json = boost::json;
using http::EscapeHtml;
using http::HtmlTable;
using http::ShowDuration;

constexpr uint32_t kTasksShown = 500;

std::string DoneOf(const json::value& job, std::string_view kind) {
  const json::value& counts = job.as_object().at(kind);
  return fmt::format("{} of {}", NumberOf(counts, "succeeded"), NumberOf(counts, "total"));
}

// --- the list of jobs
// -------------------------------------------------------------------------------

json::value JobsModel(JobTable& table, JobHistory& history, const Clock& clock) {
  json::array jobs;
  size_t running = 0;
  for (const JobSnapshot& job : table.List(true)) {
    proto::JobStatusProto status;
    ToProto(job, "", false, &status);
    if (!IsFinal(job.state)) ++running;
    jobs.push_back(JobJson(status, clock.WallMillis()));
  }
  for (const proto::JobStatusProto& job : history.List()) {
    const Result<JobId> id = FromProto(job.job());
    if (!id.ok() || table.Get(*id, false)) continue;
    jobs.push_back(JobJson(job, clock.WallMillis()));
  }
  size_t live = 0;
  uint32_t slots = 0;
  for (const TrackerSnapshot& tracker : table.Trackers()) {
    if (!tracker.live) continue;
    ++live;
    slots += tracker.description.map_slots;
  }
  return json::object{
      {"running", running}, {"trackers", live}, {"mapSlots", slots}, {"jobs", jobs}};
}

std::string RenderJobs(const json::value& model) {
  const int64_t trackers = NumberOf(model, "trackers");
  std::string page = http::HealthSentence(
      trackers > 0 ? "good" : "bad",
      trackers > 0 ? fmt::format("{} jobs run on {} trackers with {} map slots.",
                                 NumberOf(model, "running"), trackers, NumberOf(model, "mapSlots"))
                   : "No tasktracker is here: jobs wait.");
  HtmlTable table({{"Job"},
                   {"Name"},
                   {"User"},
                   {"State"},
                   {"Progress", true},
                   {"Maps"},
                   {"Reduces"},
                   {"Submitted", true},
                   {"Time", true}});
  for (const json::value& job : model.at("jobs").as_array()) {
    table.Row()
        .Link(TextOf(job, "id"), "/jobs/" + TextOf(job, "id"))
        .Text(TextOf(job, "name"))
        .Text(TextOf(job, "user"))
        .Text(TextOf(job, "state"))
        .Number(http::ShowPercent(ProgressOf(job)), ProgressOf(job))
        .Text(DoneOf(job, "maps"))
        .Text(DoneOf(job, "reduces"))
        .Number(http::ShowTime(NumberOf(job, "submittedMs")),
                static_cast<double>(NumberOf(job, "submittedMs")))
        .Number(ShowDuration(NumberOf(job, "elapsedMs")),
                static_cast<double>(NumberOf(job, "elapsedMs")));
  }
  return page + table.Build("No job has been submitted yet: tusk example wordcount IN OUT");
}

// --- one job
// ----------------------------------------------------------------------------------------

json::object AttemptJson(const Attempt& attempt) {
  return {{"id", attempt.id.ToString()},
          {"state", std::string(AttemptStateName(attempt.state))},
          {"tracker", attempt.tracker.value()},
          {"log", attempt.log_url},
          {"locality", std::string(LocalityName(attempt.locality))},
          {"startedMs", attempt.started_ms},
          {"finishedMs", attempt.finished_ms},
          {"progress", attempt.progress},
          {"cause", attempt.cause}};
}

json::array CountersJson(const Counters& counters) {
  json::array listed;
  counters.ForEach([&listed](std::string_view group, std::string_view group_display,
                             std::string_view name, std::string_view display, int64_t value) {
    listed.push_back(json::object{{"group", group},
                                  {"groupDisplay", group_display},
                                  {"name", name},
                                  {"display", display},
                                  {"value", value}});
  });
  return listed;
}

/// Of each type, kTasksShown tasks from `?from=` on are shown.
Result<uint32_t> FirstTask(const http::HttpRequest& request) {
  uint32_t from = 0;
  for (const char c : request.Query("from")) {
    if (c < '0' || c > '9' || from > 100'000'000) {
      return Status(StatusCode::kInvalidArgument, "from must be the number of a task");
    }
    from = from * 10 + static_cast<uint32_t>(c - '0');
  }
  return from;
}

Result<json::value> JobModel(JobTable& table, JobHistory& history, const Clock& clock,
                             const http::HttpRequest& request) {
  ASSIGN_OR_RETURN(JobId id, JobId::Parse(request.rest));
  const auto job = table.Get(id, true);
  if (!job) {
    const auto finished = history.Find(id);
    if (!finished) return Status::Error(StatusCode::kNotFound, "no such job: {}", request.rest);
    json::object model = JobJson(*finished, clock.WallMillis());
    Counters counters;
    if (finished->has_counters()) {
      ASSIGN_OR_RETURN(counters, FromProto(finished->counters()));
    }
    model["counters"] = CountersJson(counters);
    model["tasks"] = json::array();
    return json::value(std::move(model));
  }
  proto::JobStatusProto status;
  ToProto(*job, "", false, &status);
  json::object model = JobJson(status, clock.WallMillis());
  model["counters"] = CountersJson(job->counters);
  ASSIGN_OR_RETURN(const uint32_t from, FirstTask(request));
  model["firstTask"] = from;
  model["nowMs"] = clock.WallMillis();
  json::array tasks;
  for (const TaskType type : {TaskType::kMap, TaskType::kReduce}) {
    ASSIGN_OR_RETURN(std::vector<TaskSnapshot> listed, table.Tasks(id, type, from, kTasksShown));
    for (const TaskSnapshot& task : listed) {
      json::array attempts;
      for (const Attempt& attempt : task.task.attempts) attempts.push_back(AttemptJson(attempt));
      tasks.push_back(json::object{{"id", task.task.id.ToString()},
                                   {"state", std::string(TaskStateName(task.task.state))},
                                   {"split", task.split},
                                   {"attempts", attempts}});
    }
  }
  model["tasks"] = tasks;
  return json::value(std::move(model));
}

std::string MoreTasks(const json::value& model) {
  const int64_t from = NumberOf(model, "firstTask");
  const int64_t most =
      std::max(NumberOf(model.at("maps"), "total"), NumberOf(model.at("reduces"), "total"));
  std::string links;
  if (from > 0) {
    links += fmt::format("<a href=\"?from={}\">Earlier tasks</a> ",
                         std::max<int64_t>(from - kTasksShown, 0));
  }
  if (most > from + kTasksShown) {
    links += fmt::format("<a href=\"?from={}\">More tasks</a> of {}", from + kTasksShown, most);
  }
  return links.empty() ? links : "<p>" + links + "</p>";
}

std::string RenderTasks(const json::value& model) {
  HtmlTable tasks({{"Attempt"},
                   {"State"},
                   {"Progress", true},
                   {"Time", true},
                   {"Tracker"},
                   {"Locality"},
                   {"Split"},
                   {"Cause"}});
  for (const json::value& task : model.at("tasks").as_array()) {
    for (const json::value& attempt : task.at("attempts").as_array()) {
      const int64_t start = NumberOf(attempt, "startedMs");
      const int64_t end = NumberOf(attempt, "finishedMs");
      const int64_t time = start > 0 ? (end > 0 ? end : NumberOf(model, "nowMs")) - start : 0;
      const double progress = FractionOf(attempt, "progress");
      tasks.Row()
          .Link(TextOf(attempt, "id"), TextOf(attempt, "log"))
          .Text(TextOf(attempt, "state"))
          .Number(http::ShowPercent(progress), progress)
          .Number(start > 0 ? ShowDuration(time) : "", static_cast<double>(time))
          .Text(TextOf(attempt, "tracker"))
          .Text(TextOf(attempt, "locality"))
          .Text(TextOf(task, "split"))
          .Text(TextOf(attempt, "cause"));
    }
  }
  return tasks.Build(model.as_object().contains("firstTask")
                         ? "No task has started."
                         : "The job has ended; its tasks are not kept.") +
         (model.as_object().contains("firstTask") ? MoreTasks(model) : std::string());
}

std::string RenderCounts(const json::value& model) {
  HtmlTable table({{"Tasks"},
                   {"Progress"},
                   {"Total", true},
                   {"Waiting", true},
                   {"Running", true},
                   {"Done", true},
                   {"Failed attempts", true},
                   {"Killed attempts", true}});
  for (const auto& [title, kind] : {std::pair("Maps", "maps"), std::pair("Reduces", "reduces")}) {
    const json::value& counts = model.at(kind);
    table.Row().Text(title).Html(http::ProgressBar(FractionOf(counts, "progress")));
    for (const char* key :
         {"total", "pending", "running", "succeeded", "failedAttempts", "killedAttempts"}) {
      const int64_t count = NumberOf(counts, key);
      table.Number(fmt::format("{}", count), static_cast<double>(count));
    }
  }
  return table.Build("");
}

std::string RenderJob(const json::value& model) {
  const std::string state = TextOf(model, "state");
  const bool bad = state == "FAILED" || state == "KILLED";
  std::string page = http::HealthSentence(
      bad ? "bad" : "good",
      fmt::format("\"{}\" of {}: {}, {} maps and {} reduces done, {}.", TextOf(model, "name"),
                  TextOf(model, "user"), state, DoneOf(model, "maps"), DoneOf(model, "reduces"),
                  ShowDuration(NumberOf(model, "elapsedMs"))));
  for (const char* part : {"cause", "details"}) {
    if (!TextOf(model, part).empty()) page += "<pre>" + EscapeHtml(TextOf(model, part)) + "</pre>";
  }
  if (!TextOf(model, "query").empty()) {
    const std::string path = "/queries/" + TextOf(model, "user") + "/" + TextOf(model, "query");
    page += fmt::format("<p>Part of query <a href=\"{}\">{}</a></p>", EscapeHtml(path),
                        EscapeHtml(TextOf(model, "query")));
  }
  page += RenderCounts(model);
  if (!TextOf(model, "output").empty()) {
    page += "<p>Output: <code>" + EscapeHtml(TextOf(model, "output")) + "</code></p>";
  }
  page += "<h2>Attempts</h2>" + RenderTasks(model) + "<h2>Counters</h2>";
  HtmlTable counters({{"Group"}, {"Counter"}, {"Value", true}});
  for (const json::value& counter : model.at("counters").as_array()) {
    const int64_t value = NumberOf(counter, "value");
    counters.Row()
        .Text(TextOf(counter, "groupDisplay"))
        .Text(TextOf(counter, "display"))
        .Number(fmt::format("{}", value), static_cast<double>(value));
  }
  return page + counters.Build("Nothing was counted.");
}

// --- trackers
// ---------------------------------------------------------------------------------------

json::value TrackersModel(JobTable& table, const Clock& clock) {
  json::array trackers;
  for (const TrackerSnapshot& tracker : table.Trackers()) {
    trackers.push_back(
        json::object{{"id", tracker.id.value()},
                     {"host", tracker.description.host},
                     {"rack", tracker.description.rack},
                     {"http", fmt::format("http://{}:{}/", tracker.description.shuffle_host,
                                          tracker.description.http_port)},
                     {"live", tracker.live},
                     {"runningMaps", tracker.running_maps},
                     {"mapSlots", tracker.description.map_slots},
                     {"runningReduces", tracker.running_reduces},
                     {"reduceSlots", tracker.description.reduce_slots},
                     {"failures", tracker.failures},
                     {"silentMs", clock.WallMillis() - tracker.last_seen_ms}});
  }
  return json::object{{"trackers", trackers}};
}

std::string RenderTrackers(const json::value& model) {
  HtmlTable table({{"Tracker"},
                   {"Host"},
                   {"Rack"},
                   {"State"},
                   {"Maps"},
                   {"Reduces"},
                   {"Failures", true},
                   {"Last heard of", true}});
  size_t live = 0;
  const json::array& trackers = model.at("trackers").as_array();
  for (const json::value& tracker : trackers) {
    const bool lives = tracker.at("live").as_bool();
    if (lives) ++live;
    const int64_t silent = NumberOf(tracker, "silentMs");
    table.Row()
        .Link(TextOf(tracker, "id"), TextOf(tracker, "http"))
        .Text(TextOf(tracker, "host"))
        .Text(TextOf(tracker, "rack"))
        .Text(lives ? "live" : "lost")
        .Text(fmt::format("{} of {}", NumberOf(tracker, "runningMaps"),
                          NumberOf(tracker, "mapSlots")))
        .Text(fmt::format("{} of {}", NumberOf(tracker, "runningReduces"),
                          NumberOf(tracker, "reduceSlots")))
        .Number(fmt::format("{}", NumberOf(tracker, "failures")),
                static_cast<double>(NumberOf(tracker, "failures")))
        .Number(ShowDuration(silent) + " ago", static_cast<double>(silent));
  }
  return http::HealthSentence(live == trackers.size() && live > 0 ? "good" : "warn",
                              fmt::format("{} of {} trackers are live.", live, trackers.size())) +
         table.Build("No tasktracker has registered yet.");
}

}  // namespace

void AddJobtrackerPages(http::HttpServer& server, const http::PageFrame& frame, JobTable& table,
                        JobHistory& history, const Clock& clock) {
  for (const char* path : {"/", "/jobs"}) {
    http::AddPage(server, frame,
                  {path, "Jobs",
                   [&](const http::HttpRequest&) -> Result<json::value> {
                     return JobsModel(table, history, clock);
                   },
                   RenderJobs});
  }
  http::AddPage(
      server, frame,
      {"/jobs/*", "Job",
       [&](const http::HttpRequest& request) { return JobModel(table, history, clock, request); },
       RenderJob});
  http::AddPage(
      server, frame,
      {"/trackers", "Trackers",
       [&](const http::HttpRequest&) -> Result<json::value> { return TrackersModel(table, clock); },
       RenderTrackers});
}

}  // namespace tusk::mapreduce::jobtracker
