#include "cli/cluster_state.h"

#include <algorithm>

#include <boost/json.hpp>

#include "cli/daemon_process.h"
#include "common/base/status_macros.h"
#include "common/config/config_loader.h"
#include "common/env/posix_env.h"
#include "common/http/http_get.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "dfs/client/dfs_file_system.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/client/job_client.h"

namespace tusk::cli {
namespace {

constexpr std::chrono::seconds kHealthPatience{5};
constexpr std::chrono::milliseconds kAskAgain{50};
constexpr char kHost[] = "127.0.0.1";

/// Asks the daemon itself, over its web server. True when it answered, be it that it is unwell.
bool AskHealth(DaemonState& state) {
  if (!state.pid) {
    state.sentence = "does not run";
    return false;
  }
  std::string page;
  const Status status = http::HttpGet(
      Endpoint{kHost, state.daemon.Port("http")}, "/health",
      [&page](std::string_view text) {
        page += text;
        return Status::Ok();
      },
      kHealthPatience);
  state.healthy = status.ok();
  state.sentence = status.ok() ? page.substr(0, page.find('\n')) : std::string(status.message());
  // The daemon's own words are enough.
  constexpr std::string_view kRefused = " answers 503: ";
  const size_t refused = state.sentence.find(kRefused);
  if (refused != std::string::npos) state.sentence.erase(0, refused + kRefused.size());
  return status.ok() || refused != std::string::npos;
}

}  // namespace

bool ClusterState::healthy() const {
  return std::all_of(daemons.begin(), daemons.end(),
                     [](const DaemonState& each) { return each.healthy; });
}

std::string ClusterState::Missing(const ClusterPlan& plan) const {
  for (const DaemonState& each : daemons) {
    if (!each.healthy) return each.daemon.name + ": " + each.sentence;
  }
  if (live_datanodes.value_or(0) < plan.datanodes) {
    return fmt::format("{} of {} datanodes are live", live_datanodes.value_or(0), plan.datanodes);
  }
  if (live_trackers.value_or(0) < plan.trackers) {
    return fmt::format("{} of {} tasktrackers are live", live_trackers.value_or(0), plan.trackers);
  }
  return safe_mode.value_or(true) ? "namenode: " + daemons.front().sentence : "";
}

ClusterProbe::ClusterProbe() = default;
ClusterProbe::ClusterProbe(ClusterProbe&& other) noexcept = default;
ClusterProbe::~ClusterProbe() = default;

Result<ClusterProbe> ClusterProbe::Open(const ClusterPlan& plan) {
  ClusterProbe probe;
  probe.plan_ = plan;
  ConfigSources sources;
  sources.conf_dir = plan.ConfDirectory();
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  ASSIGN_OR_RETURN(const Config config, LoadConfig(PosixEnv::Get(), registry, sources));
  ASSIGN_OR_RETURN(std::shared_ptr<dfs::FileSystem> files, dfs::OpenFileSystem("", config));
  probe.files_ = std::dynamic_pointer_cast<dfs::DfsFileSystem>(files);
  if (!probe.files_) {
    return Status::Error(StatusCode::kInvalidArgument, "{}: fs.defaultFS is no cluster: {}",
                         plan.ConfDirectory(), files->Uri());
  }
  const std::vector<PlannedDaemon> daemons = DaemonsOf(plan);
  const auto jobtracker = std::find_if(daemons.begin(), daemons.end(),
                                       [](const auto& each) { return each.verb == "jobtracker"; });
  mapreduce::JobClient::Options options;
  options.jobtracker = Endpoint{kHost, jobtracker->Port("rpc")};
  options.user = probe.files_->UserName();
  options.call_timeout = kHealthPatience;
  options.patience = kHealthPatience;
  probe.jobs_ = std::make_unique<mapreduce::JobClient>(std::move(options));
  return probe;
}

void ClusterProbe::AskNamenode(ClusterState& state) {
  const auto live = files_->namenode().GetDatanodeReport(dfs::DatanodeReportType::kLive);
  if (live.ok()) state.live_datanodes = static_cast<int>(live->size());
  const Result<bool> safe_mode = files_->namenode().SetSafeMode(dfs::SafeModeAction::kGet);
  if (safe_mode.ok()) state.safe_mode = *safe_mode;
}

void ClusterProbe::AskJobtracker(ClusterState& state) {
  const auto trackers = jobs_->Trackers();
  if (!trackers.ok()) return;
  state.live_trackers = 0;
  for (const mapreduce::proto::TrackerReportProto& tracker : *trackers) {
    if (!tracker.live()) continue;
    ++*state.live_trackers;
    state.map_slots += static_cast<int>(tracker.map_slots());
    state.reduce_slots += static_cast<int>(tracker.reduce_slots());
  }
}

ClusterState ClusterProbe::Ask() {
  ClusterState state;
  for (PlannedDaemon& daemon : DaemonsOf(plan_)) {
    DaemonState each{std::move(daemon), std::nullopt, false, ""};
    each.pid = RunningDaemon(each.daemon.PidFile(plan_));
    const bool answers = AskHealth(each);
    // The jobtracker's health is that of its trackers.
    if (answers && each.daemon.verb == "jobtracker" && plan_.trackers == 0) each.healthy = true;
    if (each.pid && each.daemon.verb == "namenode") AskNamenode(state);
    if (each.pid && each.daemon.verb == "jobtracker") AskJobtracker(state);
    state.daemons.push_back(std::move(each));
  }
  return state;
}

ClusterState ClusterProbe::AskUntilReady(std::chrono::milliseconds patience) {
  const Deadline deadline = Deadline::After(SystemClock::Get(), patience);
  while (true) {
    ClusterState state = Ask();
    if (state.Missing(plan_).empty() || deadline.Expired(SystemClock::Get())) return state;
    // Neither protocol has a call that waits for this.
    if (!files_->namenode().Wait(kAskAgain).ok()) return state;
  }
}

std::string StateJson(const ClusterPlan& plan, const ClusterState& state) {
  boost::json::array daemons;
  for (const DaemonState& each : state.daemons) {
    boost::json::object addresses;
    for (const PlannedAddress& address : each.daemon.addresses) {
      addresses[address.name] = address.ToString();
    }
    boost::json::object daemon = {
        {"name", each.daemon.name},          {"running", each.pid.has_value()},
        {"healthy", each.healthy},           {"health", each.sentence},
        {"addresses", std::move(addresses)}, {"logs", each.daemon.LogDirectory(plan)}};
    if (each.pid) daemon["pid"] = *each.pid;
    daemons.push_back(std::move(daemon));
  }
  boost::json::object cluster = {
      {"directory", plan.directory},        {"conf", plan.ConfDirectory()},
      {"healthy", state.healthy()},         {"datanodes", plan.datanodes},
      {"trackers", plan.trackers},          {"map_slots", state.map_slots},
      {"reduce_slots", state.reduce_slots}, {"live_datanodes", nullptr},
      {"live_trackers", nullptr},           {"safe_mode", nullptr},
      {"daemons", std::move(daemons)}};
  if (state.live_datanodes) cluster["live_datanodes"] = *state.live_datanodes;
  if (state.live_trackers) cluster["live_trackers"] = *state.live_trackers;
  if (state.safe_mode) cluster["safe_mode"] = *state.safe_mode;
  return boost::json::serialize(cluster) + "\n";
}

}  // namespace tusk::cli
