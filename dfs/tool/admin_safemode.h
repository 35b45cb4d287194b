#pragma once

#include <cstdio>
#include <span>
#include <string>

#include "common/base/status.h"
#include "dfs/client/namenode_proxy.h"

namespace tusk::dfs {

/// `-safemode enter | leave | get | wait | forceExit`: asks or tells the namenode and prints "Safe
/// mode is ON" or "Safe mode is OFF". `wait` returns when safe mode is off. kInvalidArgument for
/// other arguments.
Status AdminSafeMode(NamenodeProxy& namenode, std::span<const std::string> arguments, FILE* out);

}  // namespace tusk::dfs
