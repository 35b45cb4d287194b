#include "mapreduce/sort/combine_table.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "common/base/check.h"
#include "common/base/stable_hash.h"
#include "mapreduce/sort/record.h"

namespace tusk::mapreduce {
namespace {

constexpr uint64_t kMinSlots = 256;
constexpr uint64_t kBytesPerSlot = 32 + 10;  // a slot, and an entry to sort for 5 of 8 slots

uint64_t LimitOf(uint64_t slots) { return slots / 8 * 5 - 32; }

}  // namespace

void CombineTable::Reset(MutableByteView memory, FoldKind kind, uint64_t expected_keys) {
  kind_ = kind;
  max_slots_ = std::bit_floor(memory.size() / 8 * 7 / kBytesPerSlot);
  CHECK_GE(max_slots_, kMinSlots);
  slots_ = reinterpret_cast<Slot*>(memory.data());
  const size_t slot_bytes = max_slots_ * sizeof(Slot);
  const size_t entry_bytes = max_slots_ / 8 * 5 * sizeof(SortEntry);
  entries_ = reinterpret_cast<SortEntry*>(memory.data() + slot_bytes);
  store_ = memory.data() + slot_bytes + entry_bytes;
  store_size_ = memory.size() - slot_bytes - entry_bytes;
  const uint64_t wanted =
      std::bit_ceil(std::clamp<uint64_t>(expected_keys * 2, kMinSlots, max_slots_));
  SetSlots(std::min(wanted, max_slots_));
}

void CombineTable::SetSlots(uint64_t slots) {
  mask_ = slots - 1;
  Clear();
}

void CombineTable::Clear() {
  std::memset(static_cast<void*>(slots_), 0, (mask_ + 1) * sizeof(Slot));
  pending_.fill({});
  next_ = 0;
  keys_ = 0;
  store_used_ = 0;
  limit_ = LimitOf(mask_ + 1);
}

void CombineTable::SettleAll() {
  for (Pending& pending : pending_) {
    if (pending.meta != 0) Settle(pending);
    pending.meta = 0;
  }
}

void CombineTable::SettleFrom(const Pending& pending) {
  uint64_t index = pending.home;
  for (size_t probe = 0;; ++probe) {
    Slot& slot = slots_[index];
    if (Holds(slot, pending)) {
      slot.value = ApplyFold(kind_, slot.value, pending.operand);
      return;
    }
    if (slot.meta == 0) {
      slot = {pending.k0, pending.k1, pending.operand, pending.meta};
      ++keys_;
      if (probe > kMaxProbe) limit_ = 0;
      return;
    }
    index = (index + 1) & mask_;
  }
}

bool CombineTable::AddLong(ByteView key, FoldWord operand) {
  const uint64_t hash = StableHash(AsText(key));
  const uint64_t meta = Meta(hash, key.size());
  uint64_t k0;
  std::memcpy(&k0, key.data(), 8);
  uint64_t index = HomeOf(hash);
  for (size_t probe = 0;; ++probe) {
    Slot& slot = slots_[index];
    if (slot.meta == meta && slot.k0 == k0 &&
        std::memcmp(store_ + slot.k1, key.data(), key.size()) == 0) {
      slot.value = ApplyFold(kind_, slot.value, operand);
      return true;
    }
    if (slot.meta == 0) {
      if (full() || key.size() > store_size_ - store_used_) return false;
      std::memcpy(store_ + store_used_, key.data(), key.size());
      slot = {k0, store_used_, operand, meta};
      store_used_ += key.size();
      ++keys_;
      if (probe > kMaxProbe) limit_ = 0;
      return true;
    }
    index = (index + 1) & mask_;
  }
}

uint64_t CombineTable::HashOf(const Slot& slot) const {
  const size_t size = SizeOf(slot);
  if (size <= kShortKeyBytes) return HashShort(slot.k0, slot.k1, size);
  return StableHash({reinterpret_cast<const char*>(store_ + slot.k1), size});
}

bool CombineTable::Grow() {
  SettleAll();
  const uint64_t slots = mask_ + 1;
  if (slots >= max_slots_ || limit_ == 0) return false;
  std::vector<Slot> kept;
  kept.reserve(keys_);
  for (uint64_t i = 0; i < slots; ++i) {
    if (slots_[i].meta != 0) kept.push_back(slots_[i]);
  }
  const size_t store_used = store_used_;
  SetSlots(std::min(slots * 4, max_slots_));
  store_used_ = store_used;
  for (const Slot& slot : kept) {
    uint64_t index = HomeOf(HashOf(slot));
    while (slots_[index].meta != 0) index = (index + 1) & mask_;
    slots_[index] = slot;
  }
  keys_ = kept.size();
  return true;
}

std::span<SortEntry> CombineTable::Collect() {
  SettleAll();
  size_t count = 0;
  for (uint64_t i = 0; i <= mask_; ++i) {
    if (slots_[i].meta == 0) continue;
    entries_[count++] = {__builtin_bswap64(slots_[i].k0), 0, static_cast<uint32_t>(i)};
  }
  return {entries_, count};
}

ByteView CombineTable::KeyOf(uint32_t reference) const {
  const Slot& slot = slots_[reference];
  const size_t size = SizeOf(slot);
  if (size > kShortKeyBytes) return {store_ + slot.k1, size};
  return {reinterpret_cast<const uint8_t*>(&slot), size};
}

}  // namespace tusk::mapreduce
