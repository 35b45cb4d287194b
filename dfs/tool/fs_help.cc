#include "common/base/status_macros.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_main.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

const FsCommand* FindWithOrWithoutDash(const std::string& name) {
  const FsCommand* command = FindFsCommand(name);
  return command != nullptr ? command : FindFsCommand("-" + name);
}

void PrintHelp(FsShell& shell, const FsCommand& command) {
  shell.Print("{} {} :\n", command.name, command.arguments);
  std::string_view rest = command.description;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    shell.Print("{}{}\n", line.empty() ? "" : "  ", line);
  }
  shell.Print("\n");
}

Status UnknownName(const std::string& name) {
  return Status::Error(StatusCode::kInvalidArgument, "`{}': Unknown command", name);
}

Status RunHelp(FsShell& shell, std::span<const std::string> arguments) {
  if (arguments.empty()) {
    shell.Print("{}", FsUsage());
    for (const FsCommand* command : FsCommands()) PrintHelp(shell, *command);
  }
  for (const std::string& name : arguments) {
    const FsCommand* command = FindWithOrWithoutDash(name);
    if (command == nullptr) return UnknownName(name);
    PrintHelp(shell, *command);
  }
  return Status::Ok();
}

Status RunUsage(FsShell& shell, std::span<const std::string> arguments) {
  if (arguments.empty()) shell.Print("{}", FsUsage());
  for (const std::string& name : arguments) {
    const FsCommand* command = FindWithOrWithoutDash(name);
    if (command == nullptr) return UnknownName(name);
    shell.Print("{}", FsCommandUsage(*command));
  }
  return Status::Ok();
}

}  // namespace

const FsCommand kFsHelp = {"-help", "[cmd ...]",
                           "Displays help for given command or all commands if none is specified.",
                           &RunHelp};
const FsCommand kFsUsage = {
    "-usage", "[cmd ...]",
    "Displays the usage for given command or all commands if none is specified.", &RunUsage};

}  // namespace tusk::dfs
