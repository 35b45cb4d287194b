#pragma once

#include <memory>
#include <optional>

#include "common/config/config.h"
#include "mapreduce/client/job_runner.h"

namespace tusk {
class OptionRegistry;
}

namespace tusk::mapreduce {

/// The options that a job binary understands.
OptionRegistry JobBinaryOptions();

/// The runner that the configuration and `local` ask for: this process, or the cluster's
/// jobtracker. `config` must outlive it.
Result<std::unique_ptr<JobRunner>> OpenJobRunner(const Config& config, bool local);

/// In a task process (a tasktracker has started this binary and says so in the environment): runs
/// tasks until there are no more, and gives the exit status. Nothing otherwise.
std::optional<int> RunAsTaskProcess();

}  // namespace tusk::mapreduce
