#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "mapreduce/model/counters.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/model/output_manifest.h"

namespace tusk::mapreduce::jobtracker {

/// What a tracker reports of its attempts. Plain values; the service makes them of messages.

/// The attempt's process has taken the task.
struct AttemptStarted {
  AttemptId attempt;
};

/// How far it is, with the counters so far.
struct AttemptProgress {
  AttemptId attempt;
  float progress = 0;
  bool has_counters = false;
  Counters counters;
};

/// It wants to make its output final.
struct AskCommit {
  AttemptId attempt;
};

/// It has succeeded, its output is final.
struct AttemptDone {
  AttemptId attempt;
  Counters counters;
  TaskOutput output;
  std::vector<uint64_t> partition_bytes;
};

/// It has ended without success.
struct AttemptFailed {
  AttemptId attempt;
  std::string cause;
  std::string details;
  bool killed = false;
};

/// A reducer could not get the output of a map.
struct FetchFailed {
  AttemptId reducer;
  AttemptId map_attempt;
  bool definite = false;
  std::string cause;
};

using TrackerEvent = std::variant<AttemptStarted, AttemptProgress, AskCommit, AttemptDone,
                                  AttemptFailed, FetchFailed>;

}  // namespace tusk::mapreduce::jobtracker
