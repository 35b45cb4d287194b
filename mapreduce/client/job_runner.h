#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "mapreduce/api/job_builder.h"
#include "mapreduce/model/counters.h"
#include "mapreduce/model/ids.h"

namespace tusk {
class Config;
}

namespace tusk::mapreduce {

/// What one task of a job counted.
struct TaskCounters {
  TaskType type = TaskType::kMap;
  uint32_t index = 0;
  Counters counters;
};

/// A job with this parameter is told JobResult::tasks.
inline constexpr std::string_view kTaskCountersParameter = "tusk.job.task-counters";

/// How a job went.
struct JobResult {
  std::string id;  ///< "job_...", or "job_local_..."
  double seconds = 0;
  uint32_t maps = 0;
  uint32_t reduces = 0;
  Counters counters;
  /// Each task's own in any order, when the job has asked for it.
  std::vector<TaskCounters> tasks;
};

/// Runs jobs: on the cluster (client/job_client.h) or in this process (client/local_job_runner.h).
/// Blocking.
class JobRunner {
 public:
  virtual ~JobRunner() = default;
  /// From the description to the finished output, with progress on stderr. The error is the first
  /// cause.
  virtual Result<JobResult> Run(Job job) = 0;
  /// The file system that the job's paths belong to.
  virtual dfs::FileSystem& files() = 0;
  /// The same, to be kept.
  virtual std::shared_ptr<dfs::FileSystem> shared_files() = 0;
  /// Tasks that can run at once, as far as is known.
  virtual uint32_t slots() = 0;
};

/// What every runner does first: draws the uuid, fills in user and what the configuration says and
/// the job does not, makes paths absolute, refuses an output that exists, cuts the input (`slots`
/// as in SplitOptions), validates.
Status PrepareJob(const Config& config, dfs::FileSystem& files, uint32_t slots, Job* job);

/// The closing line: "done in 0.09 s: 3.2 MB read, 566,000 records in, 20,413 out; 1 map (1 local),
/// 1 reduce; ...".
std::string SummaryOf(const JobResult& result);

}  // namespace tusk::mapreduce
