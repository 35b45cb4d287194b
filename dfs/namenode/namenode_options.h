#pragma once

#include <chrono>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/config/config.h"
#include "common/config/option.h"
#include "common/net/endpoint.h"
#include "dfs/namenode/blocks/block_manager_options.h"
#include "dfs/namenode/namespace/namespace.h"
#include "dfs/namenode/ops/operation.h"
#include "dfs/namenode/ops/safe_mode.h"

namespace tusk::dfs::namenode {

/// Everything a namenode is told, as plain values: tests fill it by hand, the command from the
/// configuration. Hadoop's names and defaults where the meaning is the same.
struct NamenodeSettings {
  Endpoint rpc{"127.0.0.1", 8020};
  Endpoint http{"127.0.0.1", 9870};
  NamespaceOptions ns;
  OpsOptions ops;
  BlockManagerOptions blocks;
  SafeModeOptions safe_mode;
  bool permissions_enabled = true;
  std::chrono::seconds groups_cache{300};
  std::string topology_table;   ///< file of "name rack" lines; empty: everything on one rack
  std::string topology_script;  ///< program that prints a rack; empty: none
  std::chrono::milliseconds lease_check_interval{2000};
  size_t max_connections = 10'000;
  std::chrono::milliseconds retry_cache_time{600'000};
};

/// The options of the namenode alone, for the registry of a program.
std::span<const OptionBase* const> NamenodeOptions();

/// Reads the settings. kInvalidArgument names the option and what is wrong with it. The superuser
/// is the user of this process.
Result<NamenodeSettings> ReadNamenodeSettings(const Config& config);

}  // namespace tusk::dfs::namenode
