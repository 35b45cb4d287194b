#include <cstdio>
#include <string>
#include <vector>

#include "cli/cli_commands.h"
#include "cli/external_verb.h"
#include "cli/verb_table.h"
#include "common/config/command_line.h"
#include "common/config/config_loader.h"

namespace tusk::cli {
namespace {

/// Runs a verb with `words[0]` its name.
int RunVerb(std::vector<std::string> words) {
  const std::vector<VerbGroup> groups = VerbGroups();
  if (const Command* command = FindVerb(groups, words[0])) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return command->run(static_cast<int>(words.size()), argv.data());
  }
  const std::string program = FindExternalVerb(words[0]);
  if (program.empty()) return FailUnknownVerb(groups, words[0]);
  return RunExternalVerb(program, std::vector<std::string>(words.begin() + 1, words.end()));
}

int Main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  // Generic options in front of the verb are handed to it: each verb reads them itself.
  ConfigSources unused;
  const std::vector<std::string> given = words;
  if (const Status status = TakeGenericOptions(words, unused); !status.ok()) {
    std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
    return kUsageExit;
  }
  const auto generic_end = given.end() - static_cast<ptrdiff_t>(words.size());
  if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "-help") {
    char help[] = "help";
    char* help_argv[] = {help, nullptr};
    const int status = HelpCommandMain(1, help_argv);
    return words.empty() ? kUsageExit : status;
  }
  if (words[0] == "--version" || words[0] == "-version") words[0] = "version";
  words.insert(words.begin() + 1, given.begin(), generic_end);
  return RunVerb(std::move(words));
}

}  // namespace
}  // namespace tusk::cli

int main(int argc, char** argv) { return tusk::cli::Main(argc, argv); }
