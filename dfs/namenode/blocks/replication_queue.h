#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "dfs/model/block.h"

namespace tusk::dfs::namenode {

/// How urgently a block needs another copy (LowRedundancyBlocks of Hadoop).
enum class Urgency : uint8_t {
  kHighest = 0,      ///< one copy left of several wanted
  kVeryLow = 1,      ///< less than a third of what is wanted
  kLow = 2,          ///< the rest of the under-replicated
  kBadlyPlaced = 3,  ///< enough copies, all on one rack
  kMissing = 4,      ///< no good copy: nothing to copy from, listed for people
};
inline constexpr size_t kUrgencies = 5;

/// The urgency of a block with `live` good copies of `wanted`, or nothing when it needs none.
/// `coming` copies are on their way; `spread` says that the copies stand on enough racks. Pure.
std::optional<Urgency> JudgeUrgency(uint32_t live, uint32_t coming, uint32_t wanted, bool spread);

/// Blocks that need copies, most urgent first, in order of arrival within an urgency. A block is
/// in it at most once. Changes cost O(1); stale positions are swept when they outnumber the rest.
/// Not thread-safe.
class ReplicationQueue {
 public:
  /// Puts the block at the end of its urgency, or moves it there if it had another one.
  void Put(BlockId block, Urgency urgency);
  /// Puts the block before all others: somebody waits for its copy.
  void PutFirst(BlockId block);
  void Remove(BlockId block);
  bool Contains(BlockId block) const { return where_.contains(block.value()); }
  std::optional<Urgency> Find(BlockId block) const;

  /// Takes up to `limit` blocks out, most urgent first; none that are missing. Those that could not
  /// be helped are put back, behind the others.
  std::vector<BlockId> Take(size_t limit);

  size_t size() const { return where_.size(); }
  size_t size(Urgency urgency) const { return counts_[static_cast<size_t>(urgency)]; }
  /// Members of one urgency, at most `limit`, in order of arrival.
  std::vector<BlockId> Members(Urgency urgency, size_t limit) const;

 private:
  /// Where a block waits now; older entries of the lines are stale.
  struct Place {
    Urgency urgency;
    uint64_t ticket;
  };
  /// An entry of a line; stale when its ticket is not the block's.
  struct Waiting {
    int64_t block;
    uint64_t ticket;
  };
  bool IsCurrent(const Waiting& waiting, Urgency urgency) const;
  void Sweep(Urgency urgency);

  std::unordered_map<int64_t, Place> where_;
  std::array<std::deque<Waiting>, kUrgencies> lines_;
  std::array<size_t, kUrgencies> counts_{};
  uint64_t next_ticket_ = 1;
};

}  // namespace tusk::dfs::namenode
