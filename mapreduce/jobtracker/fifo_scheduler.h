#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "mapreduce/jobtracker/scheduler.h"

namespace tusk::mapreduce::jobtracker {

/// First come, first served within each priority, with delay scheduling for locality (Zaharia et
/// al., EuroSys 2010): a job that finds no waiting map on the tracker's node lets the slot go for a
/// while, because a local slot is likely to come free soon; then takes one of its rack, then any.
class FifoScheduler : public Scheduler {
 public:
  /// How long a job waits for a better slot, and when its reduces start.
  struct Options {
    std::chrono::milliseconds node_wait{100};  ///< tusk.jobtracker.locality.node-wait
    std::chrono::milliseconds rack_wait{
        100};                       ///< tusk.jobtracker.locality.rack-wait: after node_wait
    double reduce_slowstart = 1.0;  ///< mapreduce.job.reduce.slowstart.completedmaps
  };

  explicit FifoScheduler(Options options) : options_(options) {}

  std::optional<Start> NextFor(const Tracker& tracker, bool map_slot, const std::vector<Job*>& jobs,
                               TrackerRegistry& trackers, Instant now, int64_t now_ms) override;
  std::optional<Instant> NextOffer(const std::vector<Job*>& jobs, Instant now) const override;

 private:
  Locality WorstAllowed(Job& job, const TrackerRegistry& trackers, Instant now) const;

  const Options options_;
};

}  // namespace tusk::mapreduce::jobtracker
