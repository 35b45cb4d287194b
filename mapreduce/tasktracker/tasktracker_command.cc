#include <memory>

#include "common/config/config.h"
#include "common/daemon/daemon_main.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/model/mapreduce_options.h"
#include "mapreduce/tasktracker/tasktracker.h"

namespace tusk::mapreduce::tasktracker {

namespace {

Result<std::unique_ptr<Service>> MakeTasktracker(const DaemonContext& context) {
  return std::unique_ptr<Service>(
      std::make_unique<Tasktracker>(context.config, context.runtime, context.metrics, context.clock,
                                    context.env, context.conf_directory, context.log_directory));
}

int RunTasktracker(int argc, char** argv) {
  DaemonSpec spec;
  spec.name = "tasktracker";
  spec.summary = "Runs tasks on this machine and serves what the maps wrote.";
  spec.bean_service = "TaskTracker";
  spec.options = {dfs::FileSystemOptions(), MapreduceOptions()};
  spec.make = MakeTasktracker;
  return DaemonMain(argc, argv, spec);
}

}  // namespace

const Command kTasktrackerCommand = {"tasktracker", "a tasktracker: runs the tasks of one machine",
                                     RunTasktracker};

}  // namespace tusk::mapreduce::tasktracker
