#include "mapreduce/tasktracker/web/tasktracker_pages.h"

#include <fmt/core.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "common/http/http_message.h"
#include "common/http/http_server.h"
#include "common/http/page.h"
#include "common/net/work_pool.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/tasktracker/attempt_logs.h"

namespace tusk::mapreduce::tasktracker {

namespace {

namespace json = boost::json;

constexpr size_t kLogBytes = 1 << 20;
constexpr size_t kAttemptsShown = 200;

http::HttpResponse LogAnswer(const http::HttpRequest& request, const Result<std::string>& text) {
  const std::string shown = text.ok() ? *text : std::string(text.status().message()) + "\n";
  http::HttpResponse response = http::HttpResponse::Text(200, shown);
  if (request.WantsJson()) {
    json::object model = {{"id", request.rest}};
    model[text.ok() ? "text" : "message"] = shown;
    response = http::HttpResponse::Json(json::serialize(model) + "\n");
  }
  if (!text.ok()) {
    response.status = text.status().code() == StatusCode::kInvalidArgument ? 400 : 404;
  }
  return response;
}

Task<http::HttpResponse> AttemptLog(AttemptLogs* logs, WorkPool* disk,
                                    const http::HttpRequest* request) {
  const Result<AttemptId> id = AttemptId::Parse(request->rest);
  if (!id.ok()) co_return LogAnswer(*request, id.status());
  const auto read = [logs, attempt = *id] { return logs->Read(attempt, kLogBytes); };
  const Result<std::string> text = co_await disk->Run(read);
  co_return LogAnswer(*request, text);
}

json::value TrackerModel(const TrackerFacts& facts, const AttemptLogs& logs) {
  json::array attempts;
  for (const AttemptLogs::Kept& kept : logs.Newest(kAttemptsShown)) {
    attempts.push_back(json::object{{"id", kept.attempt.ToString()}, {"running", kept.running}});
  }
  return json::object{{"jobtracker", facts.jobtracker},
                      {"connected", facts.connected},
                      {"running", facts.running},
                      {"mapOutputs", facts.map_outputs},
                      {"attempts", std::move(attempts)}};
}

std::string RenderTracker(const json::value& model) {
  const bool connected = model.at("connected").as_bool();
  const std::string jobtracker(model.at("jobtracker").as_string());
  std::string page = http::HealthSentence(
      connected ? "good" : "bad",
      connected ? fmt::format("{} attempts run; {} map outputs are served; the jobtracker is {}.",
                              model.at("running").to_number<uint64_t>(),
                              model.at("mapOutputs").to_number<uint64_t>(), jobtracker)
                : "The jobtracker at " + jobtracker + " does not answer.");
  http::HtmlTable table({{"Attempt"}, {"State"}});
  for (const json::value& attempt : model.at("attempts").as_array()) {
    const std::string id(attempt.at("id").as_string());
    table.Row()
        .Link(id, "/attempts/" + http::EscapeUrl(id))
        .Text(attempt.at("running").as_bool() ? "running" : "ended");
  }
  return page + "<h2>Newest attempts and what they printed</h2>" +
         table.Build("No attempt has run here since this tracker started.");
}

}  // namespace

void AddTasktrackerPages(http::HttpServer& server, const http::PageFrame& frame,
                         std::function<TrackerFacts()> facts, AttemptLogs& logs, WorkPool& disk) {
  http::PageSpec page;
  page.path = "/";
  page.title = "Tasktracker";
  page.model = [facts = std::move(facts), &logs](const http::HttpRequest&) -> Result<json::value> {
    return TrackerModel(facts(), logs);
  };
  page.render = RenderTracker;
  http::AddPage(server, frame, std::move(page));
  server.RouteTask("GET", "/attempts/*", [&logs, &disk](const http::HttpRequest& request) {
    return AttemptLog(&logs, &disk, &request);
  });
}

}  // namespace tusk::mapreduce::tasktracker
