#include "dfs/namenode/blocks/block_map.h"

#include <algorithm>
#include <bit>

#include "common/base/check.h"
#include "dfs/namenode/blocks/block_id_hash.h"

namespace tusk::dfs::namenode {

namespace {
constexpr size_t kMinSlots = 4;
constexpr uint8_t kMaxReplicas = UINT8_MAX;
}  // namespace

BlockMap::BlockMap() : parts_(size_t{1} << kPartBits) {}

size_t BlockMap::FindSlot(const Part& part, int64_t id, uint64_t hash) {
  const size_t mask = part.slots.size() - 1;
  size_t at = hash & mask;
  while (part.slots[at].id != 0 && part.slots[at].id != id) at = (at + 1) & mask;
  return at;
}

void BlockMap::Rehash(Part& part, size_t capacity) {
  std::vector<BlockEntry> old(capacity);
  old.swap(part.slots);
  for (const BlockEntry& entry : old) {
    if (entry.id != 0) part.slots[FindSlot(part, entry.id, HashBlockId(entry.block_id()))] = entry;
  }
}

const BlockEntry* BlockMap::Find(BlockId id) const {
  const uint64_t hash = HashBlockId(id);
  const Part& part = PartOf(hash);
  if (part.slots.empty() || id.value() == 0) return nullptr;
  const BlockEntry& entry = part.slots[FindSlot(part, id.value(), hash)];
  return entry.id == 0 ? nullptr : &entry;
}

BlockEntry* BlockMap::Find(BlockId id) {
  return const_cast<BlockEntry*>(static_cast<const BlockMap*>(this)->Find(id));
}

void BlockMap::Prefetch(BlockId id) const {
  const uint64_t hash = HashBlockId(id);
  const Part& part = PartOf(hash);
  if (!part.slots.empty()) __builtin_prefetch(&part.slots[hash & (part.slots.size() - 1)]);
}

BlockEntry& BlockMap::Insert(BlockId id) {
  CHECK(id.value() != 0);
  const uint64_t hash = HashBlockId(id);
  Part& part = PartOf(hash);
  if ((part.size + 1) * 4 > part.slots.size() * 3) {
    Rehash(part, std::max(kMinSlots, part.slots.size() * 2));
  }
  BlockEntry& entry = part.slots[FindSlot(part, id.value(), hash)];
  if (entry.id == 0) {
    entry = BlockEntry();
    entry.id = id.value();
    ++part.size;
    ++size_;
  }
  return entry;
}

bool BlockMap::Erase(BlockId id) {
  BlockEntry* found = Find(id);
  if (found == nullptr) return false;
  ClearReplicas(*found);
  Part& part = PartOf(HashBlockId(id));
  const size_t mask = part.slots.size() - 1;
  size_t hole = static_cast<size_t>(found - part.slots.data());
  // Closes the gap (Knuth 6.4, algorithm R): no tombstones, probes stay short.
  for (size_t at = (hole + 1) & mask; part.slots[at].id != 0; at = (at + 1) & mask) {
    const size_t home = HashBlockId(part.slots[at].block_id()) & mask;
    if (((at - home) & mask) >= ((at - hole) & mask)) {
      part.slots[hole] = part.slots[at];
      hole = at;
    }
  }
  part.slots[hole] = BlockEntry();
  --part.size;
  --size_;
  return true;
}

void BlockMap::Reserve(uint64_t blocks) {
  // A part gets a share that a random spread exceeds rarely; it then grows by itself.
  const size_t share = static_cast<size_t>(blocks / parts_.size() * 9 / 8 + 1);
  const size_t capacity = std::bit_ceil(std::max(kMinSlots, share * 4 / 3 + 1));
  for (Part& part : parts_) {
    if (part.slots.size() < capacity) Rehash(part, capacity);
  }
}

std::span<const uint32_t> BlockMap::Replicas(const BlockEntry& entry) const {
  if (entry.spilled) return side_lists_[entry.replicas[0]];
  return {entry.replicas.data(), entry.replica_count};
}

bool BlockMap::HasReplica(const BlockEntry& entry, StorageIndex storage) const {
  const auto replicas = Replicas(entry);
  return std::find(replicas.begin(), replicas.end(), storage.value()) != replicas.end();
}

uint32_t BlockMap::NewSideList() {
  if (!free_side_lists_.empty()) {
    const uint32_t list = free_side_lists_.back();
    free_side_lists_.pop_back();
    return list;
  }
  side_lists_.emplace_back();
  return static_cast<uint32_t>(side_lists_.size() - 1);
}

bool BlockMap::AddReplica(BlockEntry& entry, StorageIndex storage) {
  if (entry.replica_count == kMaxReplicas || HasReplica(entry, storage)) return false;
  if (!entry.spilled && entry.replica_count == BlockEntry::kInlineReplicas) {
    const uint32_t list = NewSideList();
    side_lists_[list].assign(entry.replicas.begin(), entry.replicas.end());
    entry.replicas[0] = list;
    entry.spilled = true;
  }
  if (entry.spilled) {
    side_lists_[entry.replicas[0]].push_back(storage.value());
  } else {
    entry.replicas[entry.replica_count] = storage.value();
  }
  ++entry.replica_count;
  return true;
}

bool BlockMap::RemoveReplica(BlockEntry& entry, StorageIndex storage) {
  const auto replicas = Replicas(entry);
  const auto found = std::find(replicas.begin(), replicas.end(), storage.value());
  if (found == replicas.end()) return false;
  const size_t at = static_cast<size_t>(found - replicas.begin());
  if (!entry.spilled) {
    // Order is kept: the first one is usually the writer's own.
    std::copy(entry.replicas.begin() + at + 1, entry.replicas.begin() + entry.replica_count,
              entry.replicas.begin() + at);
    --entry.replica_count;
    return true;
  }
  std::vector<uint32_t>& list = side_lists_[entry.replicas[0]];
  list.erase(list.begin() + static_cast<ptrdiff_t>(at));
  --entry.replica_count;
  if (entry.replica_count == BlockEntry::kInlineReplicas) {
    const uint32_t freed = entry.replicas[0];
    std::copy(list.begin(), list.end(), entry.replicas.begin());
    list = {};
    free_side_lists_.push_back(freed);
    entry.spilled = false;
  }
  return true;
}

void BlockMap::ClearReplicas(BlockEntry& entry) {
  if (entry.spilled) {
    side_lists_[entry.replicas[0]] = {};
    free_side_lists_.push_back(entry.replicas[0]);
    entry.spilled = false;
  }
  entry.replica_count = 0;
}

uint64_t BlockMap::MemoryBytes() const {
  uint64_t bytes = parts_.capacity() * sizeof(Part);
  for (const Part& part : parts_) bytes += part.slots.capacity() * sizeof(BlockEntry);
  for (const auto& list : side_lists_) bytes += sizeof(list) + list.capacity() * sizeof(uint32_t);
  return bytes;
}

}  // namespace tusk::dfs::namenode
