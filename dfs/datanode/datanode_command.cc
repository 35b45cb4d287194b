#include "dfs/datanode/datanode_command.h"

#include <signal.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "common/base/status_macros.h"
#include "common/daemon/daemon_main.h"
#include "common/env/env.h"
#include "common/time/clock.h"
#include "dfs/datanode/datanode.h"
#include "dfs/datanode/datanode_options.h"
#include "dfs/model/dfs_options.h"

namespace tusk::dfs::datanode {

namespace {

Result<std::unique_ptr<Service>> MakeDatanode(const DaemonContext& context) {
  ASSIGN_OR_RETURN(DatanodeSettings settings, ReadDatanodeSettings(context.config));
  DatanodeParts parts{.runtime = context.runtime,
                      .clock = context.clock,
                      .env = context.env,
                      .metrics = context.metrics,
                      .config = &context.config,
                      .log_directory = context.log_directory,
                      .on_failure = {},
                      // As if the operator had sent it: one way to stop.
                      .on_shut_down = [] { kill(getpid(), SIGTERM); }};
  return std::unique_ptr<Service>(
      std::make_unique<Datanode>(std::move(settings), std::move(parts)));
}

int RunDatanode(int argc, char** argv) {
  DaemonSpec spec;
  spec.name = "datanode";
  spec.summary = "Keeps blocks of files on the disks of this machine.";
  spec.bean_service = "DataNode";
  spec.options = {DfsSharedOptions(), DatanodeOptions()};
  spec.make = MakeDatanode;
  return DaemonMain(argc, argv, spec);
}

}  // namespace

const Command kDatanodeCommand = {"datanode", "a datanode: blocks on the disks of one machine",
                                  RunDatanode};

}  // namespace tusk::dfs::datanode
