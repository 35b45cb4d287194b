#include "dfs/namenode/blocks/block_id_set.h"

#include <utility>

#include "common/base/check.h"
#include "dfs/namenode/blocks/block_id_hash.h"

namespace tusk::dfs::namenode {

namespace {
constexpr size_t kMinSlots = 16;
}  // namespace

size_t BlockIdSet::Find(int64_t id) const {
  const size_t mask = slots_.size() - 1;
  size_t at = HashBlockId(BlockId(id)) & mask;
  while (slots_[at] != 0 && slots_[at] != id) at = (at + 1) & mask;
  return at;
}

void BlockIdSet::Rehash(size_t capacity) {
  std::vector<int64_t> old(capacity, 0);
  old.swap(slots_);
  for (int64_t id : old) {
    if (id != 0) slots_[Find(id)] = id;
  }
}

bool BlockIdSet::Insert(BlockId id) {
  CHECK(id.value() != 0);
  if ((size_ + 1) * 4 > slots_.size() * 3) Rehash(slots_.empty() ? kMinSlots : slots_.size() * 2);
  const size_t at = Find(id.value());
  if (slots_[at] != 0) return false;
  slots_[at] = id.value();
  ++size_;
  return true;
}

bool BlockIdSet::Erase(BlockId id) {
  if (slots_.empty()) return false;
  size_t hole = Find(id.value());
  if (slots_[hole] == 0) return false;
  // Closes the gap (Knuth 6.4, algorithm R): no tombstones, probes stay short.
  const size_t mask = slots_.size() - 1;
  for (size_t at = (hole + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const size_t home = HashBlockId(BlockId(slots_[at])) & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      slots_[hole] = slots_[at];
      hole = at;
    }
  }
  slots_[hole] = 0;
  --size_;
  if (slots_.size() > kMinSlots && size_ * 8 < slots_.size()) Rehash(slots_.size() / 2);
  return true;
}

bool BlockIdSet::Contains(BlockId id) const {
  return !slots_.empty() && id.value() != 0 && slots_[Find(id.value())] != 0;
}

void BlockIdSet::Clear() {
  slots_ = {};
  size_ = 0;
}

std::vector<BlockId> BlockIdSet::Members() const {
  std::vector<BlockId> members;
  members.reserve(size_);
  ForEach([&](BlockId id) { members.push_back(id); });
  return members;
}

}  // namespace tusk::dfs::namenode
