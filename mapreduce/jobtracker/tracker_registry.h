#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mapreduce/jobtracker/action.h"
#include "mapreduce/model/ids.h"

namespace tusk::mapreduce::jobtracker {

/// Steady time since some start; the registry and the job table compare it, nothing else.
using Instant = std::chrono::steady_clock::time_point;

/// A tasktracker as it introduces itself.
struct TrackerDescription {
  std::string host;          ///< as datanodes call the machine: decides locality
  std::string shuffle_host;  ///< where its servers are reached
  std::string rack;
  uint16_t shuffle_port = 0;
  uint16_t http_port = 0;
  uint32_t map_slots = 0;
  uint32_t reduce_slots = 0;
  std::string incarnation;  ///< drawn at each start
};

/// One batch of actions, sent until the tracker acknowledges its number.
struct ActionBatch {
  uint64_t number = 0;
  std::vector<Action> actions;
};

/// What the jobtracker knows of one tracker. Guarded by the job table's mutex.
struct Tracker {
  TrackerId id;
  TrackerDescription description;
  bool live = true;
  Instant last_seen;
  int64_t last_seen_ms = 0;  // wall clock, for people
  uint64_t last_report = 0;  // number of the last report that was applied
  std::set<AttemptId> running_maps;
  std::set<AttemptId> running_reduces;
  std::set<JobId> known_jobs;  // were sent with a launch; purged at the job's end
  uint32_t failures = 0;       // attempts that failed here, of all jobs

  // Actions on their way: `unacknowledged` is repeated as it is until the tracker confirms it.
  std::deque<Action> queued;
  ActionBatch unacknowledged;
  uint64_t next_batch = 1;
  std::function<void()> wake;  // answers the held call; called without the mutex

  uint32_t FreeMapSlots() const {
    const uint32_t busy = static_cast<uint32_t>(running_maps.size());
    return live && busy < description.map_slots ? description.map_slots - busy : 0;
  }
  uint32_t FreeReduceSlots() const {
    const uint32_t busy = static_cast<uint32_t>(running_reduces.size());
    return live && busy < description.reduce_slots ? description.reduce_slots - busy : 0;
  }
};

/// The trackers of the cluster, live and lost. Not thread-safe: guarded by the job table's mutex.
class TrackerRegistry {
 public:
  /// Adds or replaces the tracker at its host and shuffle port. `replaced` gets the record of an
  /// earlier incarnation, whose attempts and outputs are lost; empty for a first registration or a
  /// repeat of the same incarnation.
  Tracker& Register(TrackerDescription description, Instant now, int64_t now_ms,
                    std::unique_ptr<Tracker>* replaced);

  /// Null when the id is not known.
  Tracker* Find(const TrackerId& id);
  /// True when a live tracker runs on `host`.
  bool HasLiveOn(const std::string& host) const;

  /// Marks a tracker lost; it must register again to come back.
  void MarkLost(Tracker& tracker);
  /// Live trackers not heard of since `before`, oldest first.
  std::vector<Tracker*> SilentSince(Instant before);

  /// Calls `visit` for each tracker, by id.
  void ForEach(const std::function<void(Tracker&)>& visit);
  size_t live_count() const { return live_count_; }

  /// The next batch to send, or null when nothing is queued. Actions up to batch `acknowledged`
  /// have arrived and are dropped.
  const ActionBatch* NextBatch(Tracker& tracker, uint64_t acknowledged);

 private:
  std::map<TrackerId, std::unique_ptr<Tracker>> trackers_;
  std::map<std::string, int> live_hosts_;
  size_t live_count_ = 0;
};

/// A batch holds at most this many actions: answers stay small.
inline constexpr size_t kMaxActionsPerBatch = 256;

}  // namespace tusk::mapreduce::jobtracker
