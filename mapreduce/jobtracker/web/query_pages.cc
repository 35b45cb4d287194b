#include "mapreduce/jobtracker/web/query_pages.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/base/quantity_text.h"
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
#include "mapreduce/model/part_of_query.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce::jobtracker {

namespace {

namespace json = boost::json;
using http::EscapeHtml;
using http::HtmlTable;
using http::ShowDuration;

constexpr size_t kTextShown = 100;

/// One job of a query.
struct QueryJob {
  JobId id;
  PartOfQuery part;
  proto::JobStatusProto status;
};

/// By user and id: the jobs of each query, oldest first.
using Queries = std::map<std::pair<std::string, std::string>, std::vector<QueryJob>>;

JobState StateOf(const QueryJob& job) { return static_cast<JobState>(job.status.state()); }

void Add(proto::JobStatusProto status, Queries* queries) {
  const Result<JobId> id = FromProto(status.job());
  std::optional<PartOfQuery> part = PartOfQueryOf(status);
  if (!id.ok() || !part) return;
  auto& jobs = (*queries)[{status.user(), part->id}];
  jobs.push_back({*id, std::move(*part), std::move(status)});
}

/// Finished jobs come with counters.
Queries QueriesOf(JobTable& table, JobHistory& history) {
  Queries queries;
  for (proto::JobStatusProto& status : history.List()) Add(std::move(status), &queries);
  for (const JobSnapshot& job : table.List(true)) {
    if (history.Find(job.id)) continue;
    proto::JobStatusProto status;
    ToProto(job, "", false, &status);
    Add(std::move(status), &queries);
  }
  for (auto& [key, jobs] : queries) {
    std::sort(jobs.begin(), jobs.end(),
              [](const QueryJob& a, const QueryJob& b) { return a.id < b.id; });
    // When a user has cleaned up, ids are given anew: older jobs are of another query.
    const std::string text = jobs.back().part.text;
    std::erase_if(jobs, [&text](const QueryJob& job) { return job.part.text != text; });
  }
  return queries;
}

/// What the jobs tell of the query. While none runs and none was the last, the program that submits
/// them may do a little stage itself, may be planning the next one, or may be gone.
std::string StateOf(const std::vector<QueryJob>& jobs) {
  for (const QueryJob& job : jobs) {
    if (!IsFinal(StateOf(job))) return "RUNNING";
  }
  if (StateOf(jobs.back()) != JobState::kSucceeded)
    return std::string(JobStateName(StateOf(jobs.back())));
  return jobs.back().part.last ? "SUCCEEDED" : "BETWEEN JOBS";
}

json::object StageJson(const QueryJob& job, int64_t now_ms) {
  json::object stage = JobJson(job.status, now_ms);
  const std::string prefix = job.part.id + ": ";
  const std::string& name = job.status.name();
  stage["stage"] = job.part.stage;
  stage["title"] = name.starts_with(prefix) ? name.substr(prefix.size()) : name;
  const Result<Counters> counters = FromProto(job.status.counters());
  const Counters counted = counters.ok() ? *counters : Counters();
  stage["rows"] = counted.Get(kQueryCounterGroup, kQueryRowsCounter);
  stage["bytesRead"] = counted.Get(BuiltinCounter::kBytesRead);
  stage["bytesShuffled"] = counted.Get(BuiltinCounter::kReduceShuffleBytes);
  stage["bytesWritten"] = counted.Get(BuiltinCounter::kBytesWritten);
  return stage;
}

json::object QueryJson(const std::vector<QueryJob>& jobs, int64_t now_ms) {
  json::array stages;
  int64_t end = 0;
  for (const QueryJob& job : jobs) {
    stages.push_back(StageJson(job, now_ms));
    end = std::max(end, job.status.has_finished_ms() ? job.status.finished_ms() : now_ms);
  }
  const int64_t start = jobs.front().status.submitted_ms();
  return {{"id", jobs.front().part.id},
          {"user", jobs.front().status.user()},
          {"text", jobs.back().part.text},
          {"state", StateOf(jobs)},
          {"submittedMs", start},
          {"elapsedMs", end - start},
          {"cause", jobs.back().status.cause()},
          {"stages", stages}};
}

std::string PathOf(const json::value& query) {
  return fmt::format("/queries/{}/{}", TextOf(query, "user"), TextOf(query, "id"));
}

/// A text on one line, cut.
std::string OneLine(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == '\n' || c == '\t' || c == ' ';
    if (space && (line.empty() || line.ends_with(' '))) continue;
    line += space ? ' ' : c;
  }
  if (line.size() <= kTextShown) return line;
  size_t end = kTextShown;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return line.substr(0, end) + "...";
}

// --- the list of queries
// ----------------------------------------------------------------------------

json::value ListModel(JobTable& table, JobHistory& history, const Clock& clock) {
  json::array listed;
  for (const auto& [key, jobs] : QueriesOf(table, history))
    listed.push_back(QueryJson(jobs, clock.WallMillis()));
  std::sort(listed.begin(), listed.end(), [](const json::value& a, const json::value& b) {
    return NumberOf(a, "submittedMs") > NumberOf(b, "submittedMs");
  });
  return json::object{{"queries", std::move(listed)}};
}

