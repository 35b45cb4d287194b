#include "dfs/datanode/transfer/transfer_metrics.h"

#include <string>
#include <utility>

namespace tusk::dfs::datanode {
namespace {

Counter& Add(MetricRegistry& registry, std::string name, MetricUnit unit, std::string sentence,
             std::string attribute) {
  MetricInfo info;
  info.name = std::move(name);
  info.unit = unit;
  info.sentence = std::move(sentence);
  if (!attribute.empty()) info.bean = "Hadoop:service=DataNode,name=DataNodeActivity";
  info.attribute = std::move(attribute);
  return registry.AddCounter(std::move(info));
}

MetricRegistry& Given(MetricRegistry* registry, const std::unique_ptr<MetricRegistry>& own) {
  return registry != nullptr ? *registry : *own;
}

}  // namespace

TransferMetrics::TransferMetrics(MetricRegistry* registry)
    : own_(registry == nullptr ? std::make_unique<MetricRegistry>("DataNode") : nullptr),
      bytes_read(Add(Given(registry, own_), "tusk_datanode_read_bytes_total", MetricUnit::kBytes,
                     "Bytes of blocks sent to readers and to other datanodes.", "BytesRead")),
      bytes_written(Add(Given(registry, own_), "tusk_datanode_written_bytes_total",
                        MetricUnit::kBytes, "Bytes of blocks received.", "BytesWritten")),
      blocks_read(Add(Given(registry, own_), "tusk_datanode_blocks_read_total", MetricUnit::kCount,
                      "Reads of blocks that were answered.", "BlocksRead")),
      blocks_written(Add(Given(registry, own_), "tusk_datanode_blocks_written_total",
                         MetricUnit::kCount, "Replicas received and made final.", "BlocksWritten")),
      blocks_copied(Add(Given(registry, own_), "tusk_datanode_blocks_copied_total",
                        MetricUnit::kCount, "Replicas sent to other datanodes.",
                        "BlocksReplicated")),
      checksum_ops(Add(Given(registry, own_), "tusk_datanode_block_checksums_total",
                       MetricUnit::kCount, "Checksums of blocks answered.",
                       "BlockChecksumOpNumOps")),
      failed_ops(Add(Given(registry, own_), "tusk_datanode_failed_transfers_total",
                     MetricUnit::kCount,
                     "Operations on blocks that were answered with an error or broken off.", "")),
      corrupt_replicas(Add(Given(registry, own_), "tusk_datanode_corrupt_replicas_total",
                           MetricUnit::kCount, "Replicas that were found damaged here.",
                           "BlockVerificationFailures")),
      corrupt_packets(Add(Given(registry, own_), "tusk_datanode_corrupt_packets_total",
                          MetricUnit::kCount, "Packets received with wrong checksums.", "")) {}

}  // namespace tusk::dfs::datanode
