#include "common/base/quantity_text.h"

#include <gtest/gtest.h>

namespace tusk {
namespace {

TEST(QuantityTextTest, ThousandsAreGrouped) {
  EXPECT_EQ(GroupedText(0), "0");
  EXPECT_EQ(GroupedText(999), "999");
  EXPECT_EQ(GroupedText(1000), "1,000");
  EXPECT_EQ(GroupedText(-1234567), "-1,234,567");
  EXPECT_EQ(GroupedText(-123), "-123");
}

TEST(QuantityTextTest, BytesHaveAUnit) {
  EXPECT_EQ(BytesText(17), "17 bytes");
  EXPECT_EQ(BytesText(1500), "1.5 kB");
  EXPECT_EQ(BytesText(3'200'000), "3.2 MB");
  EXPECT_EQ(BytesText(12'000'000'000), "12.0 GB");
}

TEST(QuantityTextTest, NounsAgreeWithTheirNumber) {
  EXPECT_EQ(CountText(1, "map"), "1 map");
  EXPECT_EQ(CountText(0, "map"), "0 maps");
  EXPECT_EQ(CountText(20413, "record"), "20,413 records");
}

}  // namespace
}  // namespace tusk
