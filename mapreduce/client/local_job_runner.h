#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/config/config.h"
#include "dfs/client/file_system.h"
#include "mapreduce/client/job_runner.h"

namespace tusk::mapreduce {

/// Runs a whole job in this process, without daemons: `--local`. Tasks are the same code as in a
/// cluster (sort, spill, merge, commit), one thread for each core; map outputs go through local
/// files. The first failure ends the job: nothing is tried again, so that a debugger sees it.
class LocalJobRunner final : public JobRunner {
 public:
  LocalJobRunner(const Config& config, std::shared_ptr<dfs::FileSystem> files);

  Result<JobResult> Run(Job job) override;
  dfs::FileSystem& files() override { return *files_; }
  std::shared_ptr<dfs::FileSystem> shared_files() override { return files_; }
  uint32_t slots() override { return threads_; }

 private:
  const Config& config_;
  const std::shared_ptr<dfs::FileSystem> files_;
  const uint32_t threads_;
  uint32_t jobs_run_ = 0;  // one thread calls Run at a time
};

}  // namespace tusk::mapreduce
