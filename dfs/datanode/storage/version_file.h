#pragma once

#include <map>
#include <string>

#include "common/base/result.h"
#include "common/env/env.h"

namespace tusk::dfs::datanode {

/// A VERSION file: a Java properties file of HDFS's storage directories (Storage.java), lines of
/// "name=value". Comments and empty lines are skipped; escapes do not occur in these values.
using VersionFile = std::map<std::string, std::string>;

/// Reads it; kNotFound when there is none, kCorruption when a line is none of the above. Blocks.
Result<VersionFile> ReadVersionFile(Env& env, const std::string& path);
/// Replaces it durably. Blocks.
Status WriteVersionFile(Env& env, const std::string& path, const VersionFile& values);
/// The value of `name`; kCorruption when it is missing.
Result<std::string> VersionValue(const VersionFile& file, const std::string& name);

}  // namespace tusk::dfs::datanode
