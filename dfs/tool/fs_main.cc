#include "dfs/tool/fs_main.h"

#include "common/base/nearest_name.h"
#include "common/base/status_macros.h"

namespace tusk::dfs {
namespace {

constexpr int kUsageExit = 255;

void PrintError(FsShell& shell, std::string_view text) {
  std::fflush(shell.out());
  std::fwrite(text.data(), 1, text.size(), shell.err());
}

/// The command that the user most likely meant; nullptr when none is near.
const FsCommand* Nearest(std::string_view name) {
  const FsCommand* nearest = nullptr;
  size_t least = 3;
  for (const FsCommand* command : FsCommands()) {
    const size_t distance = EditDistance(name, command->name);
    if (distance < least) {
      least = distance;
      nearest = command;
    }
  }
  return nearest;
}

int UnknownCommand(FsShell& shell, const std::string& name) {
  std::string text = name + ": Unknown command\n";
  if (const FsCommand* dashed = FindFsCommand("-" + name)) {
    text += fmt::format("Did you mean {}?  This command begins with a dash.\n", dashed->name);
  } else if (const FsCommand* nearest = Nearest(name)) {
    text += fmt::format("Did you mean {}?\n", nearest->name);
  }
  PrintError(shell, text + FsUsage());
  return kUsageExit;
}

/// Old names that habits still type, as what they mean today.
std::vector<std::string> Modernize(FsShell& shell, std::span<const std::string> arguments) {
  std::vector<std::string> words(arguments.begin(), arguments.end());
  struct Old {
    std::string_view name, replacement, flag;
    std::string_view written;  ///< in the warning
  };
  constexpr Old kOld[] = {
      {"-lsr", "-ls", "-R", "ls"}, {"-dus", "-du", "-s", "du"}, {"-rmr", "-rm", "-r", "-rm"}};
  if (words[0] == "--help") words[0] = "-help";
  for (const Old& old : kOld) {
    if (words[0] != old.name) continue;
    PrintError(shell, fmt::format("{}: DEPRECATED: Please use '{} {}' instead.\n",
                                  old.name.substr(1), old.written, old.flag));
    words[0] = old.replacement;
    words.insert(words.begin() + 1, std::string(old.flag));
  }
  return words;
}

}  // namespace

std::string FsCommandUsage(const FsCommand& command) {
  return fmt::format("Usage: tusk fs [generic options] {} {}\n", command.name, command.arguments);
}

std::string FsUsage() {
  std::string text = "Usage: tusk fs [generic options]\n";
  for (const FsCommand* command : FsCommands()) {
    text += fmt::format("\t[{} {}]\n", command->name, command->arguments);
  }
  return text + "\n";
}

int RunFsShell(FsShell& shell, std::span<const std::string> arguments) {
  if (arguments.empty()) {
    PrintError(shell, FsUsage());
    return kUsageExit;
  }
  const std::vector<std::string> words = Modernize(shell, arguments);
  const FsCommand* command = FindFsCommand(words[0]);
  if (command == nullptr) return UnknownCommand(shell, words[0]);
  shell.set_command(std::string(command->name.substr(1)));
  const Status status = command->run(shell, std::span(words).subspan(1));
  if (!status.ok()) {
    PrintError(shell, fmt::format("{}: {}\n{}", command->name, status.message(),
                                  FsCommandUsage(*command)));
    return kUsageExit;
  }
  if (std::fflush(shell.out()) != 0 && shell.ExitCode() == 0) return 1;
  return shell.ExitCode();
}

}  // namespace tusk::dfs