std::string RenderList(const json::value& model) {
  const json::array& queries = model.at("queries").as_array();
  const auto running = std::count_if(queries.begin(), queries.end(), [](const json::value& query) {
    return TextOf(query, "state") == "RUNNING";
  });
  HtmlTable list({{"Query"},
                  {"User"},
                  {"State"},
                  {"Jobs", true},
                  {"Started", true},
                  {"Time", true},
                  {"Text"}});
  for (const json::value& query : queries) {
    const auto jobs = query.at("stages").as_array().size();
    list.Row()
        .Link(TextOf(query, "id"), PathOf(query))
        .Text(TextOf(query, "user"))
        .Text(TextOf(query, "state"))
        .Number(fmt::format("{}", jobs), static_cast<double>(jobs))
        .Number(http::ShowTime(NumberOf(query, "submittedMs")),
                static_cast<double>(NumberOf(query, "submittedMs")))
        .Number(ShowDuration(NumberOf(query, "elapsedMs")),
                static_cast<double>(NumberOf(query, "elapsedMs")))
        .Text(OneLine(TextOf(query, "text")));
  }
  return http::HealthSentence("good",
                              fmt::format("{} of {} queries run.", running, queries.size())) +
         list.Build(
             "No query has had a job here: tusk sql \"SELECT ...\". (Small ones need none.)");
}

// --- one query
// --------------------------------------------------------------------------------------

Result<json::value> QueryModel(JobTable& table, JobHistory& history, const Clock& clock,
                               const http::HttpRequest& request) {
  const size_t slash = request.rest.rfind('/');
  Queries queries = QueriesOf(table, history);
  const auto found =
      slash == std::string::npos
          ? queries.end()
          : queries.find({request.rest.substr(0, slash), request.rest.substr(slash + 1)});
  if (found == queries.end()) {
    return Status::Error(StatusCode::kNotFound, "no job is known of query {}", request.rest);
  }
  for (QueryJob& job : found->second) {
    if (IsFinal(StateOf(job))) continue;
    if (const auto running = table.Get(job.id, true)) {
      job.status.Clear();
      ToProto(*running, "", true, &job.status);
    }
  }
  return json::value(QueryJson(found->second, clock.WallMillis()));
}

std::string RenderStages(const json::value& model) {
  HtmlTable stages({{"Stage", true},
                    {"What"},
                    {"Job"},
                    {"State"},
                    {"Progress", true},
                    {"Tasks", true},
                    {"Rows", true},
                    {"Read", true},
                    {"Shuffled", true},
                    {"Written", true},
                    {"Time", true}});
  const auto bytes = [](const json::value& stage, std::string_view key) {
    return std::pair(BytesText(NumberOf(stage, key)), static_cast<double>(NumberOf(stage, key)));
  };
  for (const json::value& stage : model.at("stages").as_array()) {
    const int64_t tasks =
        NumberOf(stage.at("maps"), "total") + NumberOf(stage.at("reduces"), "total");
    stages.Row()
        .Number(fmt::format("{}", NumberOf(stage, "stage")),
                static_cast<double>(NumberOf(stage, "stage")))
        .Text(TextOf(stage, "title"))
        .Link(TextOf(stage, "id"), "/jobs/" + TextOf(stage, "id"))
        .Text(TextOf(stage, "state"))
        .Number(http::ShowPercent(ProgressOf(stage)), ProgressOf(stage))
        .Number(fmt::format("{}", tasks), static_cast<double>(tasks))
        .Number(GroupedText(NumberOf(stage, "rows")), static_cast<double>(NumberOf(stage, "rows")));
    for (const char* key : {"bytesRead", "bytesShuffled", "bytesWritten"}) {
      const auto [shown, value] = bytes(stage, key);
      stages.Number(shown, value);
    }
    stages.Number(ShowDuration(NumberOf(stage, "elapsedMs")),
                  static_cast<double>(NumberOf(stage, "elapsedMs")));
  }
  return stages.Build("");
}

std::string RenderQuery(const json::value& model) {
  const std::string state = TextOf(model, "state");
  const bool bad = state == "FAILED" || state == "KILLED";
  const size_t jobs = model.at("stages").as_array().size();
  std::string page = http::HealthSentence(
      bad ? "bad" : "good",
      fmt::format("{} of {}: {}, {}, {}.", TextOf(model, "id"), TextOf(model, "user"), state,
                  CountText(static_cast<int64_t>(jobs), "job"),
                  ShowDuration(NumberOf(model, "elapsedMs"))));
  if (state == "BETWEEN JOBS") {
    page +=
        "<p>No job of it runs, and none was its last: the program that runs it does a stage with "
        "little to read itself, is about to submit the next, or has ended. "
        "<code>tusk query list</code> tells.</p>";
  }
  if (!TextOf(model, "cause").empty())
    page += "<pre>" + EscapeHtml(TextOf(model, "cause")) + "</pre>";
  return page + "<pre>" + EscapeHtml(TextOf(model, "text")) + "</pre><h2>Stages</h2>" +
         RenderStages(model) +
         "<p>A stage has no job when its rows were there already, from an earlier query, or when "
         "it "
         "had so little to read that the program did it.</p>";
}

}  // namespace

void AddQueryPages(http::HttpServer& server, const http::PageFrame& frame, JobTable& table,
                   JobHistory& history, const Clock& clock) {
  http::AddPage(server, frame,
                {"/queries", "Queries",
                 [&](const http::HttpRequest&) -> Result<json::value> {
                   return ListModel(table, history, clock);
                 },
                 RenderList});
  http::AddPage(
      server, frame,
      {"/queries/*", "Query",
       [&](const http::HttpRequest& request) { return QueryModel(table, history, clock, request); },
       RenderQuery});
}

}  // namespace tusk::mapreduce::jobtracker
