#include "dfs/datanode/web/datanode_pages.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <utility>

#include "common/http/page_text.h"

namespace tusk::dfs::datanode {

namespace json = boost::json;
using http::HtmlTable;

namespace {

uint64_t Count(const json::object& object, std::string_view key) {
  const json::value& value = object.at(key);
  return value.is_int64() ? static_cast<uint64_t>(value.get_int64()) : value.get_uint64();
}

std::string_view Text(const json::object& object, std::string_view key) {
  return object.at(key).get_string();
}

void AddBytes(HtmlTable& table, const json::object& object, std::string_view key) {
  const uint64_t bytes = Count(object, key);
  table.Number(http::ShowSize(bytes), static_cast<double>(bytes));
}

void AddCount(HtmlTable& table, const json::object& object, std::string_view key) {
  const uint64_t count = Count(object, key);
  table.Number(fmt::format("{}", count), static_cast<double>(count));
}

std::string LinkSentence(const json::object& link) {
  if (!link.at("registered").get_bool()) return "not met yet";
  const int64_t silent = link.at("silentMillis").get_int64();
  if (silent < 0) return "registered";
  return fmt::format("answered {} ago", http::ShowDuration(silent));
}

std::string FactsTable(const json::object& model) {
  HtmlTable table({{"Fact", false}, {"Value", true}});
  for (const auto& [title, key] :
       {std::pair("Capacity", "capacity"), std::pair("Used by blocks", "used"),
        std::pair("Remaining", "remaining")}) {
    AddBytes(table.Row().Text(title), model, key);
  }
  for (const auto& [title, key] :
       {std::pair("Replicas", "replicas"), std::pair("Open block streams", "streams"),
        std::pair("Copies to other datanodes", "copies"),
        std::pair("Block recoveries", "recoveries")}) {
    AddCount(table.Row().Text(title), model, key);
  }
  const json::object& link = model.at("namenode").get_object();
  table.Row()
      .Text("Namenode")
      .Text(fmt::format("{}, {}", Text(link, "address"), LinkSentence(link)));
  for (const auto& [title, key] : {std::pair("Heartbeats answered", "heartbeats"),
                                   std::pair("Full block reports", "fullReports"),
                                   std::pair("Changes not yet reported", "unreported")}) {
    AddCount(table.Row().Text(title), link, key);
  }
  table.Row().Text("Cluster").Text(Text(model, "clusterId"));
  table.Row().Text("Block pool").Text(Text(model, "blockPoolId"));
  return table.Build("");
}

std::string Render(const json::value& value) {
  const json::object& model = value.get_object();
  std::string page = http::HealthSentence(Text(model, "level"), Text(model, "health"));
  page += FactsTable(model);
  HtmlTable table({{"Volume", false},
                   {"Type", false},
                   {"State", false},
                   {"Capacity", true},
                   {"Used", true},
                   {"Remaining", true},
                   {"Replicas", true},
                   {"Work waiting", true}});
  for (const json::value& item : model.at("volumes").get_array()) {
    const json::object& volume = item.get_object();
    table.Row().Text(Text(volume, "path")).Text(Text(volume, "type")).Text(Text(volume, "state"));
    for (const char* key : {"capacity", "used", "remaining"}) AddBytes(table, volume, key);
    for (const char* key : {"replicas", "queuedWork"}) AddCount(table, volume, key);
  }
  return page + table.Build("There is no volume.");
}

}  // namespace

void AddDatanodePages(http::HttpServer& server, http::PageFrame& frame, DatanodePagesSpec spec) {
  frame.AddLink("Overview", "/");
  http::AddPage(server, frame,
                {"/", "Overview",
                 [spec = std::move(spec)](const http::HttpRequest&) -> Result<json::value> {
                   const LinkFacts link = spec.link();
                   return DatanodeModel(*spec.store, link,
                                        JudgeDatanode(*spec.store, link, spec.patience));
                 },
                 Render});
}

}  // namespace tusk::dfs::datanode
