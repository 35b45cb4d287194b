#pragma once

#include <memory>
#include <string>

#include "mapreduce/client/job_runner.h"

namespace tusk::mapreduce {

class JobClient;

/// Runs jobs on the cluster: cuts the input here, puts this very program into the file system,
/// submits, shows progress, waits. When the driver is interrupted (Ctrl-C) the job is killed; a
/// second Ctrl-C leaves at once.
class ClusterJobRunner : public JobRunner {
 public:
  /// Opens the configured file system and finds the jobtracker. `config` must outlive the runner.
  static Result<std::unique_ptr<JobRunner>> Open(const Config& config);
  ~ClusterJobRunner() override;

  Result<JobResult> Run(Job job) override;
  dfs::FileSystem& files() override { return *files_; }
  std::shared_ptr<dfs::FileSystem> shared_files() override { return files_; }
  uint32_t slots() override;

 private:
  ClusterJobRunner(const Config& config, std::shared_ptr<dfs::FileSystem> files,
                   std::unique_ptr<JobClient> client);

  const Config& config_;
  const std::shared_ptr<dfs::FileSystem> files_;
  const std::unique_ptr<JobClient> client_;
};

}  // namespace tusk::mapreduce
