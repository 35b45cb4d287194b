#include "mapreduce/jobtracker/fifo_scheduler.h"

#include <algorithm>

namespace tusk::mapreduce::jobtracker {

Locality FifoScheduler::WorstAllowed(Job& job, const TrackerRegistry& trackers, Instant now) const {
  if (!job.LocalMapPossible(trackers)) return Locality::kAny;
  if (!job.waiting_for_local_since) return Locality::kNode;
  const auto waited = now - *job.waiting_for_local_since;
  if (waited >= options_.node_wait + options_.rack_wait) return Locality::kAny;
  return waited >= options_.node_wait ? Locality::kRack : Locality::kNode;
}

std::optional<Scheduler::Start> FifoScheduler::NextFor(const Tracker& tracker, bool map_slot,
                                                       const std::vector<Job*>& jobs,
                                                       TrackerRegistry& trackers, Instant now,
                                                       int64_t now_ms) {
  for (Job* job : jobs) {
    if (!map_slot) {
      if (!job->WantsReduces(options_.reduce_slowstart)) continue;
      if (auto attempt = job->StartReduce(tracker, now_ms)) return Start{job, *attempt};
      continue;
    }
    if (!job->WantsMaps()) continue;
    if (auto attempt = job->StartMap(tracker, Locality::kNode, now_ms)) return Start{job, *attempt};
    const Locality worst = WorstAllowed(*job, trackers, now);
    if (worst > Locality::kNode) {
      if (auto attempt = job->StartMap(tracker, worst, now_ms)) return Start{job, *attempt};
    }
    if (!job->waiting_for_local_since) job->waiting_for_local_since = now;
  }
  return std::nullopt;
}

std::optional<Instant> FifoScheduler::NextOffer(const std::vector<Job*>& jobs, Instant now) const {
  std::optional<Instant> next;
  for (const Job* job : jobs) {
    if (!job->WantsMaps() || !job->waiting_for_local_since) continue;
    for (const auto wait : {options_.node_wait, options_.node_wait + options_.rack_wait}) {
      const Instant offer = *job->waiting_for_local_since + wait;
      if (offer > now && (!next || offer < *next)) next = offer;
    }
  }
  return next;
}

}  // namespace tusk::mapreduce::jobtracker
