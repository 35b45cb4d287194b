#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "mapreduce/jobtracker/job_table.h"

namespace tusk {
class WorkPool;
}

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::mapreduce::jobtracker {

class JobHistory;

/// Makes outputs of jobs final or clears them away, and writes the history: what the job table has
/// done by others. Runs on `pool`; thread-safe.
class JobFinisher : public JobOutputs {
 public:
  /// Opens a job's file system when it is needed first (a jobtracker may start before the
  /// namenode); an empty URI means the configured one.
  using OpenFiles = std::function<Result<std::shared_ptr<dfs::FileSystem>>(const std::string& uri)>;

  /// All must outlive the finisher. `url_of` gives a job's page.
  JobFinisher(WorkPool& pool, JobHistory& history, OpenFiles open_files,
              std::function<std::string(const JobId&)> url_of);

  void Commit(const JobSnapshot& job, OutputManifest manifest,
              std::function<void(Status)> done) override;
  void Abort(const JobSnapshot& job, std::function<void(Status)> done) override;
  void Ended(const JobSnapshot& job, std::vector<TaskSnapshot> remarkable_tasks) override;

 private:
  Result<std::shared_ptr<dfs::FileSystem>> FilesOf(const JobSpec& spec) EXCLUDES(mutex_);

  WorkPool& pool_;
  JobHistory& history_;
  const OpenFiles open_files_;
  const std::function<std::string(const JobId&)> url_of_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<dfs::FileSystem>> files_ GUARDED_BY(mutex_);  // by URI
};

}  // namespace tusk::mapreduce::jobtracker
