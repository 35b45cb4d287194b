#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk::df {

/// Seed of the hashes (HashRows) of which Bloom filters are made: unlike those of shuffles and
/// spills.
inline constexpr uint64_t kBloomSeed = 0x62'6c'6f'6f'6d;

/// A set of hashes that never denies one that is in it, and about once in a hundred times affirms
/// one that is not, as long as no more are put in than it is made for.
///
/// A split block filter (Putze, Sanders, Singler: Cache-, Hash- and Space-Efficient Bloom Filters,
/// 2007; the parameters of Parquet's): a hash sets one bit in each of the eight words of one block,
/// which is half a line of the processor's cache. Blocks lie in segments, that are made, sent and
/// merged each for itself. One thread; reading it alone from any number.
class BloomFilter {
 public:
  static constexpr size_t kSegmentBytes = 4096;
  /// 10.24 bits for each.
  static constexpr int64_t kSegmentKeys = 3200;
  /// 128 MiB.
  static constexpr uint32_t kMostSegments = 1 << 15;

  /// How many segments a filter for so many keys has. Within the greatest number.
  static uint32_t SegmentsFor(int64_t keys);
  /// The segment of a hash; greater hashes are in no lower segment.
  static uint32_t SegmentOf(uint64_t hash, uint32_t segments) {
    return static_cast<uint32_t>(BlockOf(hash, segments) / kSegmentBlocks);
  }

  /// Empty; 1 to kMostSegments.
  explicit BloomFilter(uint32_t segments);

  void Add(uint64_t hash);
  bool MayContain(uint64_t hash) const;
  /// Appends the positions of those hashes that may be in it.
  void Select(std::span<const uint64_t> hashes, std::vector<uint32_t>* positions) const;

  uint32_t segments() const { return segments_; }
  /// The bits of a segment, little-endian words.
  std::string_view Segment(uint32_t segment) const;
  /// Adds what such bits contain; kSegmentBytes of them.
  void Merge(uint32_t segment, std::string_view bits);

 private:
  static constexpr size_t kBlockWords = 8;
  static constexpr uint64_t kSegmentBlocks = kSegmentBytes / (4 * kBlockWords);

  static uint64_t BlockOf(uint64_t hash, uint32_t segments) {
    return ((hash >> 32) * (segments * kSegmentBlocks)) >> 32;
  }

  const uint32_t segments_;
  std::vector<uint32_t> words_;
};

/// Makes the parts of a filter out of hashes, or of other parts. A part is a segment's bits, or,
/// while they are shorter, the hashes that belong to it: many tasks may each have few of a filter's
/// keys. One thread.
class BloomParts {
 public:
  /// As those of the filter.
  explicit BloomParts(uint32_t segments);

  void Add(uint64_t hash);
  /// kCorruption for what is no part of such a filter.
  Status AddPart(int64_t segment, std::string_view part);

  /// Memory that this has taken.
  int64_t bytes() const;

  /// Calls `emit` with each part that is not empty, by ascending segments. Nothing is added after.
  Status Emit(const std::function<Status(int64_t segment, std::string_view part)>& emit);
  /// The whole filter. Nothing is added after.
  BloomFilter TakeFilter();

 private:
  void MakeFilter();
  /// Of `few_` in order: behind the last one in the segment of `begin`.
  size_t EndOfSegment(size_t begin) const;
  bool HasLongPart() const;

  const uint32_t segments_;
  /// All hashes, while there is no filter.
  std::vector<uint64_t> few_;
  std::optional<BloomFilter> filter_;
};

}  // namespace tusk::df
