#include "dfs/namenode/datanodes/topology.h"

#include <algorithm>

namespace tusk::dfs::namenode {

std::string Topology::Normalize(std::string_view path) {
  if (path.empty() || path.front() != '/') return std::string(kDefaultRack);
  std::string normal;
  for (char c : path) {
    if (c == '/' && !normal.empty() && normal.back() == '/') continue;
    normal.push_back(c);
  }
  if (normal.back() == '/') normal.pop_back();
  return normal.empty() ? std::string(kDefaultRack) : normal;
}

RackId Topology::Intern(std::string_view path) {
  std::string normal = Normalize(path);
  const auto [found, made] = by_path_.try_emplace(normal, static_cast<uint32_t>(racks_.size()));
  if (made) {
    Rack& rack = racks_.emplace_back();
    for (size_t from = 1; from <= normal.size();) {
      const size_t to = std::min(normal.find('/', from), normal.size());
      rack.parts.push_back(normal.substr(from, to - from));
      from = to + 1;
    }
    rack.path = std::move(normal);
  }
  return RackId(found->second);
}

uint32_t Topology::Distance(RackId a, RackId b) const {
  const std::vector<std::string>& left = racks_[a.value()].parts;
  const std::vector<std::string>& right = racks_[b.value()].parts;
  size_t common = 0;
  while (common < left.size() && common < right.size() && left[common] == right[common]) ++common;
  return static_cast<uint32_t>(left.size() - common + right.size() - common + 2);
}

}  // namespace tusk::dfs::namenode
