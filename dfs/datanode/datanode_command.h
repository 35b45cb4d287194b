#pragma once

#include "common/daemon/command.h"

namespace tusk::dfs::datanode {

/// `tusk datanode`: the datanode as a daemon.
extern const Command kDatanodeCommand;

}  // namespace tusk::dfs::datanode
