#include "common/codec/compression.h"

#include "common/base/random.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

class CodecTest : public testing::TestWithParam<const Codec*> {};

std::string Text(size_t length, uint64_t seed) {
  Random random(seed);
  std::string text;
  while (text.size() < length)
    text += random.Chance(0.7) ? "the word " : std::to_string(random.Next());
  text.resize(length);
  return text;
}

TEST_P(CodecTest, RoundTrips) {
  const Codec& codec = *GetParam();
  for (const size_t length : {0u, 1u, 100u, 70'000u, 1'000'000u}) {
    const std::string text = Text(length, length);
    std::string packed = "before";
    ASSERT_OK(codec.AppendCompressed(AsBytes(text), packed));
    if (length >= 70'000) {
      EXPECT_LT(packed.size(), length);
    }
    std::string out = "kept";
    ASSERT_OK(codec.AppendDecompressed(AsBytes(packed).subspan(6), length, out));
    EXPECT_EQ(out, "kept" + text);
  }
}

TEST_P(CodecTest, NeverWritesBeyondTheBound) {
  const Codec& codec = *GetParam();
  const std::string text = Text(10'000, 1);
  std::string packed;
  ASSERT_OK(codec.AppendCompressed(AsBytes(text), packed));
  std::vector<uint8_t> out(9'999 + 64, 0xEE);
  const Result<size_t> result =
      codec.Decompress(AsBytes(packed), MutableByteView(out).first(9'999));
  EXPECT_THAT(result,
              StatusIs(codec.name() == "lz4" ? StatusCode::kCorruption : StatusCode::kTooLarge));
  for (size_t i = 9'999; i < out.size(); ++i) ASSERT_EQ(out[i], 0xEE);
  std::string longer;
  EXPECT_THAT(codec.AppendDecompressed(AsBytes(packed), 10'001, longer),
              StatusIs(StatusCode::kCorruption));
  EXPECT_EQ(longer, "");
}

TEST_P(CodecTest, EveryPrefixAndManyFlippedBitsAreAnsweredWithAStatus) {
  const Codec& codec = *GetParam();
  const std::string text = Text(600, 2);
  std::string packed;
  ASSERT_OK(codec.AppendCompressed(AsBytes(text), packed));
  for (size_t cut = 0; cut < packed.size(); ++cut) {
    std::string out;
    EXPECT_FALSE(codec.AppendDecompressed(AsBytes(packed).first(cut), text.size(), out).ok())
        << cut;
  }
  Random random(5);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = packed;
    damaged[random.Below(damaged.size())] ^= static_cast<char>(1 << random.Below(8));
    std::string out;
    if (codec.AppendDecompressed(AsBytes(damaged), text.size(), out).ok()) {
      EXPECT_EQ(out.size(), text.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CodecTest, testing::ValuesIn(AllCodecs().begin(), AllCodecs().end()),
                         [](const auto& info) { return std::string(info.param->name()); });

TEST(Codec, FoundByName) {
  for (const Codec* codec : AllCodecs()) {
    ASSERT_OK_AND_ASSIGN(const Codec* found, FindCodec(codec->name()));
    EXPECT_EQ(found, codec);
  }
  EXPECT_THAT(FindCodec("rar"), StatusIs(StatusCode::kUnsupported, "snappy"));
}

TEST(Codec, SnappyGolden) {
  // format_description.txt: length 5 as a varint, a literal of 5 bytes (tag (5 - 1) << 2), the
  // bytes.
  ASSERT_OK_AND_ASSIGN(const Codec* snappy, FindCodec("snappy"));
  std::string packed, out;
  ASSERT_OK(snappy->AppendCompressed(AsBytes("hello"), packed));
  EXPECT_EQ(HexDump(AsBytes(packed)), "05 10 68 65 6c 6c 6f");
  ASSERT_OK(AppendHadoopBlock(*snappy, AsBytes("hello"), out));
  EXPECT_EQ(HexDump(AsBytes(out)), "00 00 00 05 00 00 00 07 05 10 68 65 6c 6c 6f");
}

TEST(HadoopBlock, RoundTripsInChunksAndChecksClaims) {
  const std::string text = Text(600'000, 4);
  for (const char* name : {"snappy", "lz4"}) {
    ASSERT_OK_AND_ASSIGN(const Codec* codec, FindCodec(name));
    std::string packed, out;
    ASSERT_OK(AppendHadoopBlock(*codec, AsBytes(text), packed));
    packed += "next block";
    ASSERT_OK_AND_ASSIGN(const size_t used, ReadHadoopBlock(*codec, AsBytes(packed), 1 << 20, out));
    EXPECT_EQ(used, packed.size() - 10);
    EXPECT_EQ(out, text);
    EXPECT_THAT(ReadHadoopBlock(*codec, AsBytes(packed), 599'999, out),
                StatusIs(StatusCode::kTooLarge));
    for (size_t cut = 0; cut < used; cut += cut < 100 ? 1 : 997) {
      EXPECT_THAT(ReadHadoopBlock(*codec, AsBytes(packed).first(cut), 1 << 20, out),
                  StatusIs(StatusCode::kCorruption));
    }
    EXPECT_EQ(out, text);
  }
}

}  // namespace
}  // namespace tusk
