#pragma once

#include <cstdio>
#include <span>
#include <string>

#include "common/base/status.h"
#include "dfs/client/namenode_proxy.h"

namespace tusk::dfs {

/// Prints `hdfs dfsadmin -report`: capacity, safe mode, then each live and dead datanode, with
/// Hadoop's labels, since scripts look for them. "-live" and "-dead" choose the nodes.
/// kInvalidArgument for other arguments.
Status AdminReport(NamenodeProxy& namenode, std::span<const std::string> arguments, FILE* out);

}  // namespace tusk::dfs
