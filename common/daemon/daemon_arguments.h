#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/config/config_loader.h"
#include "common/log/logger.h"

namespace tusk {

/// What the command line of a daemon says.
struct DaemonArguments {
  ConfigSources sources;  // the environment is not filled in
  std::string pid_file;   // empty: no single-instance guard
  std::string log_directory;
  LogLevel log_level = LogLevel::kInfo;
  bool help = false;
  std::vector<std::string> rest;
};

/// Reads the arguments after the verb: generic options and a daemon's own, in any order, and up to
/// `max_rest` others, which must not begin with "--". kInvalidArgument names the first that is
/// wrong.
Result<DaemonArguments> ParseDaemonArguments(std::vector<std::string> args, int max_rest);

/// The lines that describe a daemon's options, for usage texts.
std::string DaemonOptionsUsage();

}  // namespace tusk
