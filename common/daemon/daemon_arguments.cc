#include "common/daemon/daemon_arguments.h"

#include <string_view>
#include <utility>

#include "common/base/status_macros.h"
#include "common/config/command_line.h"

namespace tusk {

namespace {

/// True when `args` begins with `option`; its value, from "option=value" or the next argument, is
/// taken off with it.
Result<bool> TakeOption(std::vector<std::string>& args, std::string_view option,
                        std::string* value) {
  const std::string first = args.front();
  size_t taken = 1;
  if (first == option) {
    if (args.size() > 1) *value = args[taken++];
  } else if (first.starts_with(option) && first[option.size()] == '=') {
    *value = first.substr(option.size() + 1);
  } else {
    return false;
  }
  if (value->empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "option {} needs a value", option);
  }
  args.erase(args.begin(), args.begin() + static_cast<ptrdiff_t>(taken));
  return true;
}

}  // namespace

Result<DaemonArguments> ParseDaemonArguments(std::vector<std::string> args, int max_rest) {
  DaemonArguments parsed;
  while (true) {
    RETURN_IF_ERROR(TakeGenericOptions(args, parsed.sources));
    if (args.empty()) return parsed;
    ASSIGN_OR_RETURN(const bool pid_file, TakeOption(args, "--pid-file", &parsed.pid_file));
    if (pid_file) continue;
    ASSIGN_OR_RETURN(const bool log_dir, TakeOption(args, "--log-dir", &parsed.log_directory));
    if (log_dir) continue;
    std::string level;
    ASSIGN_OR_RETURN(const bool log_level, TakeOption(args, "--log-level", &level));
    if (log_level) {
      ASSIGN_OR_RETURN(parsed.log_level, ParseLogLevel(level));
      continue;
    }
    const std::string first = std::move(args.front());
    args.erase(args.begin());
    if (first == "--help" || first == "-h" || first == "-help") {
      parsed.help = true;
    } else if (first.starts_with("--")) {
      return Status::Error(StatusCode::kInvalidArgument, "unknown option {}", first);
    } else if (parsed.rest.size() >= static_cast<size_t>(max_rest)) {
      return Status::Error(StatusCode::kInvalidArgument, "unexpected argument \"{}\"", first);
    } else {
      parsed.rest.push_back(first);
    }
  }
}

std::string DaemonOptionsUsage() {
  return "Options of daemons:\n"
         "  --pid-file FILE       write the process id there; refuse to run twice with one file\n"
         "  --log-dir DIR         log to a file in this directory instead of stderr\n"
         "  --log-level LEVEL     DEBUG, INFO (default), WARN, ERROR or OFF\n"
         "  --help                print this text\n";
}

}  // namespace tusk
