#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/config/config_loader.h"
#include "dataframe/tool/sql_runner.h"

namespace tusk {
class OptionRegistry;
}

namespace tusk::df {

/// The command line of `tusk sql` and `tusk shell`, read.
struct SqlArguments {
  ConfigSources sources;
  /// Statements that the command line itself has.
  std::string text;
  std::optional<std::string> file;
  std::optional<std::string> tables;
  SqlLook look;
  bool local = false;
  bool help = false;

  /// kInvalidArgument for unknown options and for those without their value.
  static Result<SqlArguments> Read(std::vector<std::string> words);
};

/// The options that `tusk sql`, `tusk shell` and `tusk query` understand.
OptionRegistry SqlProgramOptions();

/// What records of queries hold of a command line.
SqlOrigin OriginOf(const SqlArguments& arguments, const Config& config);

/// The part of usage texts that is about these options.
std::string SqlOptionsUsage();

/// A program on such a command line, from what was read of it to its exit status: wrong usage (2),
/// --help, or `run` (0, or 1 with its error on stderr).
int RunSqlProgram(const Result<SqlArguments>& read, const char* usage,
                  Status (*run)(const SqlArguments& arguments));

}  // namespace tusk::df
