#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "common/base/result.h"
#include "common/config/config.h"
#include "dfs/client/file_system.h"

namespace tusk::dfs {

/// The namenode's port where an address names none.
inline constexpr int kDefaultNamenodePort = 8020;

/// The file system of a URI: "hdfs://host:port" a cluster's, "file://" this machine's; "" and
/// "hdfs://" mean the one that fs.defaultFS names. A path behind the authority is ignored.
///
/// Does not connect: the first call does. kInvalidArgument for an address or an option that does
/// not parse, kUnsupported for another scheme. Thread-safe.
Result<std::shared_ptr<FileSystem>> OpenFileSystem(std::string_view uri, const Config& config);

/// All options that `OpenFileSystem` reads, for the registry of a program.
std::span<const OptionBase* const> FileSystemOptions();

}  // namespace tusk::dfs
