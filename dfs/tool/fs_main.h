#pragma once

#include <span>
#include <string>

#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {

/// Runs one command line of the shell, "-ls /x", without the generic options: prints what it
/// prints and returns the exit status. 0 done, 1 some argument failed (or -test says no), 130
/// interrupted, 255 wrong usage, with Hadoop's words.
int RunFsShell(FsShell& shell, std::span<const std::string> arguments);

/// The list of all commands with their arguments.
std::string FsUsage();

/// "Usage: tusk fs [generic options] -ls [-C] ...".
std::string FsCommandUsage(const FsCommand& command);

}  // namespace tusk::dfs
