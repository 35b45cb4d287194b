#include "mapreduce/client/open_job_runner.h"

#include "common/base/status_macros.h"
#include "common/config/option_registry.h"
#include "dfs/client/local_file_system.h"
#include "mapreduce/client/job_options.h"
#include "mapreduce/client/local_job_runner.h"

namespace tusk::mapreduce {

OptionRegistry JobBinaryOptions() {
  OptionRegistry registry;
  registry.Add(JobOptions());
  return registry;
}

Result<std::unique_ptr<JobRunner>> OpenJobRunner(const Config& config, bool local) {
  if (local) {
    return std::unique_ptr<JobRunner>(
        std::make_unique<LocalJobRunner>(config, dfs::MakeLocalFileSystem()));
  }
  return Status(StatusCode::kUnsupported,
                "this binary was built without the cluster's job client: use --local");
}

std::optional<int> RunAsTaskProcess() { return std::nullopt; }

}  // namespace tusk::mapreduce
