#include <algorithm>
#include <cstdio>

#include "cli/cli_arguments.h"
#include "cli/cli_commands.h"
#include "cli/external_verb.h"
#include "cli/verb_table.h"
#include "common/config/command_line.h"

namespace tusk::cli {
namespace {

constexpr char kUsage[] =
    "Usage: tusk help [VERB]\n"
    "The list of verbs, or the usage of one.\n";

std::string Overview() {
  const std::vector<VerbGroup> groups = VerbGroups();
  size_t width = 0;
  for (const VerbGroup& group : groups) {
    for (const Command& command : group.commands) width = std::max(width, command.name.size());
  }
  std::string text = "Usage: tusk [generic options] VERB [ARGUMENT...]\n";
  for (const VerbGroup& group : groups) {
    text += fmt::format("\n{}\n", group.title);
    for (const Command& command : group.commands) {
      text += fmt::format("  {:<{}}  {}\n", command.name, width, command.summary);
    }
  }
  const std::vector<std::string> external = ListExternalVerbs();
  if (!external.empty()) text += "\nPrograms of their own\n";
  for (const std::string& verb : external) {
    text += fmt::format("  {:<{}}  {}\n", verb, width, FindExternalVerb(verb));
  }
  return text + "\n" + GenericOptionsUsage() + "\nMore of a verb: tusk help VERB\n";
}

/// Runs `verb --help`: every verb knows its own usage.
int HelpOf(const std::string& verb) {
  char help[] = "--help";
  const std::vector<VerbGroup> groups = VerbGroups();
  if (const Command* command = FindVerb(groups, verb)) {
    std::string name = verb;
    char* argv[] = {name.data(), help, nullptr};
    return command->run(2, argv);
  }
  if (const std::string program = FindExternalVerb(verb); !program.empty()) {
    return RunExternalVerb(program, {help});
  }
  return FailUnknownVerb(groups, verb);
}

}  // namespace

int HelpCommandMain(int argc, char** argv) {
  const CliSyntax syntax{.max_words = 1};
  const Result<CliArguments> arguments = ParseCliArguments(argc, argv, syntax);
  if (!arguments.ok()) return FailUsage("help", arguments.status());
  if (arguments->help) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  if (!arguments->words.empty()) return HelpOf(arguments->words[0]);
  std::fputs(Overview().c_str(), stdout);
  return 0;
}

}  // namespace tusk::cli
