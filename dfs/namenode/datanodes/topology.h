#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/result.h"
#include "common/base/strong_id.h"

namespace tusk::dfs::namenode {

struct RackIdTag;
/// A network location, numbered in order of first sight.
using RackId = StrongId<RackIdTag, uint32_t>;

inline constexpr std::string_view kDefaultRack = "/default-rack";

/// The racks of the cluster: interned network paths ("/rack1", "/dc1/rack1") and how far they are
/// from each other, as Hadoop's NetworkTopology counts: hops over the tree of path components.
/// Not thread-safe: guarded by its owner. Bounded by the number of distinct racks.
class Topology {
 public:
  /// Number of the rack with this path; it is made if new. A path without a leading slash, empty or
  /// "/" alone counts as kDefaultRack; trailing and double slashes are dropped.
  RackId Intern(std::string_view path);
  /// The normalised path of a rack.
  const std::string& PathOf(RackId rack) const { return racks_[rack.value()].path; }
  size_t size() const { return racks_.size(); }

  /// Hops between two different machines: 2 on the same rack, 4 on neighbouring racks, more for
  /// each further level at which the paths part.
  uint32_t Distance(RackId a, RackId b) const;

  /// The normalised form of a network path.
  static std::string Normalize(std::string_view path);

 private:
  /// A location, whole and in its parts.
  struct Rack {
    std::string path;
    std::vector<std::string> parts;
  };
  std::vector<Rack> racks_;
  std::unordered_map<std::string, uint32_t> by_path_;
};

}  // namespace tusk::dfs::namenode
