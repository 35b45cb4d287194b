#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dfs/model/block.h"

namespace tusk::dfs::namenode {

/// Which blocks a storage holds: an open-addressing set of ids, 8 bytes a slot, at most 3/4 full.
/// Shrinks when it is 1/8 full. Id 0 is not storable. Not thread-safe.
class BlockIdSet {
 public:
  /// Returns false when it was there.
  bool Insert(BlockId id);
  /// Returns false when it was not there.
  bool Erase(BlockId id);
  bool Contains(BlockId id) const;
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void Clear();

  /// Calls `visit(BlockId)` for each member, in no order. The set must not change meanwhile.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (int64_t slot : slots_) {
      if (slot != 0) visit(BlockId(slot));
    }
  }
  /// A copy of all members, in no order.
  std::vector<BlockId> Members() const;

 private:
  size_t Find(int64_t id) const;
  void Rehash(size_t capacity);

  std::vector<int64_t> slots_;  // a power of two; 0 is free
  size_t size_ = 0;
};

}  // namespace tusk::dfs::namenode
