#include "mapreduce/io/line_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

/// A text in memory that hands out short reads.
class TextStream final : public dfs::InputStream {
 public:
  TextStream(const std::string& text, uint64_t seed) : text_(text), random_(seed) {}

  Result<size_t> Read(MutableByteView out) override {
    const size_t left = text_.size() - position_;
    if (out.empty() || left == 0) return size_t{0};
    const size_t n = 1 + random_.Below(std::min(left, out.size()));
    std::copy_n(text_.begin() + static_cast<ptrdiff_t>(position_), n, out.begin());
    position_ += n;
    return n;
  }
  Result<size_t> PRead(uint64_t, MutableByteView) override {
    return Status(StatusCode::kUnsupported, "not needed");
  }
  Status Seek(uint64_t position) override {
    position_ = position;
    return Status::Ok();
  }
  uint64_t Position() const override { return position_; }
  uint64_t Length() const override { return text_.size(); }
  Status Close() override { return Status::Ok(); }

 private:
  const std::string& text_;
  Random random_;
  size_t position_ = 0;
};

using Lines = std::vector<std::pair<uint64_t, std::string>>;

Lines ReadRange(const std::string& text, uint64_t offset, uint64_t length, uint64_t seed = 1) {
  LineReader reader(std::make_unique<TextStream>(text, seed), offset, length);
  Lines lines;
  while (reader.Next()) lines.emplace_back(reader.key(), reader.value());
  EXPECT_OK(reader.status());
  return lines;
}

/// The lines of a text by the plainest means.
Lines Reference(const std::string& text) {
  Lines lines;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find_first_of("\r\n", start), text.size());
    lines.emplace_back(start, text.substr(start, end - start));
    start = end + (end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n' ? 2 : 1);
  }
  return lines;
}

TEST(LineReader, EndsOfLines) {
  EXPECT_EQ(ReadRange("a\nbc\r\nd\re", 0, 10), (Lines{{0, "a"}, {2, "bc"}, {6, "d"}, {8, "e"}}));
  EXPECT_EQ(ReadRange("", 0, 0), Lines());
  EXPECT_EQ(ReadRange("\n\n", 0, 2), (Lines{{0, ""}, {1, ""}}));
  EXPECT_EQ(ReadRange("a\r", 0, 2), (Lines{{0, "a"}}));
  EXPECT_EQ(ReadRange("\xef\xbb\xbf"
                      "a\n",
                      0, 5),
            (Lines{{3, "a"}}));
}

TEST(LineReader, ALineLongerThanASplitIsNotReadToItsEndByAll) {
  const std::string text = std::string(5 << 20, 'x') + "\nlast\n";
  LineReader middle(std::make_unique<TextStream>(text, 1), 1 << 20, 1000);
  EXPECT_FALSE(middle.Next());
  EXPECT_FALSE(middle.Next());
  EXPECT_OK(middle.status());
  EXPECT_LE(middle.bytes_read(), 100'000U);
  EXPECT_EQ(ReadRange(text, 5 << 20, 6), (Lines{{(5 << 20) + 1, "last"}}));
}

TEST(LineReader, EveryCutGivesEachLineOnce) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 30; ++round) {
    std::string text;
    for (uint64_t i = random.Below(60); i > 0; --i) text += "ab\n\n"[random.Below(4)];
    const Lines expected = Reference(text);
    for (uint64_t cut = 0; cut <= text.size(); ++cut) {
      for (uint64_t second = cut; second <= text.size(); second += 1 + random.Below(9)) {
        Lines all;
        for (const auto& [from, to] :
             {std::pair<uint64_t, uint64_t>(0, cut), {cut, second}, {second, text.size()}}) {
          if (from == to) continue;  // an input is never cut into empty splits
          const Lines part = ReadRange(text, from, to - from, random.Next());
          all.insert(all.end(), part.begin(), part.end());
        }
        EXPECT_EQ(all, expected) << text << " cut at " << cut << " and " << second;
      }
    }
  }
}

TEST(LineReader, CarriageReturnsOfUncutTexts) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (uint64_t i = random.Below(30); i > 0; --i) text += "ab\r\n"[random.Below(4)];
    EXPECT_EQ(ReadRange(text, 0, text.size(), random.Next()), Reference(text));
  }
}

TEST(LineReader, LinesLongerThanBuffersAndSplits) {
  const std::string text = std::string(3 << 20, 'x') + "\n" + std::string(2 << 20, 'y') + "\nz\n";
  const Lines expected = Reference(text);
  Lines all;
  const uint64_t step = 1 << 20;
  for (uint64_t at = 0; at < text.size(); at += step) {
    const Lines part = ReadRange(text, at, std::min<uint64_t>(step, text.size() - at), at + 1);
    all.insert(all.end(), part.begin(), part.end());
  }
  EXPECT_EQ(all, expected);
}

TEST(LineReader, RefusesEndlessLines) {
  const std::string text(LineReader::kMaxLineBytes + (4 << 20), 'x');
  LineReader reader(std::make_unique<TextStream>(text, 1), 0, text.size());
  EXPECT_FALSE(reader.Next());
  EXPECT_THAT(reader.status(), StatusIs(StatusCode::kTooLarge));
}

}  // namespace
}  // namespace tusk::mapreduce
