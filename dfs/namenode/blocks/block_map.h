#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "dfs/model/block.h"
#include "dfs/namenode/blocks/block_state.h"
#include "dfs/namenode/datanodes/datanode_id.h"

namespace tusk::dfs::namenode {

/// What is known of one block, in 48 bytes. Up to three replicas lie in the entry itself, more in
/// a side list of the map. Reached and changed through BlockMap only.
struct BlockEntry {
  static constexpr uint8_t kInlineReplicas = 3;

  int64_t id = 0;  ///< 0: free slot
  int64_t generation_stamp = 0;
  uint64_t length = 0;
  uint64_t file = 0;
  std::array<uint32_t, kInlineReplicas>
      replicas{};  ///< StorageIndex; [0] names the side list if spilled
  uint16_t wanted = 1;
  uint8_t replica_count = 0;  ///< good finalised replicas; UINT8_MAX at most
  BlockState state : 2 = BlockState::kComplete;
  bool spilled : 1 = false;
  bool counted_safe : 1 = false;  ///< counts in SafeModeCounts::safe_blocks

  BlockId block_id() const { return BlockId(id); }
  Block block() const { return {BlockId(id), GenerationStamp(generation_stamp), length}; }
  bool is_fixed() const {
    return state == BlockState::kCommitted || state == BlockState::kComplete;
  }
};
static_assert(sizeof(BlockEntry) == 48);

/// Block id -> entry: open addressing with linear probing in 1024 parts that grow one by one, so
/// that no call waits for more than a thousandth of a rehash. At most 3/4 full: 64 to 128 bytes a
/// block. A pointer to an entry is valid until the next Insert or Erase of its part.
///
/// Loads of different blocks are independent: look-ups of many blocks go through `Prefetch` 16 at a
/// time, which hides the memory's latency. Not thread-safe.
class BlockMap {
 public:
  BlockMap();
  BlockMap(const BlockMap&) = delete;
  BlockMap& operator=(const BlockMap&) = delete;

  /// The entry, or null.
  BlockEntry* Find(BlockId id);
  const BlockEntry* Find(BlockId id) const;
  /// Starts to load the line where Find(id) will look.
  void Prefetch(BlockId id) const;
  /// The entry of `id`, made if it was not there. `id` must not be 0.
  BlockEntry& Insert(BlockId id);
  /// Forgets the block. Returns false when it was not there.
  bool Erase(BlockId id);
  /// Makes room for so many blocks in all.
  void Reserve(uint64_t blocks);
  uint64_t size() const { return size_; }

  /// The good replicas of an entry. Valid until the next change of the map.
  std::span<const uint32_t> Replicas(const BlockEntry& entry) const;
  bool HasReplica(const BlockEntry& entry, StorageIndex storage) const;
  /// Returns false when it was there, or the list is full (255).
  bool AddReplica(BlockEntry& entry, StorageIndex storage);
  /// Returns false when it was not there.
  bool RemoveReplica(BlockEntry& entry, StorageIndex storage);
  void ClearReplicas(BlockEntry& entry);

  /// Calls `visit(BlockEntry&)` for each entry, in no order; it must not insert or erase.
  template <typename Visit>
  void ForEach(Visit visit) {
    for (Part& part : parts_) {
      for (BlockEntry& entry : part.slots) {
        if (entry.id != 0) visit(entry);
      }
    }
  }

  /// Bytes held, for metrics.
  uint64_t MemoryBytes() const;

 private:
  /// One open-addressing table; a part grows alone, so that no growth stops everything.
  struct Part {
    std::vector<BlockEntry> slots;  // a power of two
    size_t size = 0;
  };
  static constexpr size_t kPartBits = 10;

  Part& PartOf(uint64_t hash) { return parts_[hash >> (64 - kPartBits)]; }
  const Part& PartOf(uint64_t hash) const { return parts_[hash >> (64 - kPartBits)]; }
  static size_t FindSlot(const Part& part, int64_t id, uint64_t hash);
  static void Rehash(Part& part, size_t capacity);
  uint32_t NewSideList();

  std::vector<Part> parts_;
  uint64_t size_ = 0;
  std::deque<std::vector<uint32_t>> side_lists_;
  std::vector<uint32_t> free_side_lists_;
};

}  // namespace tusk::dfs::namenode
