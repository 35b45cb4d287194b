#include "common/codec/varint.h"

#include "common/base/random.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(Varint, Golden) {
  // Protocol Buffers encoding guide: 150 is 96 01.
  for (const auto& [value, hex] : std::vector<std::pair<uint64_t, std::string>>{
           {0, "00"},
           {1, "01"},
           {127, "7f"},
           {128, "80 01"},
           {150, "96 01"},
           {300, "ac 02"},
           {UINT32_MAX, "ff ff ff ff 0f"},
           {UINT64_MAX, "ff ff ff ff ff ff ff ff ff 01"}}) {
    std::string out;
    AppendVarint(out, value);
    EXPECT_EQ(HexDump(AsBytes(out)), hex);
    EXPECT_EQ(VarintLength(value), out.size());
  }
}

TEST(Varint, RoundTripAndEveryPrefix) {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const uint64_t value = random.Next() >> random.Below(64);
    std::string out;
    AppendVarint(out, value);
    uint64_t read = 0;
    EXPECT_EQ(GetVarint64(AsBytes(out), read), static_cast<int>(out.size()));
    EXPECT_EQ(read, value);
    uint32_t narrow = 17;
    const int length = GetVarint32(AsBytes(out), narrow);
    EXPECT_EQ(length > 0, value <= UINT32_MAX);
    EXPECT_EQ(narrow, value <= UINT32_MAX ? static_cast<uint32_t>(value) : 17u);
    for (size_t cut = 0; cut < out.size(); ++cut) {
      EXPECT_EQ(GetVarint64(AsBytes(out.substr(0, cut)), read), kVarintTruncated);
    }
  }
}

TEST(Varint, TooLongOrTooLargeIsMalformed) {
  uint64_t value = 5;
  uint32_t narrow = 5;
  for (const char* hex : {"ff ff ff ff ff ff ff ff ff 02", "ff ff ff ff ff ff ff ff ff ff",
                          "80 80 80 80 80 80 80 80 80 80 00"}) {
    EXPECT_EQ(GetVarint64(AsBytes(FromHex(hex)), value), kVarintMalformed) << hex;
  }
  for (const char* hex : {"ff ff ff ff 10", "ff ff ff ff ff", "80 80 80 80 80 00"}) {
    EXPECT_EQ(GetVarint32(AsBytes(FromHex(hex)), narrow), kVarintMalformed) << hex;
  }
  EXPECT_EQ(value, 5u);
  EXPECT_EQ(narrow, 5u);
}

TEST(Varint, ZigZag) {
  for (const auto& [value, encoded] :
       std::vector<std::pair<int64_t, uint64_t>>{{0, 0},
                                                 {-1, 1},
                                                 {1, 2},
                                                 {-2, 3},
                                                 {INT64_MAX, UINT64_MAX - 1},
                                                 {INT64_MIN, UINT64_MAX}}) {
    EXPECT_EQ(ZigZagEncode(value), encoded);
    EXPECT_EQ(ZigZagDecode(encoded), value);
  }
}

}  // namespace
}  // namespace tusk
