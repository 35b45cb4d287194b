#include "common/http/page_text.h"

#include <gtest/gtest.h>

namespace tusk::http {
namespace {

TEST(PageTextTest, Sizes) {
  EXPECT_EQ(ShowSize(0), "0 B");
  EXPECT_EQ(ShowSize(1023), "1023 B");
  EXPECT_EQ(ShowSize(1536), "1.5 KB");
  EXPECT_EQ(ShowSize(uint64_t{3} << 40), "3.0 TB");
  EXPECT_EQ(ShowSize(UINT64_MAX), "16.0 EB");
}

TEST(PageTextTest, Durations) {
  EXPECT_EQ(ShowDuration(-5), "0.0 s");
  EXPECT_EQ(ShowDuration(340), "0.3 s");
  EXPECT_EQ(ShowDuration(42'900), "42 s");
  EXPECT_EQ(ShowDuration(185'000), "3 min 5 s");
  EXPECT_EQ(ShowDuration(7'800'000), "2 h 10 min");
  EXPECT_EQ(ShowDuration(443'000'000), "5 d 3 h");
}

TEST(PageTextTest, Times) {
  EXPECT_EQ(ShowTime(1'767'225'601'999), "2026-01-01 00:00:01 UTC");
  EXPECT_EQ(ShowTime(0), "");
}

TEST(PageTextTest, Fractions) {
  EXPECT_EQ(ShowPercent(0.614), "61 %");
  EXPECT_EQ(ShowPercent(7), "100 %");
  EXPECT_EQ(ProgressBar(0.5), "<progress max=\"1\" value=\"0.500\"></progress> 50 %");
}

}  // namespace
}  // namespace tusk::http
