#include "common/codec/byte_reader.h"

#include "common/codec/byte_writer.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

std::string Sample() {
  ByteWriter writer;
  writer.WriteBig(uint16_t{0x0102});
  writer.WriteLittle(uint32_t{0x01020304});
  writer.WriteVarint(300);
  writer.WriteDelimited(std::string_view("abc"));
  writer.WriteBig(uint64_t{0xfffefdfcfbfaf9f8});
  return writer.Take();
}

bool ReadSample(std::string_view bytes) {
  ByteReader reader(bytes);
  uint16_t a = 0;
  uint32_t b = 0, c = 0;
  std::string_view d;
  uint64_t e = 0;
  return reader.ReadBig(a) && a == 0x0102 && reader.ReadLittle(b) && b == 0x01020304 &&
         reader.ReadVarint32(c) && c == 300 && reader.ReadDelimited(d) && d == "abc" &&
         reader.ReadBig(e) && e == 0xfffefdfcfbfaf9f8 && reader.AtEnd();
}

TEST(ByteReader, GoldenBytesAndEveryPrefix) {
  const std::string bytes = Sample();
  EXPECT_EQ(HexDump(AsBytes(bytes)),
            "01 02 04 03 02 01 ac 02 03 61 62 63 ff fe fd fc\nfb fa f9 f8");
  EXPECT_TRUE(ReadSample(bytes));
  for (size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(ReadSample(bytes.substr(0, cut))) << cut;
}

TEST(ByteReader, AFailedReadChangesNothing) {
  const std::string bytes = FromHex("05 61 62");
  ByteReader reader(bytes);
  ByteView view;
  uint32_t number = 0;
  EXPECT_FALSE(reader.ReadDelimited(view));
  EXPECT_FALSE(reader.ReadBig(number));
  EXPECT_FALSE(reader.Skip(4));
  EXPECT_EQ(reader.position(), 0u);
  EXPECT_TRUE(reader.Skip(3));
  EXPECT_TRUE(reader.AtEnd());
}

TEST(ByteReader, HugeLengthsAreRefused) {
  const std::string bytes = FromHex("ff ff ff ff ff ff ff ff ff 01 61");
  ByteReader reader(bytes);
  ByteView view;
  EXPECT_FALSE(reader.ReadDelimited(view));
  EXPECT_FALSE(reader.ReadBytes(SIZE_MAX, view));
  EXPECT_EQ(reader.remaining(), bytes.size());
}

TEST(ByteWriter, PatchesWhatWasWritten) {
  ByteWriter writer;
  writer.WriteBig(uint32_t{0});
  writer.WriteText("xy");
  writer.PatchBig(0, uint32_t{2});
  writer.PatchLittle(4, uint16_t{0x7a79});
  EXPECT_EQ(writer.Take(), std::string("\0\0\0\2yz", 6));
  EXPECT_EQ(writer.size(), 0u);
}

}  // namespace
}  // namespace tusk
