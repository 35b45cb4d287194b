#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/config/config.h"
#include "dfs/client/dfs_file_system.h"
#include "dfs/client/file_system.h"

namespace tusk::dfs {

/// One verb's command line with the generic options taken off, and the configuration they led to.
struct ToolSession {
  Config config;
  std::vector<std::string> arguments;  ///< without the verb
};

/// Takes `argv` (the verb first) apart and loads the configuration. Sets the log of the process to
/// warnings on standard error, or to what TUSK_LOG_LEVEL says.
Result<ToolSession> StartTool(int argc, char** argv);

/// The cluster that fs.defaultFS names; kInvalidArgument when it names no cluster.
Result<std::shared_ptr<DfsFileSystem>> OpenCluster(const Config& config);

}  // namespace tusk::dfs
