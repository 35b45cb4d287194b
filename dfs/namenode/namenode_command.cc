#include "dfs/namenode/namenode_command.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/config/command_line.h"
#include "common/config/config_loader.h"
#include "common/daemon/daemon_main.h"
#include "common/env/local_path.h"
#include "common/env/posix_env.h"
#include "common/time/clock.h"
#include "common/time/system_clock.h"
#include "dfs/model/dfs_options.h"
#include "dfs/namenode/namenode.h"
#include "dfs/namenode/namenode_options.h"

namespace tusk::dfs::namenode {

namespace {

constexpr std::string_view kFormat = "-format";
// What Hadoop's scripts add to -format: nothing is ever asked here.
constexpr std::string_view kNonInteractive = "-nonInteractive";

Result<std::unique_ptr<Service>> MakeNamenode(const DaemonContext& context) {
  ASSIGN_OR_RETURN(NamenodeSettings settings, ReadNamenodeSettings(context.config));
  NamenodeParts parts{.runtime = context.runtime,
                      .clock = context.clock,
                      .env = context.env,
                      .metrics = context.metrics,
                      .config = &context.config,
                      .log_directory = context.log_directory,
                      .on_failure = {}};
  return std::unique_ptr<Service>(
      std::make_unique<Namenode>(std::move(settings), std::move(parts)));
}

Status Format(std::vector<std::string> arguments) {
  ConfigSources sources;
  sources.environment = ProcessEnvironment();
  RETURN_IF_ERROR(TakeGenericOptions(arguments, sources));
  std::erase(arguments, kFormat);
  std::erase(arguments, kNonInteractive);
  RETURN_IF_ERROR(TakeGenericOptions(arguments, sources));
  if (!arguments.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "{} takes no {}", kFormat, arguments[0]);
  }
  OptionRegistry registry;
  registry.Add(DfsSharedOptions());
  registry.Add(NamenodeOptions());
  PosixEnv& env = PosixEnv::Get();
  ASSIGN_OR_RETURN(const Config config, LoadConfig(env, registry, sources));
  ASSIGN_OR_RETURN(NamenodeSettings settings, ReadNamenodeSettings(config));
  const std::string directory = settings.ns.directory;
  ASSIGN_OR_RETURN(const bool exists, env.Exists(JoinPath(directory, "identity")));
  if (exists) {
    return Status::Error(StatusCode::kAlreadyExists,
                         "{} holds a namespace; nothing was changed (to begin anew, move it away, "
                         "and the data directories of all datanodes with it)",
                         directory);
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Namespace> ns,
                   Namespace::Open(env, SystemClock::Get(), settings.ns, [](const Status&) {}));
  const std::string cluster_id = ns->identity().cluster_id;
  ns->Stop();
  std::printf("formatted %s cluster=%s\n", directory.c_str(), cluster_id.c_str());
  return Status();
}

int RunNamenode(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (std::find(arguments.begin(), arguments.end(), kFormat) != arguments.end()) {
    const Status formatted = Format(arguments);
    if (formatted.ok()) return static_cast<int>(DaemonExit::kOk);
    std::fprintf(stderr, "namenode: %s\n", formatted.ToString().c_str());
    return static_cast<int>(DaemonExit::kInit);
  }
  DaemonSpec spec;
  spec.name = "namenode";
  spec.summary = "Keeps the tree of files and knows where their blocks are.";
  spec.bean_service = "NameNode";
  spec.options = {DfsSharedOptions(), NamenodeOptions()};
  spec.make = MakeNamenode;
  return DaemonMain(argc, argv, spec);
}

}  // namespace

const Command kNamenodeCommand = {
    "namenode", "the namenode: the tree of files, and where blocks are", RunNamenode};

}  // namespace tusk::dfs::namenode
