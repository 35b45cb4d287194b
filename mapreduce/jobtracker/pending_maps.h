#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tusk::mapreduce::jobtracker {

/// How near a map runs to its split. Hadoop's DATA_LOCAL, RACK_LOCAL and OTHER_LOCAL.
enum class Locality : uint8_t { kNode = 0, kRack = 1, kAny = 2 };

/// "node", "rack", "any".
std::string_view LocalityName(Locality locality);

/// The maps of one job that wait for a slot, found by where their splits lie.
///
/// Each map is listed under each of its hosts and their racks; a map that was taken elsewhere is
/// skipped when its other entries come up (lazy deletion), so taking is O(1) amortised whatever
/// the number of maps. Not thread-safe: guarded by the job table's mutex.
class PendingMaps {
 public:
  /// Adds a waiting map. `hosts` may be empty (a split that lies nowhere), `racks` is parallel to
  /// it. One that was taken before and waits again goes to the front.
  void Add(uint32_t map, const std::vector<std::string>& hosts,
           const std::vector<std::string>& racks, bool again);

  /// Takes a map for a tracker on `host` in `rack`, no farther than `worst`. A map without hosts
  /// counts as kAny and is handed out at every level: there is nothing to wait for.
  struct Taken {
    uint32_t map = 0;
    Locality locality = Locality::kAny;
  };
  std::optional<Taken> Take(std::string_view host, std::string_view rack, Locality worst);

  /// True when some waiting map has a host that `wanted` says yes to. Looks at each host once.
  bool WaitsOnHost(const std::function<bool(const std::string&)>& wanted);

  bool empty() const { return waiting_count_ == 0; }
  size_t size() const { return waiting_count_; }
  bool IsWaiting(uint32_t map) const { return map < waiting_.size() && waiting_[map]; }

 private:
  using Queue = std::deque<uint32_t>;

  std::optional<uint32_t> TakeFrom(Queue& queue);

  std::vector<bool> waiting_;
  size_t waiting_count_ = 0;
  std::unordered_map<std::string, Queue> by_host_;
  std::unordered_map<std::string, Queue> by_rack_;
  Queue anywhere_;  // splits without hosts
  Queue all_;
};

}  // namespace tusk::mapreduce::jobtracker
