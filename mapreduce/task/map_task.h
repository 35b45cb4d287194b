#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "mapreduce/api/task_context.h"
#include "mapreduce/model/counters.h"
#include "mapreduce/model/output_manifest.h"
#include "mapreduce/sort/arena.h"
#include "mapreduce/sort/map_collector.h"

namespace tusk::mapreduce {

/// One attempt of a map or reduce, as the tracker's task process and the local runner both run it.
struct TaskRequest {
  const JobSpec& spec;
  AttemptId attempt;
  /// What to read; of a map.
  const InputSplit& split;
  /// An existing local directory for this attempt alone: spills and the map output.
  std::string directory;
  dfs::FileSystem& files;
  /// Lent for the time of the task.
  Arena& arena;
  TaskReporter& reporter;
  /// Of a reduce: how many maps the job has.
  uint32_t total_maps = 0;
};

/// What a map leaves.
struct MapTaskResult {
  /// For the reduces; nothing in a job without them.
  std::optional<MapOutput> map_output;
  /// In a job without reduces: what was committed.
  TaskOutput output;
};

/// Reads the split, maps, sorts, combines, spills, merges; in a job without reduces writes and
/// commits the output instead, after the reporter's permission. `counters` is added to while it
/// runs. Blocking; user code's exceptions come back as errors. After an error the caller removes
/// `directory` and aborts the attempt.
Result<MapTaskResult> RunMapTask(const TaskRequest& request, Counters* counters);

/// Adds CPU time since `cpu_start_ms` (from ThreadCpuMilliseconds) and the process's peak memory.
void CountResources(int64_t cpu_start_ms, Counters* counters);

}  // namespace tusk::mapreduce
