#include "mapreduce/jobtracker/pending_maps.h"

#include <algorithm>

namespace tusk::mapreduce::jobtracker {

std::string_view LocalityName(Locality locality) {
  switch (locality) {
    case Locality::kNode:
      return "node";
    case Locality::kRack:
      return "rack";
    case Locality::kAny:
      return "any";
  }
  return "any";
}

namespace {

void Push(std::deque<uint32_t>& queue, uint32_t map, bool front) {
  if (front) {
    queue.push_front(map);
  } else {
    queue.push_back(map);
  }
}

}  // namespace

void PendingMaps::Add(uint32_t map, const std::vector<std::string>& hosts,
                      const std::vector<std::string>& racks, bool again) {
  if (map >= waiting_.size()) waiting_.resize(map + 1);
  if (waiting_[map]) return;
  waiting_[map] = true;
  ++waiting_count_;
  Push(all_, map, again);
  if (hosts.empty()) Push(anywhere_, map, again);
  for (size_t i = 0; i < hosts.size(); ++i) {
    Push(by_host_[hosts[i]], map, again);
    const bool rack_listed = i >= racks.size() || std::find(racks.begin(), racks.begin() + i,
                                                            racks[i]) != racks.begin() + i;
    if (!rack_listed) Push(by_rack_[racks[i]], map, again);
  }
}

std::optional<uint32_t> PendingMaps::TakeFrom(Queue& queue) {
  while (!queue.empty()) {
    const uint32_t map = queue.front();
    queue.pop_front();
    if (!waiting_[map]) continue;
    waiting_[map] = false;
    --waiting_count_;
    return map;
  }
  return std::nullopt;
}

std::optional<PendingMaps::Taken> PendingMaps::Take(std::string_view host, std::string_view rack,
                                                    Locality worst) {
  if (waiting_count_ == 0) return std::nullopt;
  if (auto found = by_host_.find(std::string(host)); found != by_host_.end()) {
    if (auto map = TakeFrom(found->second)) return Taken{*map, Locality::kNode};
  }
  if (worst >= Locality::kRack) {
    if (auto found = by_rack_.find(std::string(rack)); found != by_rack_.end()) {
      if (auto map = TakeFrom(found->second)) return Taken{*map, Locality::kRack};
    }
  }
  if (auto map = TakeFrom(anywhere_)) return Taken{*map, Locality::kAny};
  if (worst >= Locality::kAny) {
    if (auto map = TakeFrom(all_)) return Taken{*map, Locality::kAny};
  }
  return std::nullopt;
}

bool PendingMaps::WaitsOnHost(const std::function<bool(const std::string&)>& wanted) {
  for (auto& [host, queue] : by_host_) {
    while (!queue.empty() && !waiting_[queue.front()]) queue.pop_front();
    if (!queue.empty() && wanted(host)) return true;
  }
  return false;
}

}  // namespace tusk::mapreduce::jobtracker
