#include "dfs/namenode/blocks/excess_replicas.h"

#include <algorithm>
#include <tuple>

namespace tusk::dfs::namenode {

std::vector<StorageIndex> ChooseExcess(std::vector<ExcessCandidate> candidates, size_t surplus) {
  std::vector<StorageIndex> dropped;
  while (dropped.size() < surplus && candidates.size() > 1) {
    const auto peers = [&](const ExcessCandidate& c, auto same) {
      return std::count_if(candidates.begin(), candidates.end(),
                           [&](const ExcessCandidate& other) { return same(c, other); });
    };
    const auto rank = [&](const ExcessCandidate& c) {
      const bool twin = peers(c, [](auto& a, auto& b) { return a.node == b.node; }) > 1;
      const bool rack_shared = peers(c, [](auto& a, auto& b) { return a.rack == b.rack; }) > 1;
      // Greater is dropped first; the least free space counts as greatest.
      return std::make_tuple(twin, rack_shared, c.hinted, c.stale, UINT64_MAX - c.remaining);
    };
    const auto victim =
        std::max_element(candidates.begin(), candidates.end(),
                         [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    dropped.push_back(victim->storage);
    candidates.erase(victim);
  }
  return dropped;
}

}  // namespace tusk::dfs::namenode
