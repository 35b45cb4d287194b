#include "dfs/namenode/namenode_metrics.h"

#include <functional>
#include <utility>

#include "common/metrics/metric_registry.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namespace/namespace.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

namespace {

constexpr const char* kNamesystem = "Hadoop:service=NameNode,name=FSNamesystem";
constexpr const char* kNamesystemState = "Hadoop:service=NameNode,name=FSNamesystemState";

MetricInfo Info(std::string name, MetricUnit unit, std::string sentence, std::string bean = "",
                std::string attribute = "") {
  MetricInfo info;
  info.name = std::move(name);
  info.unit = unit;
  info.sentence = std::move(sentence);
  info.bean = std::move(bean);
  info.attribute = std::move(attribute);
  return info;
}

void AddNamespaceMetrics(MetricRegistry& metrics, Namespace* ns) {
  metrics.AddGaugeFunction(Info("tusk_namenode_files", MetricUnit::kCount, "Files and directories.",
                                kNamesystem, "FilesTotal"),
                           [ns] {
                             const NamespaceTotals totals = ns->totals();
                             return static_cast<double>(totals.files + totals.directories);
                           });
  metrics.AddGaugeFunction(
      Info("tusk_namenode_open_files", MetricUnit::kCount, "Files that are open for writing.",
           kNamesystem, "NumFilesUnderConstruction"),
      [ns] { return static_cast<double>(ns->leases().open_files()); });
  metrics.AddGaugeFunction(
      Info("tusk_namenode_last_txid", MetricUnit::kCount, "Number of the newest durable change.",
           kNamesystem, "LastWrittenTransactionId"),
      [ns] { return static_cast<double>(ns->group_commit().durable_txid()); });
  metrics.AddGaugeFunction(
      Info("tusk_namenode_journal_batches", MetricUnit::kCount,
           "Batches synced to the journal since the start."),
      [ns] { return static_cast<double>(ns->group_commit().counts().batches); });
  metrics.AddGaugeFunction(
      Info("tusk_namenode_journal_records", MetricUnit::kCount,
           "Changes synced to the journal since the start."),
      [ns] { return static_cast<double>(ns->group_commit().counts().records); });
  metrics.AddGaugeFunction(
      Info("tusk_namenode_journal_sync_seconds", MetricUnit::kSeconds,
           "Time spent writing and syncing the journal since the start."),
      [ns] { return static_cast<double>(ns->group_commit().counts().sync_ns) / 1e9; });
}

void AddBlockGauge(MetricRegistry& metrics, const BlockManager* blocks, std::string name,
                   MetricUnit unit, std::string sentence, std::string attribute,
                   std::function<double(const BlockStats&)> read) {
  metrics.AddGaugeFunction(
      Info(std::move(name), unit, std::move(sentence), kNamesystem, std::move(attribute)),
      [blocks, read = std::move(read)] { return read(blocks->Stats()); });
}

}  // namespace

void AddNamenodeMetrics(MetricRegistry& metrics, Namespace* ns, const BlockManager* blocks,
                        const SafeMode* safe_mode) {
  AddNamespaceMetrics(metrics, ns);
  AddBlockGauge(metrics, blocks, "tusk_namenode_blocks", MetricUnit::kCount, "Blocks of all files.",
                "BlocksTotal", [](const BlockStats& stats) { return stats.blocks; });
  AddBlockGauge(metrics, blocks, "tusk_namenode_capacity_bytes", MetricUnit::kBytes,
                "Room of all datanodes.", "CapacityTotal",
                [](const BlockStats& stats) { return stats.capacity; });
  AddBlockGauge(metrics, blocks, "tusk_namenode_used_bytes", MetricUnit::kBytes,
                "Room taken by blocks.", "CapacityUsed",
                [](const BlockStats& stats) { return stats.dfs_used; });
  AddBlockGauge(metrics, blocks, "tusk_namenode_remaining_bytes", MetricUnit::kBytes,
                "Room that is left.", "CapacityRemaining",
                [](const BlockStats& stats) { return stats.remaining; });
  AddBlockGauge(metrics, blocks, "tusk_namenode_under_replicated_blocks", MetricUnit::kCount,
                "Blocks with fewer copies than wanted.", "UnderReplicatedBlocks",
                [](const BlockStats& stats) { return stats.under_replicated; });
  AddBlockGauge(metrics, blocks, "tusk_namenode_corrupt_blocks", MetricUnit::kCount,
                "Blocks with at least one damaged copy.", "CorruptBlocks",
                [](const BlockStats& stats) { return stats.corrupt; });
  AddBlockGauge(metrics, blocks, "tusk_namenode_missing_blocks", MetricUnit::kCount,
                "Blocks without a good copy.", "MissingBlocks",
                [](const BlockStats& stats) { return stats.missing; });
  metrics.AddGaugeFunction(
      Info("tusk_namenode_live_datanodes", MetricUnit::kCount, "Datanodes that send heartbeats.",
           kNamesystemState, "NumLiveDataNodes"),
      [blocks] { return double(blocks->Stats().live_datanodes); });
  metrics.AddGaugeFunction(
      Info("tusk_namenode_dead_datanodes", MetricUnit::kCount,
           "Datanodes that were silent for too long.", kNamesystemState, "NumDeadDataNodes"),
      [blocks] { return double(blocks->Stats().dead_datanodes); });
  metrics.AddGaugeFunction(Info("tusk_namenode_safe_mode", MetricUnit::kCount,
                                "1 while the namespace is read-only, else 0."),
                           [safe_mode] { return safe_mode->IsOn() ? 1.0 : 0.0; });
}

}  // namespace tusk::dfs::namenode
