#include "mapreduce/api/words.h"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <cstring>
#include <string>
#include <vector>

#include "common/base/random.h"

namespace tusk::mapreduce {
namespace {

std::vector<std::string> SplitWithWords(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : Words(text)) words.emplace_back(word);
  return words;
}

/// The same by the plainest means.
std::vector<std::string> Reference(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (std::strchr(" \t\n\r\f", c) == nullptr || c == '\0') {
      word.push_back(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

TEST(Words, Edges) {
  EXPECT_TRUE(SplitWithWords("").empty());
  EXPECT_TRUE(SplitWithWords(" \t\r\n\f ").empty());
  EXPECT_EQ(SplitWithWords("a"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(SplitWithWords(" the  end "), (std::vector<std::string>{"the", "end"}));
  // A vertical tab, a zero and bytes of 128 and more belong to words.
  EXPECT_EQ(SplitWithWords("a\vb \xc3\xa9\xa0 " + std::string(1, '\0')),
            (std::vector<std::string>{"a\vb", "\xc3\xa9\xa0", std::string(1, '\0')}));
}

TEST(Words, BordersAtEveryPlaceOfABlock) {
  for (size_t before = 0; before <= 130; ++before) {
    for (const size_t size : {1, 2, 63, 64, 65, 128, 200}) {
      const std::string word(size, 'w');
      EXPECT_EQ(SplitWithWords(std::string(before, ' ') + word), (std::vector<std::string>{word}));
      EXPECT_EQ(SplitWithWords(std::string(before, 'x') + " " + word + " "),
                before == 0 ? (std::vector<std::string>{word})
                            : (std::vector<std::string>{std::string(before, 'x'), word}));
    }
  }
}

TEST(Words, RandomTextsAgreeWithTheReference) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string text(random.Below(300), ' ');
    const uint64_t blanks = 1 + random.Below(20);
    for (char& c : text) {
      c = random.Below(blanks) == 0 ? " \t\n\r\f"[random.Below(5)]
                                    : static_cast<char>(random.Below(256));
    }
    EXPECT_EQ(SplitWithWords(text), Reference(text));
  }
}

TEST(Words, ReadsNothingBehindTheLastPage) {
  constexpr size_t kPage = 4096;
  void* const region =
      ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(region, MAP_FAILED);
  auto* const page = static_cast<char*>(region);
  ASSERT_EQ(::mprotect(page + kPage, kPage, PROT_NONE), 0);
  std::memset(page, 'a', kPage);
  for (size_t size = 1; size <= 200; ++size) {
    EXPECT_EQ(SplitWithWords({page + kPage - size, size}),
              (std::vector<std::string>{std::string(size, 'a')}));
  }
  ::munmap(region, 2 * kPage);
}

}  // namespace
}  // namespace tusk::mapreduce
