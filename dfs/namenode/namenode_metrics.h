#pragma once

namespace tusk {
class MetricRegistry;
}

namespace tusk::dfs::namenode {

class BlockManager;
class Namespace;
class SafeMode;

/// Registers what the namenode measures. The parts must outlive the registry's use.
void AddNamenodeMetrics(MetricRegistry& metrics, Namespace& ns, BlockManager& blocks,
                        SafeMode& safe_mode);

}  // namespace tusk::dfs::namenode
