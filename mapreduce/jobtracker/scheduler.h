#pragma once

#include <optional>
#include <vector>

#include "mapreduce/jobtracker/job.h"
#include "mapreduce/jobtracker/tracker_registry.h"

namespace tusk::mapreduce::jobtracker {

/// Decides which waiting task a free slot gets. Called by the job table with its mutex held, each
/// time something has changed: pure bookkeeping, no waiting.
class Scheduler {
 public:
  virtual ~Scheduler() = default;

  /// An attempt that was started.
  struct Start {
    Job* job = nullptr;
    AttemptId attempt;
  };
  /// Starts one task on a free map or reduce slot of `tracker`, of one of `jobs` (the running ones,
  /// by priority, then in order of submission). Nothing when no task waits, or when those that do
  /// should rather wait for a slot near their data. The caller enters the attempt in the tracker's
  /// running set.
  virtual std::optional<Start> NextFor(const Tracker& tracker, bool map_slot,
                                       const std::vector<Job*>& jobs, TrackerRegistry& trackers,
                                       Instant now, int64_t now_ms) = 0;

  /// When, after `now`, slots that were left free for locality should be offered again; nothing
  /// when none were.
  virtual std::optional<Instant> NextOffer(const std::vector<Job*>& jobs, Instant now) const = 0;
};

}  // namespace tusk::mapreduce::jobtracker
