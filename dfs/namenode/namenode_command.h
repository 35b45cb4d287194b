#pragma once

#include "common/daemon/command.h"

namespace tusk::dfs::namenode {

/// `tusk namenode`: the namenode as a daemon. A new namespace is made at the first start; with
/// `-format` (Hadoop's) it is made now and the command ends, refused where there is one already.
extern const Command kNamenodeCommand;

}  // namespace tusk::dfs::namenode
