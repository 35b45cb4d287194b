#include "dataframe/exec/bloom_filter.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

using Parts = std::vector<std::pair<int64_t, std::string>>;

std::vector<uint64_t> RandomHashes(size_t count, Random& random) {
  std::vector<uint64_t> hashes;
  for (size_t i = 0; i < count; ++i) hashes.push_back(random.Next());
  return hashes;
}

Parts PartsOf(BloomParts made) {
  Parts parts;
  EXPECT_OK(made.Emit([&parts](int64_t segment, std::string_view part) {
    parts.emplace_back(segment, part);
    return Status::Ok();
  }));
  return parts;
}

Parts PartsOf(const std::vector<uint64_t>& hashes, uint32_t segments) {
  BloomParts made(segments);
  for (const uint64_t hash : hashes) made.Add(hash);
  return PartsOf(std::move(made));
}

BloomFilter FilterOf(const Parts& parts, uint32_t segments) {
  BloomParts merged(segments);
  for (const auto& [segment, part] : parts) EXPECT_OK(merged.AddPart(segment, part));
  return merged.TakeFilter();
}

TEST(BloomFilterTest, KnowsWhatIsInItAndLetsLittleElseThrough) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (const int64_t keys : {int64_t{1}, int64_t{1000}, int64_t{100'000}}) {
    BloomFilter filter(BloomFilter::SegmentsFor(keys));
    const std::vector<uint64_t> in = RandomHashes(static_cast<size_t>(keys), random);
    for (const uint64_t hash : in) filter.Add(hash);
    for (const uint64_t hash : in) ASSERT_TRUE(filter.MayContain(hash));
    std::vector<uint32_t> wrong;
    filter.Select(RandomHashes(100'000, random), &wrong);
    EXPECT_THAT(wrong, SizeIs(Le(1'500U))) << keys;
  }
}

TEST(BloomFilterTest, AnEmptyOneHasNothing) {
  Random random(RandomSeed());
  std::vector<uint32_t> found;
  BloomFilter(3).Select(RandomHashes(1000, random), &found);
  EXPECT_THAT(found, IsEmpty());
  EXPECT_THAT(PartsOf({}, 3), IsEmpty());
}

TEST(BloomFilterTest, SelectsPositions) {
  BloomFilter filter(1);
  filter.Add(7);
  filter.Add(uint64_t{9} << 40);
  std::vector<uint32_t> found = {100};
  filter.Select(std::vector<uint64_t>{7, ~uint64_t{0}, uint64_t{9} << 40}, &found);
  EXPECT_THAT(found, ::testing::ElementsAre(100, 0, 2));
}

TEST(BloomFilterTest, ItsLengthFollowsTheKeysUpToABound) {
  EXPECT_EQ(BloomFilter::SegmentsFor(0), 1U);
  EXPECT_EQ(BloomFilter::SegmentsFor(-5), 1U);
  EXPECT_EQ(BloomFilter::SegmentsFor(10 * BloomFilter::kSegmentKeys), 11U);
  EXPECT_EQ(BloomFilter::SegmentsFor(INT64_MAX), BloomFilter::kMostSegments);
}

// Whoever has which hashes, and in which form they travel: the filter is the same.
TEST(BloomPartsTest, PartsOfAnyTasksMakeTheSameFilter) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 20; ++round) {
    const auto segments = static_cast<uint32_t>(1 + random.Below(8));
    BloomFilter expected(segments);
    Parts parts;
    const uint64_t tasks = 1 + random.Below(5);
    for (uint64_t task = 0; task < tasks; ++task) {
      const std::vector<uint64_t> hashes = RandomHashes(random.Below(segments * 600), random);
      for (const uint64_t hash : hashes) expected.Add(hash);
      for (auto& part : PartsOf(hashes, segments)) parts.push_back(std::move(part));
    }
    // Merged once more on the way, as reduces do.
    BloomParts reduce(segments);
    for (const auto& [segment, part] : parts) ASSERT_OK(reduce.AddPart(segment, part));
    const BloomFilter direct = FilterOf(parts, segments);
    const BloomFilter merged = FilterOf(PartsOf(std::move(reduce)), segments);
    for (uint32_t i = 0; i < segments; ++i) {
      ASSERT_EQ(direct.Segment(i), expected.Segment(i));
      ASSERT_EQ(merged.Segment(i), expected.Segment(i));
    }
  }
}

// The worked example of docs/formats/query_record.md.
TEST(BloomFilterTest, LooksAsItsPageSays) {
  BloomFilter filter(3);
  filter.Add(0x0123'4567'89ab'cdef);
  std::string segment(BloomFilter::kSegmentBytes, '\0');
  const std::string_view block(
      "\x00\x00\x04\x00\x00\x00\x08\x00\x00\x00\x00\x40\x00\x00\x80\x00"
      "\x10\x00\x00\x00\x00\x00\x01\x00\x00\x10\x00\x00\x00\x00\x00\x01",
      32);
  segment.replace(32, block.size(), block);
  EXPECT_EQ(filter.Segment(0), segment);
  EXPECT_EQ(filter.Segment(1), std::string(BloomFilter::kSegmentBytes, '\0'));
}

TEST(BloomPartsTest, FewHashesTravelAsTheyAreAndOnce) {
  const Parts parts = PartsOf({7, 7, 8}, 100);
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_EQ(parts[0].first, 0);
  EXPECT_EQ(parts[0].second, std::string("\7\0\0\0\0\0\0\0\10\0\0\0\0\0\0\0", 16));
}

TEST(BloomPartsTest, ManyHashesTravelAsBitsAndNoPartIsLonger) {
  Random random(RandomSeed());
  for (const auto& [segment, part] : PartsOf(RandomHashes(100'000, random), 10)) {
    EXPECT_EQ(part.size(), BloomFilter::kSegmentBytes) << segment;
  }
  // All in one segment, although they are few for the whole filter.
  std::vector<uint64_t> low;
  for (uint64_t i = 0; i < 2000; ++i) low.push_back(i);
  const Parts parts = PartsOf(low, 100);
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_EQ(parts[0].second.size(), BloomFilter::kSegmentBytes);
}

TEST(BloomPartsTest, WhatIsNoPartIsRefused) {
  BloomParts parts(2);
  const std::string bits(BloomFilter::kSegmentBytes, 'x');
  const std::string low(8, '\0');
  EXPECT_OK(parts.AddPart(1, bits));
  EXPECT_OK(parts.AddPart(0, low));
  EXPECT_OK(parts.AddPart(0, ""));
  for (const auto& [segment, part] :
       Parts{{-1, bits}, {2, bits}, {0, bits + "x"}, {0, "1234567"}, {1, low}}) {
    EXPECT_EQ(parts.AddPart(segment, part).code(), StatusCode::kCorruption) << segment;
  }
}

}  // namespace
}  // namespace tusk::df
