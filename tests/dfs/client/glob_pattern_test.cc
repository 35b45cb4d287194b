#include "dfs/client/glob_pattern.h"

#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

using testing::ElementsAre;

bool Matches(std::string_view pattern, std::string_view name) {
  Result<GlobPattern> compiled = GlobPattern::Compile(pattern);
  EXPECT_OK(compiled.status());
  return compiled.ok() && compiled->Matches(name);
}

TEST(GlobPattern, Wildcards) {
  EXPECT_TRUE(Matches("*", ""));
  EXPECT_TRUE(Matches("*", ".hidden"));
  EXPECT_TRUE(Matches("a*", "abc"));
  EXPECT_TRUE(Matches("*.txt", "a.txt"));
  EXPECT_FALSE(Matches("*.txt", "a.txt.gz"));
  EXPECT_TRUE(Matches("a*b*c", "a123bb456c"));
  EXPECT_FALSE(Matches("a*b*c", "a123c"));
  EXPECT_TRUE(Matches("?", "\xC3\xA4"));
  EXPECT_FALSE(Matches("?", ""));
  EXPECT_FALSE(Matches("?", "ab"));
  EXPECT_TRUE(Matches("?", "\xFF"));
  EXPECT_TRUE(Matches("a.b+(c)|d$", "a.b+(c)|d$"));
}

TEST(GlobPattern, Sets) {
  EXPECT_TRUE(Matches("[abc]", "b"));
  EXPECT_FALSE(Matches("[abc]", "d"));
  EXPECT_TRUE(Matches("[a-c0-9]", "5"));
  EXPECT_TRUE(Matches("[^a-c]", "d"));
  EXPECT_TRUE(Matches("[!a-c]", "d"));
  EXPECT_FALSE(Matches("[^a-c]", "b"));
  EXPECT_TRUE(Matches("[a-]", "-"));
  EXPECT_TRUE(Matches("[\\]]", "]"));
  EXPECT_TRUE(Matches("[\xC3\xA0-\xC3\xB0]", "\xC3\xA4"));
  EXPECT_THAT(GlobPattern::Compile("[abc"), StatusIs(StatusCode::kInvalidArgument, "Unclosed"));
  EXPECT_THAT(GlobPattern::Compile("[]"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(GlobPattern::Compile("[c-a]"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(GlobPattern::Compile("[a\\"), StatusIs(StatusCode::kInvalidArgument));
}

TEST(GlobPattern, LiteralsAndEscapes) {
  ASSERT_OK_AND_ASSIGN(GlobPattern pattern, GlobPattern::Compile("a\\*b\xC3\xA4\xFF"));
  EXPECT_FALSE(pattern.has_wildcard());
  EXPECT_EQ(pattern.literal(), "a*b\xC3\xA4\xFF");
  EXPECT_TRUE(pattern.Matches("a*b\xC3\xA4\xFF"));
  EXPECT_THAT(GlobPattern::Compile("a\\"), StatusIs(StatusCode::kInvalidArgument, "Dangling"));
}

TEST(GlobPattern, ManyStarsTakeLittleTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(Matches(pattern + "b", std::string(5000, 'a')));
}

TEST(ExpandBraces, TakesGroupsApart) {
  auto expand = [](std::string_view pattern) {
    Result<std::vector<std::string>> texts = ExpandBraces(pattern);
    EXPECT_OK(texts.status());
    return texts.ok() ? *texts : std::vector<std::string>();
  };
  EXPECT_THAT(expand("a"), ElementsAre("a"));
  EXPECT_THAT(expand(""), ElementsAre(""));
  EXPECT_THAT(expand("{a,b}c"), ElementsAre("ac", "bc"));
  EXPECT_THAT(expand("{a,b}{1,2}"), ElementsAre("a1", "a2", "b1", "b2"));
  EXPECT_THAT(expand("x{a,{b,c}d}"), ElementsAre("xa", "xbd", "xcd"));
  EXPECT_THAT(expand("{a/b,c}/d"), ElementsAre("a/b/d", "c/d"));
  EXPECT_THAT(expand("{a,}b"), ElementsAre("ab", "b"));
  EXPECT_THAT(expand("{}"), ElementsAre(""));
  EXPECT_THAT(expand("\\{a,b\\}"), ElementsAre("\\{a,b\\}"));
  EXPECT_THAT(ExpandBraces("{a,b"), StatusIs(StatusCode::kInvalidArgument, "Unclosed group"));
}

TEST(ExpandBraces, IsBounded) {
  std::string bomb;
  for (int i = 0; i < 60; ++i) bomb += "{a,b}";
  EXPECT_THAT(ExpandBraces(bomb), StatusIs(StatusCode::kInvalidArgument, "too many"));
}

TEST(GlobPattern, AnyBytesAreHandled) {
  uint64_t state = 42;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < 8; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      text += "ab*?[]{},\\^-\xC3\xA4/"[(state >> 33) % 16];
    }
    Result<GlobPattern> pattern = GlobPattern::Compile(text);
    if (pattern.ok() && !pattern->has_wildcard()) {
      EXPECT_TRUE(pattern->Matches(pattern->literal())) << text;
    }
    Result<std::vector<std::string>> texts = ExpandBraces(text);
    if (texts.ok()) {
      EXPECT_FALSE(texts->empty()) << text;
    }
  }
}

}  // namespace
}  // namespace tusk::dfs
