#include "cli/cluster_plan.h"

#include <algorithm>
#include <thread>

#include <boost/json.hpp>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/config/site_xml_reader.h"
#include "common/env/local_path.h"

namespace tusk::cli {
namespace {

constexpr std::string_view kHost = "127.0.0.1";
constexpr std::string_view kPlanFile = "cluster.json";
constexpr uint64_t kMaxPlanBytes = 1 << 20;
constexpr int kLowestPort = 1024;
constexpr int kHighestPort = 65'535;

/// The ports of one kind of daemon: well-known ones, and where they are behind a base port. The
/// second daemon of a kind has each of them one `step` higher.
struct PortRule {
  std::string_view name;
  std::string_view option;
  int well_known;
  int offset;
  int well_known_step;
  int step;
};

constexpr PortRule kNamenodePorts[] = {
    {"rpc", "fs.defaultFS", 8020, 0, 0, 0},
    {"http", "dfs.namenode.http-address", 9870, 1, 0, 0},
};
constexpr PortRule kJobtrackerPorts[] = {
    {"rpc", "mapreduce.jobtracker.address", 8021, 2, 0, 0},
    {"http", "mapreduce.jobtracker.http.address", 8088, 3, 0, 0},
};
constexpr PortRule kDatanodePorts[] = {
    {"data", "dfs.datanode.address", 9866, 10, 10, 3},
    {"ipc", "dfs.datanode.ipc.address", 9867, 11, 10, 3},
    {"http", "dfs.datanode.http.address", 9864, 12, 10, 3},
};
constexpr PortRule kTrackerPorts[] = {
    {"http", "mapreduce.tasktracker.http.address", 8042, 110, 1, 2},
    {"shuffle", "tusk.tasktracker.shuffle.address", 13'562, 111, 1, 2},
};

std::vector<PlannedAddress> AddressesOf(const ClusterPlan& plan, std::span<const PortRule> rules,
                                        int index) {
  std::vector<PlannedAddress> addresses;
  for (const PortRule& rule : rules) {
    const int port = plan.base_port == 0 ? rule.well_known + index * rule.well_known_step
                                         : plan.base_port + rule.offset + index * rule.step;
    addresses.push_back(
        {std::string(rule.name), std::string(rule.option), static_cast<uint16_t>(port)});
  }
  return addresses;
}

/// A daemon that is one of several, with the options of its addresses.
PlannedDaemon Numbered(const ClusterPlan& plan, std::string verb, std::span<const PortRule> rules,
                       int index) {
  PlannedDaemon daemon;
  daemon.name = fmt::format("{}-{}", verb, index + 1);
  daemon.verb = std::move(verb);
  daemon.addresses = AddressesOf(plan, rules, index);
  for (const PlannedAddress& address : daemon.addresses) {
    daemon.options.emplace_back(address.option, address.ToString());
  }
  return daemon;
}

/// Slots of each tracker: together one a core, and two for the smallest, so that a job is seen to
/// run in parallel.
int SlotsOfEach(const ClusterPlan& plan) {
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  return std::max(2, cores / std::max(1, plan.trackers));
}

/// The site file that an option of the user belongs into.
std::string_view SiteFileOf(std::string_view option) {
  for (const std::string_view part : {"mapreduce.", "tusk.jobtracker.", "tusk.tasktracker."}) {
    if (option.starts_with(part)) return "mapred-site.xml";
  }
  for (const std::string_view part : {"fs.", "hadoop.", "io.", "ipc.", "net."}) {
    if (option.starts_with(part)) return "core-site.xml";
  }
  return "hdfs-site.xml";
}

using Properties = std::vector<SiteProperty>;

Status WriteSite(Env& env, const ClusterPlan& plan, std::string_view name, Properties properties) {
  for (const auto& [option, value] : plan.options) {
    if (SiteFileOf(option) != name) continue;
    std::erase_if(properties, [&](const SiteProperty& each) { return each.name == option; });
    properties.push_back({option, value});
  }
  std::string xml = WriteSiteXml(properties);
  constexpr std::string_view kNote =
      "<!-- Written by each `tusk cluster start`. Options of your own: -D name=value there, or a\n"
      "     tusk-site.xml beside this file, which Tusk reads last and the start leaves alone. "
      "-->\n";
  xml.insert(xml.find('\n') + 1, kNote);
  return env.ReplaceFile(JoinPath(plan.ConfDirectory(), name), AsBytes(xml));
}

Result<ClusterPlan> ParsePlan(const std::string& text) {
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(text, error);
  const boost::json::object* object = error ? nullptr : parsed.if_object();
  if (object == nullptr) return Status(StatusCode::kCorruption, "not a JSON object");
  ClusterPlan plan;
  auto number = [&](std::string_view name, int& value) {
    const boost::json::value* member = object->if_contains(name);
    if (member != nullptr && member->is_int64()) value = static_cast<int>(member->get_int64());
  };
  number("datanodes", plan.datanodes);
  number("trackers", plan.trackers);
  number("base_port", plan.base_port);
  const boost::json::value* options = object->if_contains("options");
  if (options != nullptr && options->is_object()) {
    for (const auto& [name, value] : options->get_object()) {
      if (value.is_string()) plan.options[std::string(name)] = std::string(value.get_string());
    }
  }
  return plan;
}

}  // namespace

std::string ClusterPlan::ConfDirectory() const { return JoinPath(directory, "conf"); }
std::string ClusterPlan::LogDirectory() const { return JoinPath(directory, "logs"); }

std::string PlannedAddress::ToString() const { return fmt::format("{}:{}", kHost, port); }

std::string PlannedDaemon::PidFile(const ClusterPlan& plan) const {
  return fmt::format("{}/run/{}.pid", plan.directory, name);
}
std::string PlannedDaemon::LogDirectory(const ClusterPlan& plan) const {
  return JoinPath(plan.LogDirectory(), name);
}
std::string PlannedDaemon::ConfFile(const ClusterPlan& plan) const {
  return fmt::format("{}/{}.xml", plan.ConfDirectory(), name);
}

uint16_t PlannedDaemon::Port(std::string_view address) const {
  for (const PlannedAddress& each : addresses) {
    if (each.name == address) return each.port;
  }
  internal::FailCheck("a planned address", address);
}

std::vector<PlannedDaemon> DaemonsOf(const ClusterPlan& plan) {
  std::vector<PlannedDaemon> daemons;
  daemons.push_back({"namenode", "namenode", AddressesOf(plan, kNamenodePorts, 0), {}});
  for (int i = 0; i < plan.datanodes; ++i) {
    PlannedDaemon daemon = Numbered(plan, "datanode", kDatanodePorts, i);
    daemon.options.emplace_back("dfs.datanode.data.dir",
                                fmt::format("file://{}/data/{}", plan.directory, daemon.name));
    daemons.push_back(std::move(daemon));
  }
  daemons.push_back({"jobtracker", "jobtracker", AddressesOf(plan, kJobtrackerPorts, 0), {}});
  for (int i = 0; i < plan.trackers; ++i) {
    PlannedDaemon daemon = Numbered(plan, "tasktracker", kTrackerPorts, i);
    daemon.options.emplace_back("mapreduce.cluster.local.dir",
                                fmt::format("{}/local/{}", plan.directory, daemon.name));
    daemons.push_back(std::move(daemon));
  }
  return daemons;
}

Status CheckPlan(const ClusterPlan& plan) {
  auto within = [](std::string_view what, int value, int least, int most) {
    if (value >= least && value <= most) return Status();
    return Status::Error(StatusCode::kInvalidArgument, "{} must be {} to {}, not {}", what, least,
                         most, value);
  };
  RETURN_IF_ERROR(within("--datanodes", plan.datanodes, 1, ClusterPlan::kMaxDatanodes));
  RETURN_IF_ERROR(within("--trackers", plan.trackers, 0, ClusterPlan::kMaxTrackers));
  if (plan.base_port != 0) {
    RETURN_IF_ERROR(
        within("--base-port", plan.base_port, kLowestPort, kHighestPort - ClusterPlan::kPortSpan));
  }
  // A comma would end the item of a list, "${" begin a variable.
  for (const std::string_view bad : {",", "${", "\n"}) {
    if (plan.directory.find(bad) == std::string::npos) continue;
    return Status::Error(StatusCode::kInvalidArgument,
                         "--dir: a directory with \"{}\" in its name cannot be used: {}", bad,
                         plan.directory);
  }
  return Status();
}

Result<ClusterPlan> ReadPlan(Env& env, const std::string& directory) {
  const std::string path = JoinPath(directory, kPlanFile);
  Result<std::string> text = env.ReadSmallFile(path, kMaxPlanBytes);
  if (!text.ok() && text.status().code() == StatusCode::kNotFound) {
    return Status::Error(StatusCode::kNotFound, "no cluster in {}", directory);
  }
  RETURN_IF_ERROR(text.status());
  Result<ClusterPlan> plan = ParsePlan(*text);
  if (!plan.ok()) return plan.status().WithContext(path);
  plan->directory = directory;
  RETURN_IF_ERROR(CheckPlan(*plan).WithContext(path));
  return plan;
}

Status WritePlan(Env& env, const ClusterPlan& plan) {
  boost::json::object options;
  for (const auto& [name, value] : plan.options) options[name] = value;
  const boost::json::object object = {{"datanodes", plan.datanodes},
                                      {"trackers", plan.trackers},
                                      {"base_port", plan.base_port},
                                      {"options", options}};
  const std::string text = boost::json::serialize(object) + "\n";
  return env.ReplaceFile(JoinPath(plan.directory, kPlanFile), AsBytes(text));
}

Status WriteConfDirectory(Env& env, const ClusterPlan& plan) {
  RETURN_IF_ERROR(env.MakeDirectories(plan.ConfDirectory()));
  const std::vector<PlannedDaemon> daemons = DaemonsOf(plan);
  auto named = [&](std::string_view name) {
    return *std::find_if(daemons.begin(), daemons.end(),
                         [&](const PlannedDaemon& each) { return each.name == name; });
  };
  const std::vector<PlannedAddress> namenode = named("namenode").addresses;
  const std::vector<PlannedAddress> jobtracker = named("jobtracker").addresses;
  const std::string& dir = plan.directory;
  RETURN_IF_ERROR(WriteSite(
      env, plan, "core-site.xml",
      {{"fs.defaultFS", "hdfs://" + namenode[0].ToString()}, {"hadoop.tmp.dir", dir + "/tmp"}}));
  RETURN_IF_ERROR(WriteSite(env, plan, "hdfs-site.xml",
                            {{"dfs.replication", std::to_string(std::min(3, plan.datanodes))},
                             {namenode[1].option, namenode[1].ToString()},
                             {"dfs.namenode.name.dir", fmt::format("file://{}/data/namenode", dir)},
                             // All daemons are here; the machine's own name need not resolve.
                             {"dfs.datanode.hostname", "localhost"}}));
  const std::string slots = std::to_string(SlotsOfEach(plan));
  RETURN_IF_ERROR(WriteSite(env, plan, "mapred-site.xml",
                            {{jobtracker[0].option, jobtracker[0].ToString()},
                             {jobtracker[1].option, jobtracker[1].ToString()},
                             {"tusk.jobtracker.dir", dir + "/data/jobtracker"},
                             {"mapreduce.tasktracker.map.tasks.maximum", slots},
                             {"mapreduce.tasktracker.reduce.tasks.maximum", slots}}));
  for (const PlannedDaemon& daemon : daemons) {
    if (daemon.options.empty()) continue;
    Properties properties;
    for (const auto& [name, value] : daemon.options) properties.push_back({name, value});
    RETURN_IF_ERROR(env.ReplaceFile(daemon.ConfFile(plan), AsBytes(WriteSiteXml(properties))));
  }
  return Status();
}

}  // namespace tusk::cli
