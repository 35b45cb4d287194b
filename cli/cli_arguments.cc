#include "cli/cli_arguments.h"

#include <algorithm>
#include <cstdio>

#include "cli/cli_commands.h"
#include "cli/verb_table.h"
#include "common/base/status_macros.h"
#include "common/config/command_line.h"

namespace tusk::cli {
namespace {

bool Contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Status UnknownOption(const CliSyntax& syntax, const std::string& name) {
  std::vector<std::string_view> names = syntax.flags;
  names.insert(names.end(), syntax.valued.begin(), syntax.valued.end());
  const std::string_view nearest = NearestName(names, name);
  return Status::Error(
      StatusCode::kInvalidArgument, "unknown option {}{}", name,
      nearest.empty() ? std::string() : fmt::format(", did you mean {}?", nearest));
}

/// Takes the option that `rest` begins with.
Status TakeOption(const CliSyntax& syntax, std::vector<std::string>& rest, CliArguments& parsed) {
  std::string name = rest.front();
  rest.erase(rest.begin());
  std::optional<std::string> value;
  if (const size_t equals = name.find('='); equals != std::string::npos) {
    value = name.substr(equals + 1);
    name.resize(equals);
  }
  if (Contains(syntax.valued, name)) {
    if (!value && !rest.empty()) {
      value = rest.front();
      rest.erase(rest.begin());
    }
    if (!value || value->empty()) {
      return Status::Error(StatusCode::kInvalidArgument, "option {} needs a value", name);
    }
  } else if (!Contains(syntax.flags, name)) {
    return UnknownOption(syntax, name);
  } else if (value) {
    return Status::Error(StatusCode::kInvalidArgument, "option {} takes no value", name);
  }
  parsed.options[name] = value.value_or("");
  return Status();
}

}  // namespace

Result<CliArguments> ParseCliArguments(int argc, char** argv, const CliSyntax& syntax) {
  CliArguments parsed;
  parsed.sources.environment = ProcessEnvironment();
  std::vector<std::string> rest(argv + 1, argv + argc);
  for (const std::string& word : rest) {
    if (word == "--help" || word == "-help" || word == "-h") parsed.help = true;
  }
  if (parsed.help) return parsed;
  while (true) {
    RETURN_IF_ERROR(TakeGenericOptions(rest, parsed.sources));
    if (rest.empty()) return parsed;
    if (rest.front().starts_with('-')) {
      RETURN_IF_ERROR(TakeOption(syntax, rest, parsed));
      continue;
    }
    if (parsed.words.size() == syntax.max_words) {
      return Status::Error(StatusCode::kInvalidArgument, "one argument too many: {}", rest.front());
    }
    parsed.words.push_back(rest.front());
    rest.erase(rest.begin());
  }
}

int FailUsage(std::string_view verb, const Status& status) {
  const std::string message(status.message());
  const std::string name(verb);
  std::fprintf(stderr, "error: %s\n  usage: tusk help %s\n", message.c_str(), name.c_str());
  return kUsageExit;
}

}  // namespace tusk::cli
