#pragma once

#include <memory>

#include "common/metrics/counter.h"
#include "common/metrics/metric_registry.h"

namespace tusk::dfs::datanode {

/// What the transfer server counts, under the names that Hadoop's DataNodeMetrics have in JMX.
/// Thread-safe.
struct TransferMetrics {
  /// Registers at `registry`, or at one of its own when there is none.
  explicit TransferMetrics(MetricRegistry* registry);

 private:
  const std::unique_ptr<MetricRegistry> own_;

 public:
  Counter& bytes_read;        ///< sent to readers and other datanodes
  Counter& bytes_written;     ///< received
  Counter& blocks_read;       ///< READ_BLOCK answered with success
  Counter& blocks_written;    ///< replicas made final by a pipeline or a copy
  Counter& blocks_copied;     ///< sent to other datanodes
  Counter& checksum_ops;      ///< BLOCK_CHECKSUM
  Counter& failed_ops;        ///< answered with an error or broken off
  Counter& corrupt_replicas;  ///< found damaged here
  Counter& corrupt_packets;   ///< received with wrong checksums
};

}  // namespace tusk::dfs::datanode
