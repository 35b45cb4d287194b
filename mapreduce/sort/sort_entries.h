#pragma once

#include <cstdint>
#include <span>

#include "common/base/byte_span.h"

namespace tusk::mapreduce {

/// What is sorted instead of a record: 16 bytes that decide nearly every comparison.
struct SortEntry {
  uint64_t prefix;  ///< KeyPrefix of the key
  uint32_t partition;
  uint32_t reference;  ///< where the record is; ascending in the order of arrival
};
static_assert(sizeof(SortEntry) == 16);

/// Finds the keys of entries whose prefixes are equal.
class EntryKeys {
 public:
  virtual ~EntryKeys() = default;
  virtual ByteView KeyOf(uint32_t reference) const = 0;
};

/// Sorts by partition, key and arrival: the same records give the same order in each attempt.
void SortEntries(std::span<SortEntry> entries, const EntryKeys& keys);

/// Sorts by partition and arrival only: all that an unsorted shuffle needs.
void SortEntriesByPartition(std::span<SortEntry> entries);

}  // namespace tusk::mapreduce
