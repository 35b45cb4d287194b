#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "cli/cluster_command.h"
#include "cli/cluster_state.h"
#include "cli/daemon_process.h"
#include "cli/external_verb.h"
#include "common/base/status_macros.h"
#include "common/env/local_path.h"
#include "common/env/posix_env.h"

namespace tusk::cli {
namespace {

constexpr std::chrono::seconds kReadyPatience{120};
constexpr std::chrono::seconds kHealthyPatience{120};
constexpr int kFreeBasePort = 18'020;

Status TakeNumber(const CliArguments& arguments, std::string_view option, int& value) {
  const auto given = arguments.options.find(option);
  if (given == arguments.options.end()) return Status();
  const std::string& text = given->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return Status();
  return Status::Error(StatusCode::kInvalidArgument, "option {} needs a number, not \"{}\"", option,
                       text);
}

/// The remembered plan, or a new one, with what the command line says on top.
Result<ClusterPlan> PlanOf(ClusterPlan plan, const CliArguments& arguments) {
  RETURN_IF_ERROR(TakeNumber(arguments, "--datanodes", plan.datanodes));
  RETURN_IF_ERROR(TakeNumber(arguments, "--trackers", plan.trackers));
  RETURN_IF_ERROR(TakeNumber(arguments, "--base-port", plan.base_port));
  for (const auto& [name, value] : arguments.sources.defines) plan.options[name] = value;
  RETURN_IF_ERROR(CheckPlan(plan));
  return plan;
}

/// Daemons that run keep what they were started with: other settings wait for a stop.
Status CheckChange(const ClusterPlan& old_plan, const ClusterPlan& plan) {
  const bool grows_only =
      old_plan.base_port == plan.base_port && old_plan.options == plan.options &&
      old_plan.datanodes <= plan.datanodes && old_plan.trackers <= plan.trackers;
  if (grows_only) return Status();
  for (const PlannedDaemon& daemon : DaemonsOf(old_plan)) {
    if (!RunningDaemon(daemon.PidFile(old_plan))) continue;
    return Status::Error(StatusCode::kFailedPrecondition,
                         "the cluster runs with other settings ({} datanodes, {} trackers, "
                         "base port {})\n  do: tusk cluster stop --dir {}",
                         old_plan.datanodes, old_plan.trackers,
                         old_plan.base_port == 0 ? "none" : std::to_string(old_plan.base_port),
                         plan.directory);
  }
  return Status();
}

std::vector<PlannedDaemon> StoppedDaemons(const ClusterPlan& plan) {
  std::vector<PlannedDaemon> daemons = DaemonsOf(plan);
  std::erase_if(daemons, [&plan](const PlannedDaemon& daemon) {
    return RunningDaemon(daemon.PidFile(plan)).has_value();
  });
  return daemons;
}

Status CheckPorts(const ClusterPlan& plan, const std::vector<PlannedDaemon>& daemons) {
  for (const PlannedDaemon& daemon : daemons) {
    for (const PlannedAddress& address : daemon.addresses) {
      if (PortIsFree(address.port)) continue;
      const int other =
          plan.base_port < kFreeBasePort ? kFreeBasePort : plan.base_port + ClusterPlan::kPortSpan;
      return Status::Error(StatusCode::kUnavailable,
                           "port {} ({} of the {}) is in use by another program\n"
                           "  who: ss -ltnp 'sport = :{}'\n"
                           "  do: tusk cluster start --dir {} --base-port {}",
                           address.port, address.name, daemon.name, address.port, plan.directory,
                           other);
    }
  }
  return Status();
}

Result<StartedDaemon> StartDaemon(const ClusterPlan& plan, const PlannedDaemon& daemon) {
  const std::string logs = daemon.LogDirectory(plan);
  RETURN_IF_ERROR(PosixEnv::Get().MakeDirectories(logs));
  std::vector<std::string> arguments = {daemon.verb, "--conf", plan.ConfDirectory()};
  if (!daemon.options.empty()) {
    arguments.insert(arguments.end(), {"-conf", daemon.ConfFile(plan)});
  }
  arguments.insert(arguments.end(), {"--pid-file", daemon.PidFile(plan), "--log-dir", logs});
  return StartedDaemon::Spawn(daemon.name, ThisProgram(), arguments, JoinPath(logs, "stderr.log"));
}

Status StartDaemons(const ClusterPlan& plan, const std::vector<PlannedDaemon>& daemons) {
  RETURN_IF_ERROR(PosixEnv::Get().MakeDirectories(JoinPath(plan.directory, "run")));
  std::vector<StartedDaemon> started;
  for (const PlannedDaemon& daemon : daemons) {
    ASSIGN_OR_RETURN(StartedDaemon each, StartDaemon(plan, daemon));
    started.push_back(std::move(each));
  }
  const Status ready = WaitReady(started, kReadyPatience);
  if (ready.ok()) return ready;
  return Status::Error(ready.code(),
                       "{}\n  logs: {}\n  do: tusk cluster start --dir {} again, or stop",
                       ready.message(), plan.LogDirectory(), plan.directory);
}

void PrintStarted(const ClusterPlan& plan, const ClusterState& state) {
  const std::vector<PlannedDaemon> daemons = DaemonsOf(plan);
  const PlannedDaemon& namenode = daemons.front();
  const PlannedDaemon& jobtracker = daemons[static_cast<size_t>(plan.datanodes) + 1];
  const int slots = plan.trackers == 0 ? 0 : state.map_slots / plan.trackers;
  auto url = [](const PlannedDaemon& daemon) {
    return fmt::format("http://127.0.0.1:{}", daemon.Port("http"));
  };
  const std::string uri = fmt::format("hdfs://127.0.0.1:{}", namenode.Port("rpc"));
  std::string text = fmt::format("namenode     {:<24} {}\n", uri, url(namenode));
  text += fmt::format("jobtracker   {:<24} {}\n",
                      fmt::format("127.0.0.1:{}", jobtracker.Port("rpc")), url(jobtracker));
  text += fmt::format("datanodes    {:<24} tasktrackers {}, {} slots each\n", plan.datanodes,
                      plan.trackers, slots);
  text += fmt::format("data         {}\n", plan.directory);
  const char* conf = std::getenv("HADOOP_CONF_DIR");
  const bool is_set = conf != nullptr && plan.ConfDirectory() == conf;
  const std::string set = fmt::format("export HADOOP_CONF_DIR={}\n       ", plan.ConfDirectory());
  text += fmt::format("Next:  {}tusk fs -put FILE /   |   tusk example wordcount IN OUT\n",
                      is_set ? "" : set);
  std::fputs(text.c_str(), stdout);
}

}  // namespace

Result<int> StartCluster(const std::string& directory, const CliArguments& arguments) {
  Env& env = PosixEnv::Get();
  RETURN_IF_ERROR(env.MakeDirectories(directory));
  Result<std::unique_ptr<FileLock>> lock = env.Lock(JoinPath(directory, "cluster.lock"));
  if (!lock.ok()) return lock.status().WithContext("another start or stop is at work");
  Result<ClusterPlan> old_plan = ReadPlan(env, directory);
  if (!old_plan.ok() && old_plan.status().code() != StatusCode::kNotFound) {
    return old_plan.status();
  }
  ClusterPlan base;
  base.directory = directory;
  ASSIGN_OR_RETURN(const ClusterPlan plan, PlanOf(old_plan.ok() ? *old_plan : base, arguments));
  if (old_plan.ok()) RETURN_IF_ERROR(CheckChange(*old_plan, plan));
  const std::vector<PlannedDaemon> stopped = StoppedDaemons(plan);
  RETURN_IF_ERROR(CheckPorts(plan, stopped));
  RETURN_IF_ERROR(WriteConfDirectory(env, plan));
  RETURN_IF_ERROR(WritePlan(env, plan));
  RETURN_IF_ERROR(StartDaemons(plan, stopped));
  ASSIGN_OR_RETURN(ClusterProbe probe, ClusterProbe::Open(plan));
  const ClusterState state = probe.AskUntilReady(kHealthyPatience);
  if (const std::string missing = state.Missing(plan); !missing.empty()) {
    return Status::Error(StatusCode::kUnavailable,
                         "the daemons run, but after {} s: {}\n  logs: {}\n  more: tusk cluster "
                         "status --dir {}",
                         kHealthyPatience.count(), missing, plan.LogDirectory(), plan.directory);
  }
  if (arguments.Has("--json")) {
    std::fputs(StateJson(plan, state).c_str(), stdout);
  } else {
    PrintStarted(plan, state);
  }
  return 0;
}

}  // namespace tusk::cli
