#include "mapreduce/tasktracker/web/tasktracker_pages.h"

#include <fmt/core.h>

#include <boost/json/object.hpp>
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

Task<http::HttpResponse> AttemptLog(AttemptLogs* logs, WorkPool* disk, std::string id_text) {
  const Result<AttemptId> id = AttemptId::Parse(id_text);
  if (!id.ok()) co_return http::HttpResponse::Text(400, std::string(id.status().message()) + "\n");
  const auto read = [logs, attempt = *id] { return logs->Read(attempt, kLogBytes); };
  const Result<std::string> text = co_await disk->Run(read);
  if (!text.ok())
    co_return http::HttpResponse::Text(404, std::string(text.status().message()) + "\n");
  co_return http::HttpResponse::Text(200, *text);
}

std::string RenderFacts(const json::value& model) {
  const bool connected = model.at("connected").as_bool();
  return http::HealthSentence(connected ? "good" : "bad",
                              connected ? fmt::format("{} attempts run; {} map outputs are served.",
                                                      model.at("running").to_number<uint64_t>(),
                                                      model.at("mapOutputs").to_number<uint64_t>())
                                        : "The jobtracker at " +
                                              std::string(model.at("jobtracker").as_string()) +
                                              " does not answer.");
}

}  // namespace

void AddTasktrackerPages(http::HttpServer& server, const http::PageFrame& frame,
                         std::function<TrackerFacts()> facts, AttemptLogs& logs, WorkPool& disk) {
  http::AddPage(server, frame,
                {"/", "Tasktracker",
                 [facts = std::move(facts)](const http::HttpRequest&) -> Result<json::value> {
                   const TrackerFacts now = facts();
                   return json::value(json::object{{"jobtracker", now.jobtracker},
                                                   {"connected", now.connected},
                                                   {"running", now.running},
                                                   {"mapOutputs", now.map_outputs}});
                 },
                 RenderFacts});
  server.RouteTask("GET", "/attempts/*", [&logs, &disk](const http::HttpRequest& request) {
    return AttemptLog(&logs, &disk, request.rest);
  });
}

}  // namespace tusk::mapreduce::tasktracker
