#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "mapreduce/model/ids.h"
#include "mapreduce/model/input_split.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::mapreduce::jobtracker {

/// What the jobtracker tells a tracker to do. Plain values; service/tracker_service.h makes
/// messages of them.

/// Where the output of one map lies.
struct MapOutput {
  AttemptId attempt;
  std::string host;
  uint16_t shuffle_port = 0;
  TrackerId tracker;
};

/// Start this attempt. `job_spec` is shared by all launches of the job and has no splits.
struct LaunchTask {
  AttemptId attempt;
  std::shared_ptr<const JobSpec> job_spec;
  bool with_job = false;  ///< the first task of the job that this tracker gets
  InputSplit split;       ///< maps
  std::vector<MapOutput> map_outputs;
  uint32_t total_maps = 0;
};

/// End this attempt; it costs the task nothing.
struct KillAttempt {
  AttemptId attempt;
  std::string reason;
};

/// The job has ended: forget it and free what it left.
struct PurgeJob {
  JobId job;
};

/// May this attempt make its output final?
struct CommitAnswer {
  AttemptId attempt;
  bool granted = false;
};

/// A map of a running job has a new output.
struct MapOutputUpdate {
  JobId job;
  MapOutput output;
};

using Action = std::variant<LaunchTask, KillAttempt, PurgeJob, CommitAnswer, MapOutputUpdate>;

/// An action and the tracker it goes to.
struct AddressedAction {
  TrackerId tracker;
  Action action;
};

}  // namespace tusk::mapreduce::jobtracker
