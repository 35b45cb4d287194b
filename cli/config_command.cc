#include <algorithm>
#include <cstdio>

#include <boost/json.hpp>

#include "cli/cli_arguments.h"
#include "cli/cli_commands.h"
#include "cli/program_options.h"
#include "cli/verb_table.h"
#include "common/base/status_macros.h"
#include "common/env/posix_env.h"

namespace tusk::cli {
namespace {

constexpr char kUsage[] =
    "Usage: tusk config [generic options] COMMAND\n"
    "  show [--origin] [--json]   every option and its present value; --origin says whence\n"
    "  diff [--json]              the values that are not defaults, and whence they come\n"
    "  explain NAME               all about one option\n"
    "  markdown                   docs/configuration.md\n"
    "  metrics-markdown           docs/metrics.md\n";

void Print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string JsonOf(const std::vector<Config::Entry>& entries) {
  std::string text = "[";
  for (const Config::Entry& entry : entries) {
    boost::json::object object = {{"name", entry.name},
                                  {"value", entry.value},
                                  {"origin", entry.origin},
                                  {"final", entry.is_final},
                                  {"known", entry.option != nullptr}};
    if (entry.option != nullptr) object["default"] = entry.option->info().default_text;
    text += text.size() == 1 ? "\n" : ",\n";
    text += boost::json::serialize(object);
  }
  return text + "\n]\n";
}

std::string OriginOf(const Config::Entry& entry) {
  std::string origin = entry.origin;
  if (entry.is_final) origin += ", final";
  if (entry.option == nullptr) origin += ", no option of Tusk's";
  return origin;
}

int Show(const CliArguments& arguments, const std::vector<Config::Entry>& entries) {
  if (arguments.Has("--json")) {
    Print(JsonOf(entries));
    return 0;
  }
  for (const Config::Entry& entry : entries) {
    std::string line = fmt::format("{} = {}", entry.name, entry.value);
    if (arguments.Has("--origin")) line += fmt::format("  # {}", OriginOf(entry));
    Print(line + "\n");
  }
  return 0;
}

int Diff(const CliArguments& arguments, std::vector<Config::Entry> entries) {
  std::erase_if(entries, [](const Config::Entry& entry) {
    return entry.option != nullptr &&
           (entry.origin == "default" ||
            entry.value == std::string(entry.option->info().default_text));
  });
  if (arguments.Has("--json")) {
    Print(JsonOf(entries));
    return 0;
  }
  for (const Config::Entry& entry : entries) {
    Print(fmt::format("{} = {}  # {}", entry.name, entry.value, OriginOf(entry)));
    if (entry.option != nullptr) {
      const std::string_view value = entry.option->info().default_text;
      Print(fmt::format("; default {}", value.empty() ? "empty" : value));
    }
    Print("\n");
  }
  return 0;
}

/// "size in bytes, at least 512": bounds are given for numbers only, those of other types are in
/// units that nobody writes.
std::string TypeText(const OptionBase& option) {
  const OptionInfo& info = option.info();
  std::string text(option.type_name());
  if (!info.unit.empty()) text += fmt::format(" in {}", info.unit);
  if (option.type_name() != OptionTypeName<int64_t>()) return text;
  if (info.min != INT64_MIN) text += fmt::format(", at least {}", info.min);
  if (info.max != INT64_MAX) text += fmt::format(", at most {}", info.max);
  return text;
}

std::string_view StabilityText(Stability stability) {
  switch (stability) {
    case Stability::kStable:
      return "stable";
    case Stability::kEvolving:
      return "may change with a note in the changelog";
    case Stability::kInternal:
      return "for tests and experts";
  }
  return "";
}

int UnknownOption(const OptionRegistry& registry, const std::string& name) {
  std::fprintf(stderr, "error: no option %s\n", name.c_str());
  std::vector<std::string_view> names;
  for (const OptionBase* option : registry.options()) names.push_back(option->name());
  const std::string nearest(NearestName(names, name));
  if (!nearest.empty()) std::fprintf(stderr, "  nearest: %s\n", nearest.c_str());
  std::fputs("  all: tusk config show\n", stderr);
  return kUsageExit;
}

int Explain(const Config& config, const std::string& name) {
  const OptionBase* option = config.registry().Find(name);
  if (option == nullptr) return UnknownOption(config.registry(), name);
  const OptionInfo& info = option->info();
  const std::vector<Config::Entry> entries = config.Entries();
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [&](const Config::Entry& each) { return each.option == option; });
  std::string text = fmt::format("{} = {}\n  {}\n\n", info.name, entry->value, info.doc);
  auto add = [&text](std::string_view what, std::string_view value) {
    if (!value.empty()) text += fmt::format("  {:<12} {}\n", what, value);
  };
  add("from", OriginOf(*entry));
  add("default", info.default_text.empty() ? "empty" : info.default_text);
  add("type", TypeText(*option));
  add("environment", EnvironmentNameOf(info.name));
  add("older name", info.deprecated_names);
  add("read", info.reload == Reload::kLive ? "again when it changes" : "at start");
  add("stability", StabilityText(info.stability));
  Print(text);
  return 0;
}

int RunCommand(const CliArguments& arguments) {
  const std::string& command = arguments.words[0];
  const bool wants_name = command == "explain";
  if (arguments.words.size() != (wants_name ? 2U : 1U)) {
    return FailUsage(
        "config", Status::Error(StatusCode::kInvalidArgument, "config {} {}", command,
                                wants_name ? "needs the name of one option" : "takes no argument"));
  }
  if (command == "markdown") {
    Print(WriteConfigurationMarkdown(AllOptions()));
    return 0;
  }
  if (command == "metrics-markdown") {
    Print(WriteAllMetricsMarkdown());
    return 0;
  }
  const std::vector<std::string_view> commands = {"show", "diff", "explain", "markdown",
                                                  "metrics-markdown"};
  if (std::find(commands.begin(), commands.end(), command) == commands.end()) {
    const std::string nearest(NearestName(commands, command));
    return FailUsage("config",
                     Status::Error(StatusCode::kInvalidArgument, "config has no {}{}", command,
                                   nearest.empty() ? "" : ", did you mean " + nearest + "?"));
  }
  const Result<Config> config = LoadConfig(PosixEnv::Get(), AllOptions(), arguments.sources);
  if (!config.ok()) {
    std::fprintf(stderr, "error: %s\n", std::string(config.status().message()).c_str());
    return kConfigExit;
  }
  if (command == "explain") return Explain(*config, arguments.words[1]);
  return command == "show" ? Show(arguments, config->Entries())
                           : Diff(arguments, config->Entries());
}

}  // namespace

int ConfigCommandMain(int argc, char** argv) {
  const CliSyntax syntax{.flags = {"--origin", "--json"}, .max_words = 2};
  const Result<CliArguments> arguments = ParseCliArguments(argc, argv, syntax);
  if (!arguments.ok()) return FailUsage("config", arguments.status());
  if (arguments->help) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  if (arguments->words.empty()) {
    std::fputs(kUsage, stderr);
    return kUsageExit;
  }
  return RunCommand(*arguments);
}

}  // namespace tusk::cli
