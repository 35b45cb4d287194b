#include "dfs/namenode/blocks/rack_aware_placement.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/core.h>

namespace tusk::dfs::namenode {

namespace {

/// Why a datanode is not taken.
enum class Refusal : uint8_t { kNone, kExcluded, kChosen, kStale, kBusy, kFull, kRackFull };

/// "128 MB", "1.5 GB", "0".
std::string FormatBytes(uint64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "KB", "MB", "GB", "TB", "PB"};
  if (bytes == 0) return "0";
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return value < 10 && value != static_cast<double>(static_cast<int>(value))
             ? fmt::format("{:.1f} {}", value, kUnits[unit])
             : fmt::format("{:.0f} {}", value, kUnits[unit]);
}

bool Contains(const std::vector<NodeIndex>& list, NodeIndex node) {
  return std::find(list.begin(), list.end(), node) != list.end();
}

/// How strict one pass is.
struct Strictness {
  bool load = true;
  bool stale = true;
  bool rack_bound = true;
};

/// One placement in the making.
class Chooser {
 public:
  Chooser(const DatanodeRegistry& registry, const PlacementInput& input, Random& random,
          const RackAwarePlacement::Options& options)
      : registry_(registry), input_(input), random_(random), options_(options) {
    taken_ = input.chosen;
    const size_t total = input.chosen.size() + input.wanted;
    // Hadoop's bound: with r racks, n replicas, at most (n - 1) / r + 2 on one.
    const size_t racks = std::max<size_t>(registry.live_racks(), 1);
    max_per_rack_ = racks == 1 ? total : (total - 1) / racks + 2;
    // All of them on one rack would not survive its switch.
    if (racks > 1 && total > 2 && max_per_rack_ >= total) max_per_rack_ = total - 1;
    if (!registry.live().empty()) {
      busy_above_ = options.load_factor * static_cast<double>(registry.total_xceivers()) /
                    static_cast<double>(registry.live().size());
    }
  }

  std::vector<StorageIndex> Run() {
    for (NodeIndex node : input_.favored) {
      if (Done()) break;
      TryNode(node);
    }
    for (const Strictness pass :
         {Strictness{true, options_.avoid_stale, true}, Strictness{false, false, true},
          Strictness{false, false, false}}) {
      strict_ = pass;
      while (!Done()) {
        if (!ChooseNext()) break;
      }
    }
    return std::move(result_);
  }

  std::string Explain() const;

 private:
  bool Done() const { return result_.size() >= input_.wanted; }

  /// The next position of Hadoop's scheme, else any node that qualifies.
  bool ChooseNext() {
    const size_t position = taken_.size();
    bool placed = false;
    if (position == 0) {
      placed = ChooseFirst();
    } else if (position == 1) {
      placed = ChooseOffRack(RackOf(taken_[0]));
    } else if (position == 2) {
      const RackId first = RackOf(taken_[0]);
      const RackId second = RackOf(taken_[1]);
      if (first == second) {
        placed = ChooseOffRack(first);
      } else {
        placed = ChooseOnRack(input_.new_block || input_.writer == kNoNode ? second
                                                                           : RackOf(input_.writer));
      }
    }
    return placed || ChooseAnywhere();
  }

  bool ChooseFirst() {
    if (input_.writer != kNoNode) {
      if (!input_.avoid_writer && TryNode(input_.writer)) return true;
      return ChooseOnRack(RackOf(input_.writer));
    }
    return input_.has_writer_rack && ChooseOnRack(input_.writer_rack);
  }

  bool ChooseOnRack(RackId rack) { return ChooseFrom(registry_.live_on(rack), std::nullopt); }
  bool ChooseOffRack(RackId rack) {
    return registry_.live_racks() > 1 && ChooseFrom(registry_.live(), rack);
  }
  bool ChooseAnywhere() { return ChooseFrom(registry_.live(), std::nullopt); }

  /// A random qualifying node of `nodes` that is not on `not_rack`. A few draws at first, which is
  /// enough in a large healthy cluster, then every node once from a random start.
  bool ChooseFrom(const std::vector<NodeIndex>& nodes, std::optional<RackId> not_rack) {
    if (nodes.empty()) return false;
    constexpr int kDraws = 4;
    for (int draw = 0; draw < kDraws; ++draw) {
      const NodeIndex node = nodes[random_.Below(nodes.size())];
      if (not_rack && RackOf(node) == *not_rack) continue;
      if (TryNode(node)) return true;
    }
    const size_t start = random_.Below(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
      const NodeIndex node = nodes[(start + i) % nodes.size()];
      if (not_rack && RackOf(node) == *not_rack) continue;
      if (TryNode(node)) return true;
    }
    return false;
  }

  bool TryNode(NodeIndex node) {
    StorageIndex storage = kNoStorage;
    if (Judge(node, strict_, &storage) != Refusal::kNone) return false;
    taken_.push_back(node);
    result_.push_back(storage);
    return true;
  }

