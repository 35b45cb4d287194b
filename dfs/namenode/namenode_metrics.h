#pragma once

namespace tusk {
class MetricRegistry;
}

namespace tusk::dfs::namenode {

class BlockManager;
class Namespace;
class SafeMode;

/// Registers what the namenode measures. The parts must outlive the registry's use. They may be
/// null for a registry whose metrics are only listed, never read.
void AddNamenodeMetrics(MetricRegistry& metrics, Namespace* ns, const BlockManager* blocks,
                        const SafeMode* safe_mode);

}  // namespace tusk::dfs::namenode
