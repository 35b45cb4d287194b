#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/config/config.h"
#include "common/config/option.h"
#include "common/net/endpoint.h"
#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/transfer/transfer_options.h"
#include "dfs/datanode/upstream/block_report_loop.h"

namespace tusk::dfs::datanode {

/// Everything a datanode is told, as plain values: tests fill it by hand, the command from the
/// configuration. Hadoop's names and defaults where the meaning is the same.
struct DatanodeSettings {
  Endpoint namenode{"127.0.0.1", 8020};
  TransferOptions transfer;  ///< address included
  Endpoint ipc{"127.0.0.1", 9867};
  Endpoint http{"127.0.0.1", 9864};
  std::string host_name;  ///< how the datanode names itself; empty: the machine's name
  std::string user;       ///< whom calls to the namenode run as, and who may administrate
  BlockStoreOptions storage;
  /// Volumes that may fail before the datanode gives up; -1: all but one.
  int64_t failed_volumes_tolerated = 0;
  BlockReportOptions reports;
  std::chrono::milliseconds heartbeat_interval{3000};
  std::chrono::milliseconds space_interval{10'000};  ///< between looks at the room of the volumes
  /// First and longest pause between attempts to reach a namenode that does not answer.
  std::chrono::milliseconds first_retry{100};
  std::chrono::milliseconds last_retry{2000};
};

/// The options of the datanode alone, for the registry of a program.
std::span<const OptionBase* const> DatanodeOptions();

/// Reads the settings. kInvalidArgument names the option and what is wrong with it.
Result<DatanodeSettings> ReadDatanodeSettings(const Config& config);

/// One item of dfs.datanode.data.dir: "[SSD]file:///disk2" or "/disk1", with the type in front in
/// any case; DISK without. kInvalidArgument for an unknown type or a relative path.
Result<VolumeSpec> ParseVolumeSpec(const std::string& text);

}  // namespace tusk::dfs::datanode
