#pragma once

#include <string>

#include "dfs/namenode/ops/operation.h"

namespace tusk {
class MetricRegistry;
}

namespace tusk::dfs::namenode {

/// Hadoop's beans NameNodeInfo, NameNodeStatus and FSNamesystemState, from which monitoring and
/// scripts read the state of the cluster at /jmx. `host_and_port`: where the namenode serves RPC.
/// `context` must outlive the registry's readers.
void AddNamenodeBeans(MetricRegistry& metrics, const OpContext& context, std::string host_and_port);

}  // namespace tusk::dfs::namenode
