#include "dataframe/exec/bloom_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk::df {
namespace {

static_assert(std::endian::native == std::endian::little, "segments are written as they are");

constexpr size_t kHashBytes = sizeof(uint64_t);
/// How far ahead memory is asked for.
constexpr size_t kAhead = 16;

/// Odd numbers that turn one hash into eight positions in words.
constexpr uint32_t kSalts[] = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                               0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};

constexpr uint32_t BitOf(uint64_t hash, size_t word) {
  return uint32_t{1} << ((static_cast<uint32_t>(hash) * kSalts[word]) >> 27);
}

bool IsEmpty(std::string_view bits) {
  return std::all_of(bits.begin(), bits.end(), [](char byte) { return byte == 0; });
}

}  // namespace

uint32_t BloomFilter::SegmentsFor(int64_t keys) {
  const int64_t segments = std::max<int64_t>(keys, 0) / kSegmentKeys + 1;
  return static_cast<uint32_t>(std::min<int64_t>(segments, kMostSegments));
}

BloomFilter::BloomFilter(uint32_t segments)
    : segments_(segments), words_(segments * kSegmentBytes / sizeof(uint32_t)) {
  CHECK(segments >= 1 && segments <= kMostSegments);
}

void BloomFilter::Add(uint64_t hash) {
  uint32_t* const block = words_.data() + BlockOf(hash, segments_) * kBlockWords;
  for (size_t i = 0; i < kBlockWords; ++i) block[i] |= BitOf(hash, i);
}

bool BloomFilter::MayContain(uint64_t hash) const {
  const uint32_t* const block = words_.data() + BlockOf(hash, segments_) * kBlockWords;
  for (size_t i = 0; i < kBlockWords; ++i) {
    if ((block[i] & BitOf(hash, i)) == 0) return false;
  }
  return true;
}

void BloomFilter::Select(std::span<const uint64_t> hashes, std::vector<uint32_t>* positions) const {
  for (size_t i = 0; i < hashes.size(); ++i) {
    if (i + kAhead < hashes.size()) {
      __builtin_prefetch(words_.data() + BlockOf(hashes[i + kAhead], segments_) * kBlockWords);
    }
    if (MayContain(hashes[i])) positions->push_back(static_cast<uint32_t>(i));
  }
}

std::string_view BloomFilter::Segment(uint32_t segment) const {
  CHECK(segment < segments_);
  return {reinterpret_cast<const char*>(words_.data()) + segment * kSegmentBytes, kSegmentBytes};
}

void BloomFilter::Merge(uint32_t segment, std::string_view bits) {
  CHECK(segment < segments_ && bits.size() == kSegmentBytes);
  constexpr size_t kWords = kSegmentBytes / sizeof(uint32_t);
  uint32_t* const words = words_.data() + segment * kWords;
  for (size_t i = 0; i < kWords; ++i) {
    uint32_t word = 0;
    std::memcpy(&word, bits.data() + i * sizeof word, sizeof word);
    words[i] |= word;
  }
}

BloomParts::BloomParts(uint32_t segments) : segments_(segments) {
  CHECK(segments >= 1 && segments <= BloomFilter::kMostSegments);
}

void BloomParts::Add(uint64_t hash) {
  if (filter_) return filter_->Add(hash);
  few_.push_back(hash);
  // At half of a filter's length, hardly a segment has more hashes than its bits are long.
  if (2 * few_.size() * kHashBytes >= segments_ * BloomFilter::kSegmentBytes) MakeFilter();
}

void BloomParts::MakeFilter() {
  filter_.emplace(segments_);
  for (const uint64_t hash : few_) filter_->Add(hash);
  std::vector<uint64_t>().swap(few_);  // which gives its memory back
}

Status BloomParts::AddPart(int64_t segment, std::string_view part) {
  const Status bad(StatusCode::kCorruption, "this is no part of the Bloom filter of a query");
  if (segment < 0 || segment >= segments_ || part.size() > BloomFilter::kSegmentBytes) return bad;
  const auto index = static_cast<uint32_t>(segment);
  if (part.size() == BloomFilter::kSegmentBytes) {
    if (!filter_) MakeFilter();
    filter_->Merge(index, part);
    return Status::Ok();
  }
  if (part.size() % kHashBytes != 0) return bad;
  for (size_t at = 0; at < part.size(); at += kHashBytes) {
    uint64_t hash = 0;
    std::memcpy(&hash, part.data() + at, kHashBytes);
    if (BloomFilter::SegmentOf(hash, segments_) != index) return bad;
    Add(hash);
  }
  return Status::Ok();
}

int64_t BloomParts::bytes() const {
  const size_t bytes =
      filter_ ? segments_ * BloomFilter::kSegmentBytes : few_.capacity() * kHashBytes;
  return static_cast<int64_t>(bytes);
}

size_t BloomParts::EndOfSegment(size_t begin) const {
  const uint32_t segment = BloomFilter::SegmentOf(few_[begin], segments_);
  size_t end = begin + 1;
  while (end < few_.size() && BloomFilter::SegmentOf(few_[end], segments_) == segment) ++end;
  return end;
}

bool BloomParts::HasLongPart() const {
  for (size_t begin = 0, end = 0; begin < few_.size(); begin = end) {
    end = EndOfSegment(begin);
    if ((end - begin) * kHashBytes >= BloomFilter::kSegmentBytes) return true;
  }
  return false;
}

Status BloomParts::Emit(const std::function<Status(int64_t, std::string_view)>& emit) {
  std::sort(few_.begin(), few_.end());
  few_.erase(std::unique(few_.begin(), few_.end()), few_.end());
  if (!filter_ && HasLongPart()) MakeFilter();
  for (size_t begin = 0, end = 0; begin < few_.size(); begin = end) {
    end = EndOfSegment(begin);
    const char* const bytes = reinterpret_cast<const char*>(few_.data() + begin);
    RETURN_IF_ERROR(
        emit(BloomFilter::SegmentOf(few_[begin], segments_), {bytes, (end - begin) * kHashBytes}));
  }
  for (uint32_t i = 0; filter_ && i < segments_; ++i) {
    if (!IsEmpty(filter_->Segment(i))) RETURN_IF_ERROR(emit(i, filter_->Segment(i)));
  }
  return Status::Ok();
}

BloomFilter BloomParts::TakeFilter() {
  if (!filter_) MakeFilter();
  return std::move(*filter_);
}

}  // namespace tusk::df
