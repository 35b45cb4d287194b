#pragma once

#include <functional>

#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/web/datanode_model.h"

namespace tusk {
class MetricRegistry;
}

namespace tusk::dfs::datanode {

/// Registers what the datanode measures. All must outlive the registry's use; `store` may be null
/// and `link` empty for a registry whose metrics are only listed, never read.
void AddDatanodeMetrics(MetricRegistry& metrics, const BlockStore* store,
                        std::function<LinkFacts()> link);

}  // namespace tusk::dfs::datanode
