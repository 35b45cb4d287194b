#include "dfs/namenode/web/namenode_pages.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include "common/base/status_macros.h"
#include "common/metrics/metric_registry.h"
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

namespace {

constexpr std::string_view kDefaultUser = "dr.who";  // Hadoop's hadoop.http.staticuser.user

std::string Size(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(kUnits); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

uint64_t Count(const json::object& object, std::string_view key) {
  const json::value& value = object.at(key);
  return value.is_int64() ? static_cast<uint64_t>(value.get_int64()) : value.get_uint64();
}

std::string_view Text(const json::object& object, std::string_view key) {
  return object.at(key).get_string();
}

void AddBytes(HtmlTable& table, const json::object& object, std::string_view key) {
  const uint64_t bytes = Count(object, key);
  table.Number(Size(bytes), static_cast<double>(bytes));
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
  return page + table.Build("");
}

std::string RenderDatanodes(const json::value& value) {
  HtmlTable table({{"State", false},
                   {"Datanode", false},
                   {"Rack", false},
                   {"Last contact", true},
                   {"Capacity", true},
                   {"Used", true},
                   {"Remaining", true},
                   {"Blocks", true},
                   {"Streams", true},
                   {"Failed volumes", true}});
  for (const json::value& item : value.at("datanodes").get_array()) {
    const json::object& node = item.get_object();
    const double silent = static_cast<double>(node.at("silentMillis").get_int64()) / 1000;
    table.Row()
        .Text(Text(node, "state"))
        .Text(fmt::format("{} ({})", Text(node, "host"), Text(node, "address")))
        .Text(Text(node, "rack"))
        .Number(fmt::format("{:.0f} s ago", silent), silent);
    for (const char* key : {"capacity", "used", "remaining"}) AddBytes(table, node, key);
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

std::string RenderFile(const json::object& model) {
  std::string page =
      fmt::format("<p>{}, {} copies wanted, {} {}, mode {}{}</p>", Size(Count(model, "length")),
                  Count(model, "replication"), EscapeHtml(Text(model, "owner")),
                  EscapeHtml(Text(model, "group")), EscapeHtml(Text(model, "permission")),
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
  HtmlTable table({{"Mode", false},
                   {"Owner", false},
                   {"Group", false},
                   {"Size", true},
                   {"Copies", true},
                   {"Name", false}});
  std::string last;
  for (const json::value& item : model.at("entries").get_array()) {
    const json::object& entry = item.get_object();
    last = Text(entry, "path");
    const bool directory = Text(entry, "type") == "directory";
    const std::string target = path == "/" ? path + last : path + "/" + last;
    table.Row()
        .Text((directory ? "d" : "-") + std::string(Text(entry, "permission")))
        .Text(Text(entry, "owner"))
        .Text(Text(entry, "group"));
    AddBytes(table, entry, "length");
    AddCount(table, entry, "replication");
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
  http::AddPage(server, frame,
                {"/files", "Files",
                 [spec](const HttpRequest& request) -> Result<json::value> {
                   const std::string user(request.Query("user.name", kDefaultUser));
                   const auto known = spec.groups->Cached(user);
                   const Caller caller{
                       known ? known : spec.groups->Load(user), request.remote_address, {}, 0};
                   return FilesModel(*spec.context, caller, std::string(request.Query("path", "/")),
                                     std::string(request.Query("after")));
                 },
                 RenderFiles});
  server.RouteTask("GET", "/fsck", [spec](const HttpRequest& request) {
    return ServeFsck(spec, FsckRequestOf(request), std::string(request.Query("ugi", kDefaultUser)),
                     request.remote_address);
  });
}

void AddNamenodeInfoBean(MetricRegistry& metrics, const OpContext& context) {
  constexpr const char* kBean = "Hadoop:service=NameNode,name=NameNodeInfo";
  BlockManager& blocks = context.blocks;
  SafeMode& safe_mode = context.safe_mode;
  metrics.AddText(kBean, "Version", [&blocks] { return blocks.identity().software_version; });
  metrics.AddText(kBean, "SoftwareVersion",
                  [&blocks] { return blocks.identity().software_version; });
  metrics.AddText(kBean, "ClusterId", [&blocks] { return blocks.identity().cluster_id; });
  metrics.AddText(kBean, "BlockPoolId", [&blocks] { return blocks.identity().block_pool_id; });
  metrics.AddText(kBean, "Safemode",
                  [&safe_mode] { return safe_mode.IsOn() ? safe_mode.Tip() : std::string(); });
  const auto nodes = [&blocks](DatanodeReportKind kind) {
    json::object all;
    for (const DatanodeReport& report : blocks.GetDatanodeReport(kind)) {
      const DatanodeInfo& info = report.info;
      all[fmt::format("{}:{}", info.id.host_name, info.id.transfer_port)] = {
          {"infoAddr", fmt::format("{}:{}", info.id.ip_address, info.id.info_port)},
          {"xferaddr", info.id.TransferAddress()},
          {"location", info.location},
          {"adminState", "In Service"},
          {"capacity", info.capacity},
          {"used", info.dfs_used},
          {"usedSpace", info.dfs_used},
          {"nonDfsUsedSpace", info.non_dfs_used},
          {"remaining", info.remaining},
          {"numBlocks", info.block_count},
          {"version", report.software_version},
          {"volfails", report.failed_volumes},
          {"uuid", info.id.uuid}};
    }
    return json::serialize(all);
  };
  metrics.AddText(kBean, "LiveNodes", [nodes] { return nodes(DatanodeReportKind::kLive); });
  metrics.AddText(kBean, "DeadNodes", [nodes] { return nodes(DatanodeReportKind::kDead); });
  metrics.AddText(kBean, "DecomNodes", [] { return std::string("{}"); });
}

}  // namespace tusk::dfs::namenode