  Refusal Judge(NodeIndex index, const Strictness& strict, StorageIndex* storage) const {
    const DatanodeState& node = registry_.node(index);
    if (!node.live || Contains(input_.excluded, index)) return Refusal::kExcluded;
    if (Contains(taken_, index)) return Refusal::kChosen;
    if (strict.stale && node.last_heartbeat < input_.stale_before) return Refusal::kStale;
    if (strict.load && options_.consider_load && node.xceiver_count > busy_above_ &&
        node.xceiver_count > 2) {
      return Refusal::kBusy;
    }
    if (strict.rack_bound) {
      const auto on_rack = std::count_if(taken_.begin(), taken_.end(), [&](NodeIndex other) {
        return RackOf(other) == node.rack;
      });
      if (static_cast<size_t>(on_rack) >= max_per_rack_) return Refusal::kRackFull;
    }
    *storage = StorageWithRoom(node);
    return *storage == kNoStorage ? Refusal::kFull : Refusal::kNone;
  }

  /// A random storage of the node with room for the block.
  StorageIndex StorageWithRoom(const DatanodeState& node) const {
    const size_t start = node.storages.empty() ? 0 : random_.Below(node.storages.size());
    for (size_t i = 0; i < node.storages.size(); ++i) {
      const StorageIndex at = node.storages[(start + i) % node.storages.size()];
      if (Room(registry_.storage(at)) >= std::max<uint64_t>(input_.block_size, 1)) return at;
    }
    return kNoStorage;
  }

  static uint64_t Room(const StorageState& storage) {
    if (storage.usage.failed || storage.usage.read_only_shared) return 0;
    if (storage.usage.type == StorageType::kRamDisk ||
        storage.usage.type == StorageType::kProvided) {
      return 0;  // never without being asked for by a storage policy
    }
    return storage.usage.remaining - std::min(storage.usage.remaining, storage.scheduled_bytes);
  }

  RackId RackOf(NodeIndex node) const { return registry_.node(node).rack; }

  const DatanodeRegistry& registry_;
  const PlacementInput& input_;
  Random& random_;
  const RackAwarePlacement::Options& options_;
  std::vector<NodeIndex> taken_;
  std::vector<StorageIndex> result_;
  Strictness strict_{true, false, true};
  size_t max_per_rack_ = 0;
  double busy_above_ = 0;
};

/// "3 known, 2 full (need 128 MB, have 71 MB and 0), 1 excluded by this client after an error".
std::string Chooser::Explain() const {
  constexpr size_t kNamed = 6;
  size_t excluded = 0;
  size_t chosen = 0;
  size_t dead = 0;
  size_t known = 0;
  std::vector<std::string> full;
  size_t full_count = 0;
  for (size_t i = 0; i < registry_.node_count(); ++i) {
    const NodeIndex index(static_cast<uint32_t>(i));
    const DatanodeState& node = registry_.node(index);
    if (node.removed) continue;
    ++known;
    if (!node.live) {
      ++dead;
      continue;
    }
    StorageIndex storage = kNoStorage;
    switch (Judge(index, Strictness{false, false, false}, &storage)) {
      case Refusal::kExcluded:
        ++excluded;
        break;
      case Refusal::kChosen:
        ++chosen;
        break;
      case Refusal::kFull: {
        ++full_count;
        if (full.size() == kNamed) break;
        uint64_t room = 0;
        for (StorageIndex at : node.storages) room = std::max(room, Room(registry_.storage(at)));
        full.push_back(FormatBytes(room));
        break;
      }
      default:
        break;
    }
  }
  if (known == 0) return "no datanode has registered yet";
  std::string text = fmt::format("{} known", known);
  if (full_count > 0) {
    std::string rooms;
    for (size_t i = 0; i < full.size(); ++i) {
      if (i > 0) rooms += i + 1 == full.size() && full_count == full.size() ? " and " : ", ";
      rooms += full[i];
    }
    if (full_count > full.size()) rooms += ", ...";
    text += fmt::format(", {} full (need {}, have {})", full_count, FormatBytes(input_.block_size),
                        rooms);
  }
  if (excluded > 0) text += fmt::format(", {} excluded by this client after an error", excluded);
  if (chosen > 0) text += fmt::format(", {} chosen or holding it already", chosen);
  if (dead > 0) text += fmt::format(", {} dead", dead);
  return text;
}

}  // namespace

std::vector<StorageIndex> RackAwarePlacement::Choose(const DatanodeRegistry& registry,
                                                     const PlacementInput& input, Random& random,
                                                     std::string* why_not) const {
  Chooser chooser(registry, input, random, options_);
  std::vector<StorageIndex> result = chooser.Run();
  if (result.size() < input.wanted && why_not != nullptr) *why_not = chooser.Explain();
  return result;
}

bool RackAwarePlacement::IsSpread(const DatanodeRegistry& registry,
                                  std::span<const uint32_t> storages, uint16_t wanted) const {
  if (wanted < 2 || storages.size() < 2 || registry.live_racks() < 2) return true;
  const RackId first = registry.NodeOf(StorageIndex(storages[0])).rack;
  return std::any_of(storages.begin() + 1, storages.end(), [&](uint32_t storage) {
    return registry.NodeOf(StorageIndex(storage)).rack != first;
  });
}

}  // namespace tusk::dfs::namenode
