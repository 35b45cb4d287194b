#include "mapreduce/sort/sort_entries.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "mapreduce/sort/record.h"

namespace tusk::mapreduce {
namespace {

constexpr size_t kRadixThreshold = 512;
constexpr int kPartitionBits = 32;

/// The byte of (partition, prefix) at `depth`: 0-3 of the partition, 4-11 of the prefix.
uint8_t ByteAt(const SortEntry& entry, int depth) {
  if (depth < 4) return static_cast<uint8_t>(entry.partition >> (kPartitionBits - 8 * (depth + 1)));
  return static_cast<uint8_t>(entry.prefix >> (64 - 8 * (depth - 3)));
}

class EntrySorter {
 public:
  explicit EntrySorter(const EntryKeys& keys) : keys_(keys) {}

  /// American flag sort (McIlroy, Bostic, McIlroy 1993) from the first differing byte on; small
  /// ranges and ties by comparison.
  void Sort(std::span<SortEntry> entries, int depth) const {
    while (true) {
      if (entries.size() < kRadixThreshold || depth >= 12) {
        std::sort(entries.begin(), entries.end(),
                  [this](const SortEntry& a, const SortEntry& b) { return Less(a, b); });
        return;
      }
      std::array<uint32_t, 256> count{};
      for (const SortEntry& entry : entries) ++count[ByteAt(entry, depth)];
      const uint8_t first = ByteAt(entries[0], depth);
      if (count[first] != entries.size()) {
        Distribute(entries, depth, count);
        return;
      }
      ++depth;  // all share this byte
    }
  }

 private:
  void Distribute(std::span<SortEntry> entries, int depth,
                  const std::array<uint32_t, 256>& count) const {
    std::array<uint32_t, 256> next{}, end{};
    uint32_t sum = 0;
    for (int b = 0; b < 256; ++b) {
      next[b] = sum;
      sum += count[b];
      end[b] = sum;
    }
    for (int b = 0; b < 256; ++b) {
      while (next[b] < end[b]) {
        SortEntry held = entries[next[b]];
        for (uint8_t home = ByteAt(held, depth); home != b; home = ByteAt(held, depth)) {
          std::swap(held, entries[next[home]++]);
        }
        entries[next[b]++] = held;
      }
    }
    uint32_t start = 0;
    for (int b = 0; b < 256; ++b) {
      if (count[b] > 1) Sort(entries.subspan(start, count[b]), depth + 1);
      start += count[b];
    }
  }

  bool Less(const SortEntry& a, const SortEntry& b) const {
    if (a.partition != b.partition) return a.partition < b.partition;
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const int order = CompareBehindPrefix(keys_.KeyOf(a.reference), keys_.KeyOf(b.reference));
    return order != 0 ? order < 0 : a.reference < b.reference;
  }

  const EntryKeys& keys_;
};

}  // namespace

void SortEntries(std::span<SortEntry> entries, const EntryKeys& keys) {
  uint32_t different = 0;  // bits in which the partitions are not all the same
  for (const SortEntry& entry : entries) different |= entry.partition ^ entries[0].partition;
  EntrySorter(keys).Sort(entries, std::countl_zero(different) / 8);
}

void SortEntriesByPartition(std::span<SortEntry> entries) {
  std::sort(entries.begin(), entries.end(), [](const SortEntry& a, const SortEntry& b) {
    return a.partition != b.partition ? a.partition < b.partition : a.reference < b.reference;
  });
}

}  // namespace tusk::mapreduce
