#include <algorithm>
#include <cstdio>

#include "cli/cluster_command.h"
#include "cli/cluster_state.h"
#include "common/base/status_macros.h"

namespace tusk::cli {
namespace {

std::string AddressText(const PlannedDaemon& daemon) {
  std::string text;
  for (const PlannedAddress& address : daemon.addresses) {
    if (!text.empty()) text += "  ";
    text += fmt::format("{} {}", address.name, address.ToString());
  }
  return text;
}

/// "2", or "?" when nobody answers.
std::string NumberText(std::optional<int> number) { return number ? std::to_string(*number) : "?"; }

std::string StateText(const ClusterPlan& plan, const ClusterState& state) {
  size_t width = 0;
  for (const DaemonState& each : state.daemons) width = std::max(width, each.daemon.name.size());
  std::string text;
  for (const DaemonState& each : state.daemons) {
    const std::string_view word = !each.pid ? "down" : each.healthy ? "running" : "unwell";
    text += fmt::format("{:<{}}  {:<7}  {:>7}  {}\n", each.daemon.name, width, word,
                        each.pid ? std::to_string(*each.pid) : "-", AddressText(each.daemon));
    if (each.pid && !each.healthy) text += fmt::format("{:<{}}  {}\n", "", width, each.sentence);
  }
  const std::string safe_mode = !state.safe_mode ? "?" : *state.safe_mode ? "on" : "off";
  text += fmt::format(
      "{} of {} datanodes live, safe mode {}; {} of {} tasktrackers live, "
      "{} map and {} reduce slots\n",
      NumberText(state.live_datanodes), plan.datanodes, safe_mode, NumberText(state.live_trackers),
      plan.trackers, state.map_slots, state.reduce_slots);
  return text + fmt::format("data, logs and conf in {}\n", plan.directory);
}

}  // namespace

Result<int> ShowCluster(const ClusterPlan& plan, const CliArguments& arguments) {
  ASSIGN_OR_RETURN(ClusterProbe probe, ClusterProbe::Open(plan));
  const ClusterState state = probe.Ask();
  const std::string text =
      arguments.Has("--json") ? StateJson(plan, state) : StateText(plan, state);
  std::fputs(text.c_str(), stdout);
  return state.healthy() ? 0 : 1;
}

}  // namespace tusk::cli
