#include "cli/cli_commands.h"

namespace tusk::cli {

std::span<const Command> CliCommands() {
  static constexpr Command kCommands[] = {
      {"config", "show and explain the options and where their values come from",
       &ConfigCommandMain},
      {"completion", "completion of verbs and options for the shell", &CompletionCommandMain},
      {"help", "this list, or the usage of one verb", &HelpCommandMain},
      {"version", "the version of this program", &VersionCommandMain},
  };
  return kCommands;
}

}  // namespace tusk::cli
