#include "mapreduce/client/open_job_runner.h"

#include <cstdlib>
#include <string>

#include "common/base/status_macros.h"
#include "common/config/config_loader.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "dfs/client/local_file_system.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/client/cluster_job_runner.h"
#include "mapreduce/client/job_options.h"
#include "mapreduce/client/local_job_runner.h"
#include "mapreduce/model/mapreduce_options.h"
#include "mapreduce/task/task_child.h"

namespace tusk::mapreduce {

namespace {

/// The file system of a job as its tasks see it: their tracker's configuration, what the driver was
/// told with -D on top.
Result<std::shared_ptr<dfs::FileSystem>> OpenFilesOfJob(const JobSpec& spec) {
  ConfigSources sources;
  sources.environment = ProcessEnvironment();
  ASSIGN_OR_RETURN(Config config, LoadConfig(PosixEnv::Get(), JobBinaryOptions(), sources));
  for (const auto& [name, value] : spec.parameters) {
    // The others are parameters of the job's own code, whatever their names.
    if (config.registry().Find(name) == nullptr) continue;
    RETURN_IF_ERROR(config.Set(name, value, "job"));
  }
  const auto named = spec.parameters.find(std::string(kFileSystemParameter));
  return dfs::OpenFileSystem(named == spec.parameters.end() ? "" : named->second, config);
}

}  // namespace

OptionRegistry JobBinaryOptions() {
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  registry.Add(MapreduceOptions());
  registry.Add(JobOptions());
  return registry;
}

Result<std::unique_ptr<JobRunner>> OpenJobRunner(const Config& config, bool local) {
  if (local) {
    return std::unique_ptr<JobRunner>(
        std::make_unique<LocalJobRunner>(config, dfs::MakeLocalFileSystem()));
  }
  return ClusterJobRunner::Open(config);
}

std::optional<int> RunAsTaskProcess() {
  const char* descriptor = std::getenv(kTaskDescriptorVariable);
  if (descriptor == nullptr) return std::nullopt;
  return RunTaskProcess(std::atoi(descriptor), OpenFilesOfJob);
}

}  // namespace tusk::mapreduce
