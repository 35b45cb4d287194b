#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "common/base/byte_span.h"
#include "mapreduce/sort/fold.h"
#include "mapreduce/sort/sort_entries.h"
#include "mapreduce/sort/wide_load.h"

namespace tusk::mapreduce {

/// A bounded hash table that folds values by key while the map runs.
///
/// Built for skewed keys: a slot is 32 bytes with keys of up to 16 bytes inside it, two slots make
/// a cache line, and a key's home is a line, so that the hot keys live in the caches and nearly
/// every key is found without leaving its line. The line of each new record is prefetched and
/// looked at kPending records later, so that a cold one costs bandwidth, not latency. Open
/// addressing, linear probing, never resized beyond the memory given; when `full()`, the owner
/// drains it to a sorted run and clears it.
///
/// Keys that collide on purpose make it full early, not slow: a probe longer than kMaxProbe counts
/// as full. One thread.
class CombineTable final : public EntryKeys {
 public:
  static constexpr size_t kShortKeyBytes = 16;

  CombineTable() = default;

  /// Uses `memory` (64-byte aligned) for everything. `expected_keys` is a guess of how many
  /// different keys will come; the table starts so small that clearing it costs little, and grows
  /// within the memory.
  void Reset(MutableByteView memory, FoldKind kind, uint64_t expected_keys);

  /// Folds `operand` into the key's value. `key.size() <= kShortKeyBytes`; not `full()`.
  void AddShort(ByteView key, FoldWord operand) {
    Pending& pending = pending_[next_];
    next_ = (next_ + 1) & (kPending - 1);
    if (pending.meta != 0) [[likely]]
      Settle(pending);
    LoadKey(key, &pending.k0, &pending.k1);
    const uint64_t hash = HashShort(pending.k0, pending.k1, key.size());
    pending.meta = Meta(hash, key.size());
    pending.operand = operand;
    pending.home = HomeOf(hash);
    __builtin_prefetch(&slots_[pending.home], 1);
  }

  /// The same for a longer key. False when there is no room for it (nothing was done).
  bool AddLong(ByteView key, FoldWord operand);

  /// True when the table must be drained before the next Add.
  bool full() const { return keys_ >= limit_; }
  uint64_t keys() const { return keys_; }

  /// Brings in what is pending and, when that has filled the table to its present size, grows it as
  /// long as there is memory. Called by the owner when `full()`; true when there is room again.
  bool Grow();

  /// Brings in what is pending. Then one entry per key, with prefix and reference set, partition 0.
  std::span<SortEntry> Collect();
  ByteView KeyOf(uint32_t reference) const override;
  FoldWord ValueOf(uint32_t reference) const { return slots_[reference].value; }
  /// Begins to fetch what KeyOf and ValueOf will look at: entries in the order of keys jump about
  /// the table.
  void Prefetch(uint32_t reference) const { __builtin_prefetch(&slots_[reference]); }

  /// Forgets all keys; capacity stays.
  void Clear();

 private:
  static constexpr size_t kPending = 32;
  static constexpr size_t kMaxProbe = 4096;

  struct Slot {
    uint64_t k0;  // the key's first eight bytes in memory order, padded with 0
    uint64_t k1;  // the next eight; the place in the key store for a long key
    FoldWord value;
    uint64_t meta;  // upper half of the hash and length + 1; 0: free
  };
  static_assert(sizeof(Slot) == 32);
  struct Pending {
    uint64_t k0 = 0;
    uint64_t k1 = 0;
    FoldWord operand = 0;
    uint64_t meta = 0;
    uint64_t home = 0;
  };

  static uint64_t Meta(uint64_t hash, size_t size) {
    return (hash & 0xffffffff00000000) | static_cast<uint64_t>(size + 1);
  }
  static size_t SizeOf(const Slot& slot) { return static_cast<size_t>(slot.meta & 0xffffffff) - 1; }

  static uint64_t HashShort(uint64_t k0, uint64_t k1, size_t size) {
    const auto product = static_cast<unsigned __int128>(k0 ^ 0x9e3779b97f4a7c15) *
                         (k1 ^ 0xd1342543de82ef95 ^ (static_cast<uint64_t>(size) << 56));
    const uint64_t folded = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
    return folded * 0xff51afd7ed558ccd ^ (folded >> 29);
  }

  /// The key in two words. Reads 16 bytes at once where that cannot cross into a page of others.
  static void LoadKey(ByteView key, uint64_t* k0, uint64_t* k1);

  /// The first slot of the line where the search for a key starts.
  uint64_t HomeOf(uint64_t hash) const { return hash & mask_ & ~uint64_t{1}; }
  static bool Holds(const Slot& slot, const Pending& pending) {
    return ((slot.k0 ^ pending.k0) | (slot.k1 ^ pending.k1) | (slot.meta ^ pending.meta)) == 0;
  }

  void Settle(const Pending& pending) {
    // Both slots of the line at once: which of the two it is would be a guess for the processor.
    Slot* const line = slots_ + pending.home;
    const bool first = Holds(line[0], pending);
    const bool second = Holds(line[1], pending);
    if (first | second) [[likely]] {
      Slot& slot = line[second];
      slot.value = ApplyFold(kind_, slot.value, pending.operand);
      return;
    }
    SettleFrom(pending);
  }
  /// The same for a key that is new or not in its line.
  void SettleFrom(const Pending& pending);
  void SettleAll();
  uint64_t HashOf(const Slot& slot) const;
  void SetSlots(uint64_t slots);

  FoldKind kind_ = FoldKind::kNone;
  Slot* slots_ = nullptr;
  uint64_t mask_ = 0;
  uint64_t keys_ = 0;
  uint64_t limit_ = 0;
  uint64_t max_slots_ = 0;
  SortEntry* entries_ = nullptr;
  uint8_t* store_ = nullptr;  // bytes of long keys
  size_t store_size_ = 0;
  size_t store_used_ = 0;
  size_t next_ = 0;
  std::array<Pending, kPending> pending_{};
};

inline void CombineTable::LoadKey(ByteView key, uint64_t* k0, uint64_t* k1) {
  uint64_t words[2] = {0, 0};
  const size_t size = key.size();
  if (MayReadBeyond(key.data(), size, sizeof(words))) [[likely]] {
    std::memcpy(words, key.data(), sizeof(words));
    const uint64_t bits = 8 * static_cast<uint64_t>(size);
    const uint64_t low = size >= 8 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
    const uint64_t high =
        size >= 16 ? ~uint64_t{0} : (size <= 8 ? 0 : (uint64_t{1} << (bits - 64)) - 1);
    *k0 = words[0] & low;
    *k1 = words[1] & high;
    return;
  }
  if (size > 0) std::memcpy(words, key.data(), size);
  *k0 = words[0];
  *k1 = words[1];
}

}  // namespace tusk::mapreduce
