#include "cli/cluster_command.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "cli/cli_commands.h"
#include "cli/verb_table.h"
#include "common/base/status_macros.h"
#include "common/env/local_path.h"
#include "common/env/posix_env.h"

namespace tusk::cli {
namespace {

constexpr char kDefaultDirectory[] = "./var/tusk";
constexpr char kUsage[] =
    "Usage: tusk cluster COMMAND [--dir DIR] [--json]\n"
    "A whole cluster on this machine: its data, logs and conf directory are below DIR "
    "(./var/tusk).\n"
    "\n"
    "  start [--datanodes N] [--trackers N] [--base-port P] [-D NAME=VALUE]...\n"
    "           starts what does not run, and waits until files can be written and jobs run;\n"
    "           3 datanodes and 2 tasktrackers on Hadoop's well-known ports, or as DIR remembers;\n"
    "           with --base-port on 200 ports from P on, so that clusters run side by side\n"
    "  status   what runs, where, and how it is; exit status 1 unless everything is well\n"
    "  stop     ends the daemons; a start later finds all data again\n"
    "\n"
    "HADOOP_CONF_DIR=DIR/conf makes it the cluster of tusk and of Hadoop's own programs.\n";

/// The directory of --dir; else of the conf directory in use, when that is a cluster's; else the
/// default. Absolute.
Result<std::string> DirectoryOf(const CliArguments& arguments) {
  std::string directory = kDefaultDirectory;
  std::error_code error;
  if (arguments.Has("--dir")) {
    directory = arguments.options.at("--dir");
  } else if (const std::string conf = ConfDirOf(arguments.sources); !conf.empty()) {
    const std::string parent = std::filesystem::path(conf).lexically_normal().parent_path();
    const std::string base = conf.ends_with('/') ? ParentPath(parent) : parent;
    if (ReadPlan(PosixEnv::Get(), base).ok()) directory = base;
  }
  std::filesystem::path path = std::filesystem::absolute(directory, error);
  if (error) {
    return Status::Error(StatusCode::kIoError, "no absolute path of {}: {}", directory,
                         error.message());
  }
  std::string absolute = path.lexically_normal().string();
  while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
  return absolute;
}

Result<int> RunCommand(const CliArguments& arguments) {
  const std::string& command = arguments.words[0];
  ASSIGN_OR_RETURN(const std::string directory, DirectoryOf(arguments));
  if (command == "start") return StartCluster(directory, arguments);
  const Result<ClusterPlan> plan = ReadPlan(PosixEnv::Get(), directory);
  if (!plan.ok()) return plan.status();
  return command == "stop" ? StopCluster(*plan, arguments) : ShowCluster(*plan, arguments);
}

/// What is wrong with the command line; Ok when nothing is.
Status CheckArguments(const CliArguments& arguments) {
  const std::vector<std::string_view> commands = {"start", "status", "stop"};
  const std::string& command = arguments.words[0];
  if (std::find(commands.begin(), commands.end(), command) == commands.end()) {
    const std::string_view nearest = NearestName(commands, command);
    return Status::Error(
        StatusCode::kInvalidArgument, "cluster has no {}{}", command,
        nearest.empty() ? std::string() : fmt::format(", did you mean {}?", nearest));
  }
  for (const auto& [option, value] : arguments.options) {
    if (command == "start" || option == "--dir" || option == "--json") continue;
    return Status::Error(StatusCode::kInvalidArgument, "option {} is for cluster start", option);
  }
  return Status();
}

int RunCluster(int argc, char** argv) {
  const CliSyntax syntax{.flags = {"--json"},
                         .valued = {"--dir", "--datanodes", "--trackers", "--base-port"},
                         .max_words = 1};
  const Result<CliArguments> arguments = ParseCliArguments(argc, argv, syntax);
  if (!arguments.ok()) return FailUsage("cluster", arguments.status());
  if (arguments->help || arguments->words.empty()) {
    std::fputs(kUsage, arguments->help ? stdout : stderr);
    return arguments->help ? 0 : kUsageExit;
  }
  if (const Status status = CheckArguments(*arguments); !status.ok()) {
    return FailUsage("cluster", status);
  }
  const Result<int> exit = RunCommand(*arguments);
  if (exit.ok()) return *exit;
  std::fflush(stdout);
  std::fprintf(stderr, "error: %s\n", std::string(exit.status().message()).c_str());
  return exit.status().code() == StatusCode::kInvalidArgument ? kUsageExit : 1;
}

}  // namespace

const Command kClusterCommand = {"cluster", "start, show and stop a whole cluster on this machine",
                                 &RunCluster};

}  // namespace tusk::cli
