#pragma once

#include <span>

#include "common/daemon/command.h"

namespace tusk::cli {

/// The exit status of wrong usage, of every verb of this folder.
inline constexpr int kUsageExit = 2;
/// The exit status of a configuration that cannot be read, as DaemonExit::kConfig.
inline constexpr int kConfigExit = 3;

/// The verbs of the command itself: config, completion, help, version.
std::span<const Command> CliCommands();

// The verbs one by one; argv[0] is the verb. They return exit statuses.
int HelpCommandMain(int argc, char** argv);
int VersionCommandMain(int argc, char** argv);
int ConfigCommandMain(int argc, char** argv);
int CompletionCommandMain(int argc, char** argv);

}  // namespace tusk::cli
