#include "dfs/namenode/web/namenode_pages.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "common/base/status_macros.h"
#include "common/http/page_text.h"
#include "common/net/work_pool.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namespace/namespace.h"
#include "dfs/namenode/ops/safe_mode.h"
#include "dfs/namenode/web/cluster_model.h"
#include "dfs/namenode/web/fsck.h"

namespace tusk::dfs::namenode {

namespace json = boost::json;
using http::EscapeHtml;
using http::EscapeUrl;
using http::HtmlTable;
using http::HttpRequest;
using http::HttpResponse;
using http::ShowSize;

namespace {

constexpr std::string_view kDefaultUser = "dr.who";  // Hadoop's hadoop.http.staticuser.user

uint64_t Count(const json::object& object, std::string_view key) {
  const json::value& value = object.at(key);
  return value.is_int64() ? static_cast<uint64_t>(value.get_int64()) : value.get_uint64();
}

std::string_view Text(const json::object& object, std::string_view key) {
  return object.at(key).get_string();
}

void AddBytes(HtmlTable& table, const json::object& object, std::string_view key) {
  const uint64_t bytes = Count(object, key);
  table.Number(ShowSize(bytes), static_cast<double>(bytes));
}

void AddCount(HtmlTable& table, const json::object& object, std::string_view key) {
  const uint64_t count = Count(object, key);
  table.Number(fmt::format("{}", count), static_cast<double>(count));
}

std::string RenderOverview(const json::value& value) {
  const json::object& model = value.get_object();
  std::string page = http::HealthSentence(Text(model, "level"), Text(model, "health"));
  if (!Text(model, "advice").empty()) {
    page += fmt::format("<p>See: <code>{}</code></p>", EscapeHtml(Text(model, "advice")));
  }
  HtmlTable table({{"Fact", false}, {"Value", true}});
  for (const auto& [title, key] :
       {std::pair("Configured capacity", "capacity"), std::pair("Used by blocks", "used"),
        std::pair("Used by others", "nonDfsUsed"), std::pair("Remaining", "remaining")}) {
    AddBytes(table.Row().Text(title), model, key);
  }
  for (const auto& [title, key] :
       {std::pair("Files", "files"), std::pair("Directories", "directories"),
        std::pair("Blocks", "blocks"), std::pair("Live datanodes", "liveDatanodes"),
        std::pair("Dead datanodes", "deadDatanodes"),
        std::pair("Silent datanodes", "silentDatanodes"), std::pair("Racks", "racks"),
        std::pair("Under-replicated blocks", "underReplicated"),
        std::pair("Blocks without a good copy", "missing"),
        std::pair("Blocks with a bad copy", "corrupt"),
        std::pair("Copies on their way", "pendingReplication"),
        std::pair("Copies to be deleted", "pendingDeletion"),
        std::pair("Failed volumes", "failedVolumes")}) {
    AddCount(table.Row().Text(title), model, key);
  }
  table.Row().Text("Cluster").Text(Text(model, "clusterId"));
  table.Row().Text("Block pool").Text(Text(model, "blockPoolId"));
  page += table.Build("");
  const json::array& missing = model.at("missingBlocks").get_array();
  if (missing.empty()) return page;
  page += "<h2>Blocks without a good copy</h2><p>";
  for (const json::value& block : missing) {
    page += fmt::format("<code>{}</code> ", EscapeHtml(std::string_view(block.get_string())));
  }
  return page + "</p>";
}

double Fraction(const json::object& object, std::string_view part, std::string_view whole) {
  const auto all = static_cast<double>(Count(object, whole));
  return all == 0 ? 0 : static_cast<double>(Count(object, part)) / all;
}

std::string RenderDatanodes(const json::value& value) {
  HtmlTable table({{"State", false},
                   {"Datanode", false},
                   {"Rack", false},
                   {"Last contact", true},
                   {"Capacity", true},
                   {"Used", true},
                   {"Remaining", true},
                   {"Free"},
                   {"Blocks", true},
                   {"Streams", true},
                   {"Failed volumes", true}});
  for (const json::value& item : value.at("datanodes").get_array()) {
    const json::object& node = item.get_object();
    const int64_t silent = node.at("silentMillis").get_int64();
    table.Row()
        .Text(Text(node, "state"))
        .Link(fmt::format("{} ({})", Text(node, "host"), Text(node, "address")),
              fmt::format("http://{}/", Text(node, "http")))
        .Text(Text(node, "rack"))
        .Number(http::ShowDuration(silent) + " ago", static_cast<double>(silent));
    for (const char* key : {"capacity", "used", "remaining"}) AddBytes(table, node, key);
    table.Html(http::ProgressBar(Fraction(node, "remaining", "capacity")));
    for (const char* key : {"blocks", "streams", "failedVolumes"}) AddCount(table, node, key);
  }
  return table.Build("No datanode has registered yet.");
}

/// Links to every directory above a path.
std::string PathBar(std::string_view path) {
  std::string bar = "<p><a href=\"/files?path=/\">/</a>";
  for (size_t from = 1; from < path.size();) {
    const size_t to = std::min(path.find('/', from), path.size());
    bar += fmt::format(" <a href=\"/files?path={}\">{}</a> /", EscapeUrl(path.substr(0, to)),
                       EscapeHtml(path.substr(from, to - from)));
    from = to + 1;
  }
  return bar + "</p>";
}

/// "rwxr-x---" of "750".
std::string Symbolic(std::string_view octal) {
  std::string shown;
  for (const char digit : octal.size() > 3 ? octal.substr(octal.size() - 3) : octal) {
    for (const auto& [bit, letter] : {std::pair(4, 'r'), std::pair(2, 'w'), std::pair(1, 'x')}) {
      shown += ((digit - '0') & bit) != 0 ? letter : '-';
    }
  }
  return shown;
}

std::string RenderFile(const json::object& model) {
  std::string page = fmt::format("<p>{}, {} copies wanted, {} {}, mode {}, changed {}{}</p>",
                                 ShowSize(Count(model, "length")), Count(model, "replication"),
                                 EscapeHtml(Text(model, "owner")), EscapeHtml(Text(model, "group")),
                                 Symbolic(Text(model, "permission")),
                                 http::ShowTime(model.at("modified").get_int64()),
                                 model.at("open").get_bool() ? ", being written" : "");
  HtmlTable table({{"Block", false}, {"Length", true}, {"Copies", true}, {"Where", false}});
  for (const json::value& item : model.at("blocks").get_array()) {
    const json::object& block = item.get_object();
    std::string places;
    for (const json::value& replica : block.at("replicas").get_array()) {
      const json::object& place = replica.get_object();
      if (!places.empty()) places += ", ";
      places += fmt::format("{}{}", Text(place, "rack"), "/");
      places += Text(place, "datanode");
      if (Text(place, "state") != "live") places += fmt::format(" ({})", Text(place, "state"));
    }
    AddBytes(table.Row().Text(Text(block, "name")), block, "length");
    table.Number(fmt::format("{} of {}", Count(block, "live"), Count(block, "wanted")),
                 static_cast<double>(Count(block, "live")));
    table.Text(places);
  }
  return page + table.Build("The file is empty: it has no blocks.");
}

std::string RenderFiles(const json::value& value) {
  const json::object& model = value.get_object();
  const std::string path(Text(model, "path"));
  std::string page = PathBar(path);
  if (!model.contains("entries")) return page + RenderFile(model);
  HtmlTable table({{"Mode"},
                   {"Owner"},
                   {"Group"},
                   {"Size", true},
                   {"Copies", true},
                   {"Changed", true},
                   {"Name"}});
  std::string last;
  for (const json::value& item : model.at("entries").get_array()) {
    const json::object& entry = item.get_object();
    last = Text(entry, "path");
    const bool directory = Text(entry, "type") == "directory";
    const std::string target = path == "/" ? path + last : path + "/" + last;
    table.Row()
        .Text((directory ? "d" : "-") + Symbolic(Text(entry, "permission")))
        .Text(Text(entry, "owner"))
        .Text(Text(entry, "group"));
    AddBytes(table, entry, "length");
    AddCount(table, entry, "replication");
    const int64_t changed = entry.at("modified").get_int64();
    table.Number(http::ShowTime(changed), static_cast<double>(changed));
    table.Link(last + (directory ? "/" : ""), "/files?path=" + EscapeUrl(target));
  }
  page += table.Build("The directory is empty.");
  if (model.contains("remaining") && Count(model, "remaining") > 0) {
    page += fmt::format("<p><a href=\"/files?path={}&amp;after={}\">More</a></p>", EscapeUrl(path),
                        EscapeUrl(last));
  }
  return page;
}

FsckRequest FsckRequestOf(const HttpRequest& request) {
  FsckRequest fsck;
  fsck.path = std::string(request.Query("path", "/"));
  fsck.block_ids = std::string(request.Query("blockId"));
  fsck.flags.files = request.HasQuery("files");
  fsck.flags.blocks = request.HasQuery("blocks");
  fsck.flags.locations = request.HasQuery("locations");
  fsck.flags.racks = request.HasQuery("racks");
  fsck.flags.replica_details = request.HasQuery("replicadetails");
  fsck.flags.open_for_write = request.HasQuery("openforwrite");
  fsck.flags.list_corrupt = request.HasQuery("listcorruptfileblocks");
  return fsck;
}

Task<HttpResponse> ServeFsck(NamenodePagesSpec spec, FsckRequest fsck, std::string user,
                             std::string address) {
  std::string text;
  const auto work = [&] {
    const Caller caller{spec.groups->Load(user), address, {}, 0};
    text = RunFsck(*spec.context, caller, fsck, *spec.stop);
    return Status();
  };
  const Status ran = co_await spec.pool->Run(work);
  if (!ran.ok()) co_return HttpResponse::Text(503, std::string(ran.message()));
  co_return HttpResponse::Text(200, std::move(text));
}

/// Asking for a user's groups may take its time, and so may a large directory: not on an I/O
/// thread.
Task<Result<json::value>> WaitForFiles(NamenodePagesSpec spec, std::string user,
                                       std::string address, std::string path, std::string after) {
  const auto work = [&]() -> Result<json::value> {
    const auto known = spec.groups->Cached(user);
    const Caller caller{known ? known : spec.groups->Load(user), address, {}, 0};
    return FilesModel(*spec.context, caller, path, after);
  };
  co_return co_await spec.pool->Run(work);
}

}  // namespace

void AddNamenodePages(http::HttpServer& server, http::PageFrame& frame,
                      const NamenodePagesSpec& spec) {
  frame.AddLink("Overview", "/");
  frame.AddLink("Datanodes", "/datanodes");
  frame.AddLink("Files", "/files");
  http::AddPage(
      server, frame,
      {"/", "Overview",
       [spec](const HttpRequest&) -> Result<json::value> { return OverviewModel(*spec.context); },
       RenderOverview});
  http::AddPage(
      server, frame,
      {"/datanodes", "Datanodes",
       [spec](const HttpRequest&) -> Result<json::value> { return DatanodesModel(*spec.context); },
       RenderDatanodes});
  http::PageSpec files;
  files.path = "/files";
  files.title = "Files";
  files.render = RenderFiles;
  files.task_model = [spec](const HttpRequest& request) {
    return WaitForFiles(spec, std::string(request.Query("user.name", kDefaultUser)),
                        request.remote_address, std::string(request.Query("path", "/")),
                        std::string(request.Query("after")));
  };
  http::AddPage(server, frame, std::move(files));
  server.RouteTask("GET", "/fsck", [spec](const HttpRequest& request) {
    return ServeFsck(spec, FsckRequestOf(request), std::string(request.Query("ugi", kDefaultUser)),
                     request.remote_address);
  });
}

}  // namespace tusk::dfs::namenode
