#include "dfs/namenode/web/namenode_beans.h"

#include <functional>
#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "common/metrics/metric_registry.h"
#include "common/time/clock.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namespace/namespace.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace json = boost::json;

namespace {

constexpr const char* kInfo = "Hadoop:service=NameNode,name=NameNodeInfo";
constexpr const char* kStatus = "Hadoop:service=NameNode,name=NameNodeStatus";
constexpr const char* kState = "Hadoop:service=NameNode,name=FSNamesystemState";

double Percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

/// A number of the cluster's totals under one attribute.
void AddNumber(MetricRegistry& metrics, BlockManager& blocks, const char* bean,
               const char* attribute, std::function<double(const BlockStats&)> read) {
  metrics.AddFact(bean, attribute, [&blocks, read = std::move(read)] {
    return json::serialize(json::value(read(blocks.Stats())));
  });
}

void AddCount(MetricRegistry& metrics, BlockManager& blocks, const char* bean,
              const char* attribute, std::function<uint64_t(const BlockStats&)> read) {
  metrics.AddFact(bean, attribute, [&blocks, read = std::move(read)] {
    return fmt::format("{}", read(blocks.Stats()));
  });
}

/// The datanodes of a kind as the JSON text that Hadoop puts into a string.
std::string NodesJson(BlockManager& blocks, DatanodeReportKind kind, int64_t now_ms) {
  json::object all;
  for (const DatanodeReport& report : blocks.GetDatanodeReport(kind)) {
    const DatanodeInfo& info = report.info;
    all[fmt::format("{}:{}", info.id.host_name, info.id.transfer_port)] = {
        {"infoAddr", fmt::format("{}:{}", info.id.ip_address, info.id.info_port)},
        {"xferaddr", info.id.TransferAddress()},
        {"location", info.location},
        {"lastContact", (now_ms - info.last_update_ms) / 1000},
        {"adminState", "In Service"},
        {"capacity", info.capacity},
        {"used", info.dfs_used},
        {"usedSpace", info.dfs_used},
        {"nonDfsUsedSpace", info.non_dfs_used},
        {"remaining", info.remaining},
        {"numBlocks", info.block_count},
        {"blockPoolUsed", info.dfs_used},
        {"blockPoolUsedPercent", Percent(info.dfs_used, info.capacity)},
        {"version", report.software_version},
        {"volfails", report.failed_volumes},
        {"uuid", info.id.uuid}};
  }
  return json::serialize(all);
}

void AddInfo(MetricRegistry& metrics, const OpContext& context) {
  BlockManager& blocks = context.blocks;
  SafeMode& safe_mode = context.safe_mode;
  const Clock& clock = context.ns.clock();
  for (const char* attribute : {"Version", "SoftwareVersion"}) {
    metrics.AddText(kInfo, attribute, [&blocks] { return blocks.identity().software_version; });
  }
  metrics.AddText(kInfo, "ClusterId", [&blocks] { return blocks.identity().cluster_id; });
  metrics.AddText(kInfo, "BlockPoolId", [&blocks] { return blocks.identity().block_pool_id; });
  metrics.AddText(kInfo, "Safemode",
                  [&safe_mode] { return safe_mode.IsOn() ? safe_mode.Tip() : std::string(); });
  const int64_t started_ms = clock.WallMillis();
  metrics.AddFact(kInfo, "NNStartedTimeInMillis",
                  [started_ms] { return fmt::format("{}", started_ms); });
  Namespace& ns = context.ns;
  metrics.AddFact(kInfo, "TotalFiles", [&ns] { return fmt::format("{}", ns.totals().files); });
  AddCount(metrics, blocks, kInfo, "Total", [](const BlockStats& stats) { return stats.capacity; });
  AddCount(metrics, blocks, kInfo, "Used", [](const BlockStats& stats) { return stats.dfs_used; });
  AddCount(metrics, blocks, kInfo, "Free", [](const BlockStats& stats) { return stats.remaining; });
  AddCount(metrics, blocks, kInfo, "NonDfsUsedSpace",
           [](const BlockStats& stats) { return stats.non_dfs_used; });
  AddNumber(metrics, blocks, kInfo, "PercentUsed",
            [](const BlockStats& stats) { return Percent(stats.dfs_used, stats.capacity); });
  AddNumber(metrics, blocks, kInfo, "PercentRemaining",
            [](const BlockStats& stats) { return Percent(stats.remaining, stats.capacity); });
  AddCount(metrics, blocks, kInfo, "TotalBlocks",
           [](const BlockStats& stats) { return stats.blocks; });
  AddCount(metrics, blocks, kInfo, "NumberOfMissingBlocks",
           [](const BlockStats& stats) { return stats.missing; });
  AddCount(metrics, blocks, kInfo, "NumberOfMissingBlocksWithReplicationFactorOne",
           [](const BlockStats& stats) { return stats.missing_replication_one; });
  for (const auto& [attribute, kind] : {std::pair("LiveNodes", DatanodeReportKind::kLive),
                                        std::pair("DeadNodes", DatanodeReportKind::kDead)}) {
    const DatanodeReportKind listed = kind;
    metrics.AddText(kInfo, attribute, [&blocks, &clock, listed] {
      return NodesJson(blocks, listed, clock.WallMillis());
    });
  }
  for (const char* attribute : {"DecomNodes", "EnteringMaintenanceNodes"}) {
    metrics.AddText(kInfo, attribute, [] { return std::string("{}"); });
  }
}

void AddState(MetricRegistry& metrics, const OpContext& context) {
  BlockManager& blocks = context.blocks;
  SafeMode& safe_mode = context.safe_mode;
  Namespace& ns = context.ns;
  using Stats = const BlockStats&;
  metrics.AddText(kState, "FSState", [&safe_mode] {
    return std::string(safe_mode.IsOn() ? "safeMode" : "Operational");
  });
  metrics.AddFact(kState, "FilesTotal", [&ns] {
    const NamespaceTotals totals = ns.totals();
    return fmt::format("{}", totals.files + totals.directories);
  });
  const std::pair<const char*, std::function<uint64_t(Stats)>> counts[] = {
      {"BlocksTotal", [](Stats stats) { return stats.blocks; }},
      {"CapacityTotal", [](Stats stats) { return stats.capacity; }},
      {"CapacityUsed", [](Stats stats) { return stats.dfs_used; }},
      {"CapacityRemaining", [](Stats stats) { return stats.remaining; }},
      {"UnderReplicatedBlocks", [](Stats stats) { return stats.under_replicated; }},
      {"PendingReplicationBlocks", [](Stats stats) { return stats.pending_replication; }},
      {"ScheduledReplicationBlocks", [](Stats stats) { return stats.scheduled_replication; }},
      {"PendingDeletionBlocks", [](Stats stats) { return stats.pending_deletion; }},
      {"NumStaleDataNodes", [](Stats stats) { return stats.stale_datanodes; }},
      {"NumDecomLiveDataNodes", [](Stats) { return 0; }},
      {"NumDecomDeadDataNodes", [](Stats) { return 0; }},
      {"NumDecommissioningDataNodes", [](Stats) { return 0; }},
      {"VolumeFailuresTotal", [](Stats stats) { return stats.failed_volumes; }},
      {"TotalLoad", [](Stats stats) { return stats.xceivers; }}};
  for (const auto& [attribute, read] : counts) AddCount(metrics, blocks, kState, attribute, read);
}

}  // namespace

void AddNamenodeBeans(MetricRegistry& metrics, const OpContext& context,
                      std::string host_and_port) {
  AddInfo(metrics, context);
  AddState(metrics, context);
  metrics.AddText(kStatus, "NNRole", [] { return std::string("NameNode"); });
  metrics.AddText(kStatus, "HostAndPort", [address = std::move(host_and_port)] { return address; });
  metrics.AddText(kStatus, "State", [] { return std::string("active"); });
  metrics.AddFact(kStatus, "SecurityEnabled", [] { return std::string("false"); });
  metrics.AddFact(kStatus, "LastHATransitionTime", [] { return std::string("0"); });
}

}  // namespace tusk::dfs::namenode
