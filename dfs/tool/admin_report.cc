#include "dfs/tool/admin_report.h"

#include <ctime>

#include <fmt/core.h>

#include "common/base/status_macros.h"
#include "dfs/tool/text_format.h"

namespace tusk::dfs {
namespace {

/// "1.50 GB", as Hadoop's StringUtils.byteDesc.
std::string ByteDescription(uint64_t bytes) {
  constexpr std::string_view kUnits[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
  size_t i = 0;
  auto value = static_cast<double>(bytes);
  while (value >= 1024 && i + 1 < std::size(kUnits)) {
    value /= 1024;
    ++i;
  }
  if (i == 0) return fmt::format("{} B", bytes);
  std::string text = fmt::format("{:.2f}", value);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  return fmt::format("{} {}", text, kUnits[i]);
}

std::string Amount(std::string_view label, uint64_t bytes) {
  return fmt::format("{}: {} ({})\n", label, bytes, ByteDescription(bytes));
}

std::string Percent(uint64_t part, uint64_t whole) {
  return fmt::format("{:.2f}%",
                     whole == 0 ? 0 : static_cast<double>(part) * 100 / static_cast<double>(whole));
}

/// "Tue Nov 24 17:20:01 UTC 2026", as Java's Date prints it.
std::string JavaDate(int64_t milliseconds) {
  const time_t seconds = static_cast<time_t>(milliseconds / 1000);
  struct tm parts;
  char text[64];
  if (::localtime_r(&seconds, &parts) == nullptr) return std::to_string(milliseconds);
  return std::string(text, std::strftime(text, sizeof text, "%a %b %d %H:%M:%S %Z %Y", &parts));
}

std::string_view AdminStateText(AdminState state) {
  switch (state) {
    case AdminState::kNormal:
      return "Normal";
    case AdminState::kDecommissionInProgress:
      return "Decommission in progress";
    case AdminState::kDecommissioned:
      return "Decommissioned";
    case AdminState::kEnteringMaintenance:
      return "Entering Maintenance";
    case AdminState::kInMaintenance:
      return "In Maintenance";
  }
  return "Unknown";
}

std::string NodeReport(const DatanodeInfo& node) {
  std::string text = fmt::format("Name: {}", node.id.TransferAddress());
  if (!node.id.host_name.empty()) text += fmt::format(" ({})", node.id.host_name);
  text += fmt::format("\nHostname: {}\n", node.id.host_name);
  if (!node.location.empty() && node.location != "/default-rack") {
    text += fmt::format("Rack: {}\n", node.location);
  }
  text += fmt::format("Decommission Status : {}\n", AdminStateText(node.admin_state));
  text += Amount("Configured Capacity", node.capacity);
  text += Amount("DFS Used", node.dfs_used);
  text += Amount("Non DFS Used", node.non_dfs_used);
  text += Amount("DFS Remaining", node.remaining);
  text += fmt::format("DFS Used%: {}\n", Percent(node.dfs_used, node.capacity));
  text += fmt::format("DFS Remaining%: {}\n", Percent(node.remaining, node.capacity));
  text += Amount("Configured Cache Capacity", node.cache_capacity);
  text += Amount("Cache Used", node.cache_used);
  const uint64_t cache_left =
      node.cache_capacity > node.cache_used ? node.cache_capacity - node.cache_used : 0;
  text += Amount("Cache Remaining", cache_left);
  text += fmt::format("Cache Used%: {}\n", Percent(node.cache_used, node.cache_capacity));
  text += fmt::format("Cache Remaining%: {}\n", Percent(cache_left, node.cache_capacity));
  text += fmt::format("Xceivers: {}\n", node.xceiver_count);
  text += fmt::format("Last contact: {}\n", JavaDate(node.last_update_ms));
  text +=
      fmt::format("Last Block Report: {}\n",
                  node.last_block_report_ms == 0 ? "Never" : JavaDate(node.last_block_report_ms));
  text += fmt::format("Num of Blocks: {}\n", node.block_count);
  return text;
}

void Print(FILE* out, const std::string& text) { std::fwrite(text.data(), 1, text.size(), out); }

Status PrintSums(NamenodeProxy& namenode, FILE* out) {
  ASSIGN_OR_RETURN(const FsStats stats, namenode.GetFsStats());
  ASSIGN_OR_RETURN(const bool safe_mode, namenode.SetSafeMode(SafeModeAction::kGet));
  const uint64_t present = stats.used + stats.remaining;
  std::string text;
  if (safe_mode) text += "Safe mode is ON\n";
  text += Amount("Configured Capacity", stats.capacity);
  text += Amount("Present Capacity", present);
  text += Amount("DFS Remaining", stats.remaining);
  text += Amount("DFS Used", stats.used);
  text += fmt::format("DFS Used%: {}\n", Percent(stats.used, present));
  text += "Replicated Blocks:\n";
  text += fmt::format("\tUnder replicated blocks: {}\n", stats.under_replicated);
  text += fmt::format("\tBlocks with corrupt replicas: {}\n", stats.corrupt_blocks);
  text += fmt::format("\tMissing blocks: {}\n", stats.missing_blocks);
  text += "\n-------------------------------------------------\n";
  Print(out, text);
  return Status::Ok();
}

Status PrintNodes(NamenodeProxy& namenode, DatanodeReportType type, std::string_view label,
                  FILE* out) {
  ASSIGN_OR_RETURN(const std::vector<DatanodeInfo> nodes, namenode.GetDatanodeReport(type));
  if (nodes.empty() && type != DatanodeReportType::kLive) return Status::Ok();
  Print(out, fmt::format("{} datanodes ({}):\n\n", label, nodes.size()));
  for (const DatanodeInfo& node : nodes) Print(out, NodeReport(node) + "\n\n");
  return Status::Ok();
}

}  // namespace

Status AdminReport(NamenodeProxy& namenode, std::span<const std::string> arguments, FILE* out) {
  bool live = arguments.empty();
  bool dead = arguments.empty();
  for (const std::string& argument : arguments) {
    if (argument == "-live") {
      live = true;
    } else if (argument == "-dead") {
      dead = true;
    } else {
      return Status::Error(StatusCode::kInvalidArgument, "Illegal option {}", argument);
    }
  }
  RETURN_IF_ERROR(PrintSums(namenode, out));
  if (live) RETURN_IF_ERROR(PrintNodes(namenode, DatanodeReportType::kLive, "Live", out));
  if (dead) RETURN_IF_ERROR(PrintNodes(namenode, DatanodeReportType::kDead, "Dead", out));
  return Status::Ok();
}

}  // namespace tusk::dfs
