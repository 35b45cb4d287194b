#include <memory>

#include "common/config/config.h"
#include "common/daemon/daemon_main.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/jobtracker/jobtracker.h"
#include "mapreduce/model/mapreduce_options.h"

namespace tusk::mapreduce::jobtracker {

namespace {

Result<std::unique_ptr<Service>> MakeJobtracker(const DaemonContext& context) {
  return std::unique_ptr<Service>(std::make_unique<Jobtracker>(context.config, context.runtime,
                                                               context.metrics, context.clock,
                                                               context.env, context.log_directory));
}

int RunJobtracker(int argc, char** argv) {
  DaemonSpec spec;
  spec.name = "jobtracker";
  spec.summary = "Takes jobs, splits them into tasks and gives these to tasktrackers.";
  spec.bean_service = "JobTracker";
  spec.options = {dfs::FileSystemOptions(), MapreduceOptions()};
  spec.make = MakeJobtracker;
  return DaemonMain(argc, argv, spec);
}

}  // namespace

const Command kJobtrackerCommand = {"jobtracker", "the jobtracker: takes jobs and schedules tasks",
                                    RunJobtracker};

}  // namespace tusk::mapreduce::jobtracker
