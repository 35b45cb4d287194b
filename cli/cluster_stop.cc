#include <algorithm>
#include <cstdio>

#include <boost/json.hpp>

#include "cli/cluster_command.h"
#include "cli/daemon_process.h"
#include "common/base/status_macros.h"
#include "common/env/local_path.h"
#include "common/env/posix_env.h"

namespace tusk::cli {
namespace {

/// More than the time that a daemon gives its own stop.
constexpr std::chrono::seconds kStopPatience{40};

struct StoppedDaemon {
  std::string name;
  bool killed = false;
};

std::string StopJson(const std::vector<StoppedDaemon>& stopped) {
  boost::json::array names;
  boost::json::array killed;
  for (const StoppedDaemon& each : stopped) {
    (each.killed ? killed : names).emplace_back(each.name);
  }
  const boost::json::object object = {{"stopped", std::move(names)}, {"killed", std::move(killed)}};
  return boost::json::serialize(object) + "\n";
}

void Print(const ClusterPlan& plan, const std::vector<StoppedDaemon>& stopped) {
  if (stopped.empty()) {
    std::printf("nothing runs in %s\n", plan.directory.c_str());
    return;
  }
  for (const StoppedDaemon& each : stopped) {
    if (!each.killed) continue;
    std::fprintf(stderr, "warning: %s did not stop within %d s and was killed\n", each.name.c_str(),
                 static_cast<int>(kStopPatience.count()));
  }
  std::printf("stopped %zu daemons; the data stays in %s\n", stopped.size(),
              plan.directory.c_str());
}

}  // namespace

Result<int> StopCluster(const ClusterPlan& plan, const CliArguments& arguments) {
  const Result<std::unique_ptr<FileLock>> lock =
      PosixEnv::Get().Lock(JoinPath(plan.directory, "cluster.lock"));
  if (!lock.ok()) return lock.status().WithContext("another start or stop is at work");
  const std::vector<PlannedDaemon> daemons = DaemonsOf(plan);
  std::vector<StoppedDaemon> stopped;
  // Who uses others goes first, so that nobody complains about a peer that is gone.
  for (const std::string_view verb : {"tasktracker", "jobtracker", "datanode", "namenode"}) {
    std::vector<pid_t> pids;
    const size_t first = stopped.size();
    for (const PlannedDaemon& daemon : daemons) {
      if (daemon.verb != verb) continue;
      const std::optional<pid_t> pid = RunningDaemon(daemon.PidFile(plan));
      if (!pid) continue;
      pids.push_back(*pid);
      stopped.push_back({daemon.name});
    }
    const std::vector<pid_t> killed = StopProcesses(pids, kStopPatience);
    for (size_t i = 0; i < pids.size(); ++i) {
      stopped[first + i].killed = std::find(killed.begin(), killed.end(), pids[i]) != killed.end();
    }
  }
  if (arguments.Has("--json")) {
    std::fputs(StopJson(stopped).c_str(), stdout);
  } else {
    Print(plan, stopped);
  }
  return 0;
}

}  // namespace tusk::cli
