#pragma once

#include <span>

#include "common/daemon/command.h"

namespace tusk::dfs {

/// The verbs of the file system: fs, admin, fsck.
std::span<const Command> DfsCommands();

// The verbs one by one; argv[0] is the verb. They return exit statuses.
int FsCommandMain(int argc, char** argv);
int AdminCommandMain(int argc, char** argv);
int FsckCommandMain(int argc, char** argv);

}  // namespace tusk::dfs
