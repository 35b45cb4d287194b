#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "common/base/byte_span.h"
#include "common/base/status.h"
#include "mapreduce/sort/wide_load.h"

namespace tusk::mapreduce {

/// What the engine moves: key bytes and value bytes. Keys compare as unsigned bytes, a prefix
/// before what it starts; typed keys are encoded so that this is their order (api/key_codec.h).
inline constexpr size_t kMaxRecordBytes = size_t{128} << 20;

/// The first eight bytes of a key as a number that compares as they do; short keys are padded with
/// 0.
inline uint64_t KeyPrefix(ByteView key) {
  uint64_t word = 0;
  if (MayReadBeyond(key.data(), key.size(), sizeof(word))) [[likely]] {
    std::memcpy(&word, key.data(), sizeof(word));
    if (key.size() < sizeof(word)) word &= (uint64_t{1} << (8 * key.size())) - 1;
  } else {
    for (size_t i = 0; i < key.size(); ++i) word |= uint64_t{key[i]} << (8 * i);
  }
  return __builtin_bswap64(word);
}
static_assert(std::endian::native == std::endian::little);

inline int CompareKeys(ByteView a, ByteView b) {
  const size_t common = a.size() < b.size() ? a.size() : b.size();
  const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  if (order != 0) return order;
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

/// The same for two keys with equal prefixes.
inline int CompareBehindPrefix(ByteView a, ByteView b) {
  if (a.size() <= 8 && b.size() <= 8) return a.size() < b.size() ? -1 : a.size() > b.size();
  return CompareKeys(a, b);
}

/// Takes records, in the order in which they shall stand.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual Status Append(ByteView key, ByteView value) = 0;
};

/// Records group by group: all values of one key, then those of the next.
///
///   while (groups.NextGroup())
///     while (groups.NextValue()) Use(groups.key(), groups.value());
///   return groups.status();
///
/// NextGroup skips what is left of the group before. `key()` is valid until the next NextGroup,
/// `value()` until the next call. An error ends the iteration; `status()` says which.
class GroupedRecords {
 public:
  virtual ~GroupedRecords() = default;
  virtual bool NextGroup() = 0;
  virtual bool NextValue() = 0;
  virtual ByteView key() const = 0;
  virtual ByteView value() const = 0;
  virtual Status status() const = 0;
};

/// Folds the values of a group into fewer records of the same kind (a combiner of user code, typed
/// in api/). `Combine` is called with `group` standing on a group; it reads its values.
class Combiner {
 public:
  virtual ~Combiner() = default;
  virtual Status Combine(GroupedRecords& group, RecordSink& out) = 0;
};

/// Chooses the reduce for a key. A pure function of the key's bytes: never of order, time or place.
class KeyPartitioner {
 public:
  virtual ~KeyPartitioner() = default;
  /// In [0, partitions).
  virtual uint32_t Partition(ByteView key, uint32_t partitions) const = 0;
};

/// The partition of a key when the job names no partitioner: XXH64 of its bytes, the high bits
/// scaled.
uint32_t HashPartition(ByteView key, uint32_t partitions);

}  // namespace tusk::mapreduce
