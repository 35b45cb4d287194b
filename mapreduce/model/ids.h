#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/base/strong_id.h"

namespace tusk::mapreduce {

/// Names of jobs, tasks and attempts in Hadoop's text forms, which people type and scripts cut
/// apart (org.apache.hadoop.mapreduce.JobID, TaskID, TaskAttemptID):
///
///   job_20261122_0001
///   task_20261122_0001_m_000017
///   attempt_20261122_0001_m_000017_3
///
/// Ids are plain values: ordered, hashable through their text, free to copy. Parsing accepts
/// exactly what ToString writes (more digits than the minimum are fine) and refuses the rest.

/// What a task does; its letter stands in ids.
enum class TaskType : uint8_t { kMap = 0, kReduce = 1 };

/// 'm' or 'r'.
char TaskTypeLetter(TaskType type);
/// "map" or "reduce".
std::string_view TaskTypeName(TaskType type);

/// One submitted job: when its jobtracker started (digits only, at most 18 of them) and the
/// running number there. A jobtracker never reuses a start stamp, so ids are unique for ever.
struct JobId {
  uint64_t tracker_start = 0;
  uint32_t number = 0;

  std::string ToString() const;
  static Result<JobId> Parse(std::string_view text);
  friend auto operator<=>(const JobId&, const JobId&) = default;
};

/// One map or reduce of a job, whichever attempt computes it.
struct TaskId {
  JobId job;
  TaskType type = TaskType::kMap;
  uint32_t index = 0;

  std::string ToString() const;
  static Result<TaskId> Parse(std::string_view text);
  friend auto operator<=>(const TaskId&, const TaskId&) = default;
};

/// One execution of a task. Numbers start at 0.
struct AttemptId {
  TaskId task;
  uint32_t number = 0;

  std::string ToString() const;
  static Result<AttemptId> Parse(std::string_view text);
  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;
};

struct TrackerIdTag;
/// A tasktracker: "host:port" of its shuffle service, stable while it runs.
using TrackerId = StrongId<TrackerIdTag, std::string>;

}  // namespace tusk::mapreduce
