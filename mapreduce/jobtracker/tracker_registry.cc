#include "mapreduce/jobtracker/tracker_registry.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace tusk::mapreduce::jobtracker {

Tracker& TrackerRegistry::Register(TrackerDescription description, Instant now, int64_t now_ms,
                                   std::unique_ptr<Tracker>* replaced) {
  const TrackerId id(fmt::format("{}:{}", description.shuffle_host, description.shuffle_port));
  std::unique_ptr<Tracker>& place = trackers_[id];
  const bool same_run =
      place != nullptr && place->live && place->description.incarnation == description.incarnation;
  if (!same_run) {
    if (place != nullptr) {
      if (place->live) MarkLost(*place);
      *replaced = std::move(place);
    }
    place = std::make_unique<Tracker>();
    place->id = id;
    ++live_hosts_[description.host];
    ++live_count_;
    place->description = std::move(description);
  }
  place->last_seen = now;
  place->last_seen_ms = now_ms;
  return *place;
}

Tracker* TrackerRegistry::Find(const TrackerId& id) {
  auto found = trackers_.find(id);
  return found == trackers_.end() ? nullptr : found->second.get();
}

bool TrackerRegistry::HasLiveOn(const std::string& host) const {
  auto found = live_hosts_.find(host);
  return found != live_hosts_.end() && found->second > 0;
}

void TrackerRegistry::MarkLost(Tracker& tracker) {
  if (!tracker.live) return;
  tracker.live = false;
  --live_count_;
  --live_hosts_[tracker.description.host];
  tracker.queued.clear();
  tracker.unacknowledged = {};
}

std::vector<Tracker*> TrackerRegistry::SilentSince(Instant before) {
  std::vector<Tracker*> silent;
  for (auto& [id, tracker] : trackers_) {
    if (tracker->live && tracker->last_seen < before) silent.push_back(tracker.get());
  }
  std::sort(silent.begin(), silent.end(),
            [](const Tracker* a, const Tracker* b) { return a->last_seen < b->last_seen; });
  return silent;
}

void TrackerRegistry::ForEach(const std::function<void(Tracker&)>& visit) {
  for (auto& [id, tracker] : trackers_) visit(*tracker);
}

const ActionBatch* TrackerRegistry::NextBatch(Tracker& tracker, uint64_t acknowledged) {
  if (!tracker.unacknowledged.actions.empty()) {
    if (acknowledged < tracker.unacknowledged.number) return &tracker.unacknowledged;
    tracker.unacknowledged = {};
  }
  if (tracker.queued.empty()) return nullptr;
  tracker.unacknowledged.number = tracker.next_batch++;
  while (!tracker.queued.empty() && tracker.unacknowledged.actions.size() < kMaxActionsPerBatch) {
    tracker.unacknowledged.actions.push_back(std::move(tracker.queued.front()));
    tracker.queued.pop_front();
  }
  return &tracker.unacknowledged;
}

}  // namespace tusk::mapreduce::jobtracker
