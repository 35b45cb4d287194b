#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/config/config_loader.h"

namespace tusk::cli {

/// What an own verb of the command takes besides generic options: options with two dashes, which
/// may stand anywhere and be written "--name VALUE" or "--name=VALUE", and words.
struct CliSyntax {
  std::vector<std::string_view> flags = {};   // without a value: "--json"
  std::vector<std::string_view> valued = {};  // with one: "--dir"
  size_t max_words = 0;
};

/// A command line of an own verb, taken apart. Generic options are accepted anywhere.
struct CliArguments {
  ConfigSources sources;
  std::map<std::string, std::string, std::less<>> options;
  std::vector<std::string> words;
  bool help = false;  // --help, -help or -h is there; the rest is not checked then

  bool Has(std::string_view option) const { return options.contains(option); }
};

/// Takes `argv` (the verb first) apart. kInvalidArgument for an unknown option, offering the
/// nearest one, a missing value and too many words.
Result<CliArguments> ParseCliArguments(int argc, char** argv, const CliSyntax& syntax);

/// Prints "error: ..." for a mistake in the command line, and where help is. Returns kUsageExit.
int FailUsage(std::string_view verb, const Status& status);

}  // namespace tusk::cli
