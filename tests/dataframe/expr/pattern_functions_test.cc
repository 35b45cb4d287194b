#include <string>

#include "common/base/random.h"
#include "dataframe/expr/function/characters.h"
#include "dataframe/expr/function/like_pattern.h"
#include "dataframe/type/arrow_runtime.h"
#include "tests/dataframe/expr/function_call.h"

namespace tusk::df {
namespace {

constexpr std::nullopt_t kNull = std::nullopt;

class PatternFunctionsTest : public testing::Test {
 protected:
  void SetUp() override { InitializeArrow(); }
};

// LIKE by its definition: tries everything.
bool NaiveLike(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    return NaiveLike(text, pattern.substr(1)) ||
           (!text.empty() && NaiveLike(text.substr(CharacterAt(text, 0).size()), pattern));
  }
  if (text.empty()) return false;
  const std::string_view first = CharacterAt(text, 0);
  if (pattern[0] == '_') return NaiveLike(text.substr(first.size()), pattern.substr(1));
  if (pattern[0] == '\\') pattern.remove_prefix(1);
  const std::string_view wanted = CharacterAt(pattern, 0);
  return first == wanted && NaiveLike(text.substr(first.size()), pattern.substr(wanted.size()));
}

bool Like(std::string_view text, std::string_view pattern) {
  return LikePattern::Compile(pattern)->Matches(text);
}

TEST_F(PatternFunctionsTest, PatternsMatchAsByDefinition) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  const std::vector<std::string> text_parts = {"a", "b", "ä", "%", "_", "\\"};
  const std::vector<std::string> pattern_parts = {"a", "b", "ä", "%", "%", "_", "\\%", "\\_"};
  for (int i = 0; i < 20000; ++i) {
    std::string text, pattern;
    for (uint64_t k = random.Below(9); k > 0; --k) text += text_parts[random.Below(6)];
    for (uint64_t k = random.Below(7); k > 0; --k) pattern += pattern_parts[random.Below(8)];
    EXPECT_EQ(Like(text, pattern), NaiveLike(text, pattern)) << text << " like " << pattern;
  }
}

TEST_F(PatternFunctionsTest, ColumnsMatchAsTheirRowsDo) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  const std::vector<std::string> patterns = {"%ab%", "%ab%ba%", "%a%",   "%ab%b", "%aab%_b%",
                                             "ab%",  "%ab",     "a%b%a", "%",     "%äa%"};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::optional<std::string>> texts;
    for (int i = 0; i < 50; ++i) {
      std::string text;
      for (uint64_t k = random.Below(6); k > 0; --k) {
        text += random.Chance(0.5) ? "a" : random.Chance(0.8) ? "b" : "ä";
      }
      texts.push_back(random.Chance(0.1) ? std::nullopt : std::optional(text));
    }
    const std::string pattern = patterns[round % patterns.size()];
    std::vector<std::optional<std::string>> expected;
    for (const auto& text : texts) {
      expected.push_back(!text                       ? std::nullopt
                         : NaiveLike(*text, pattern) ? std::optional("true")
                                                     : std::optional("false"));
    }
    ExpectSameColumn(CallFunction("like", {Texts(texts), Literal(pattern)}), Bools(expected),
                     pattern);
    ExpectSameColumn(CallFunction("like", {Texts(texts)->Slice(7), Literal(pattern)}),
                     Bools(expected)->Slice(7), pattern);
  }
}

TEST_F(PatternFunctionsTest, Like) {
  const ArrayPtr words = Texts({"special offers and requests", "", kNull, "50% šancí", "a\nb"});
  ExpectFunction("like", {words, Literal("%special%requests%")},
                 Bools({"true", "false", kNull, "false", "false"}));
  ExpectFunction("like", {words, Literal("special%")},
                 Bools({"true", "false", kNull, "false", "false"}));
  ExpectFunction("like", {words, Literal("%requests")},
                 Bools({"true", "false", kNull, "false", "false"}));
  ExpectFunction("like", {words, Literal("50\\% _anc_")},
                 Bools({"false", "false", kNull, "true", "false"}));
  ExpectFunction("like", {words, Literal("a_b")},
                 Bools({"false", "false", kNull, "false", "true"}));
  ExpectFunction("like", {words, Literal("")}, Bools({"false", "true", kNull, "false", "false"}));
  ExpectFunction("like", {words, Texts({"%and%", "", "x", kNull, "%"})},
                 Bools({"true", "true", kNull, kNull, "true"}));
  ExpectFunction("like", {words, Literal("50!% %"), Literal("!")},
                 Bools({"false", "false", kNull, "true", "false"}), false);
  EXPECT_EQ(FunctionError("like", {words, Literal("ab\\")}),
            "a pattern of LIKE must not end with its escape character: ab\\");
}

TEST_F(PatternFunctionsTest, IlikeIgnoresCase) {
  const ArrayPtr words = Texts({"HELLO Wörld", "", kNull});
  ExpectFunction("ilike", {words, Literal("hello%WÖRLD")}, Bools({"true", "false", kNull}));
  ExpectFunction("ilike", {words, Literal("%ELLO_w%")}, Bools({"true", "false", kNull}));
}

TEST_F(PatternFunctionsTest, RegularExpressions) {
  const ArrayPtr words = Texts({"order-2024-17", "", kNull, "Äpfel 12"});
  ExpectFunction("regexp_matches", {words, Literal("\\d{4}")},
                 Bools({"true", "false", kNull, "false"}));
  ExpectFunction("regexp_matches", {words, Literal("^äp"), Literal("i")},
                 Bools({"false", "false", kNull, "true"}), false);
  ExpectFunction("regexp_extract", {words, Literal("\\d+")}, Texts({"2024", "", kNull, "12"}));
  ExpectFunction("regexp_extract", {words, Literal("(\\w+)-(\\d+)"), Literal(2)},
                 Texts({"2024", "", kNull, ""}));
  ExpectFunction("regexp_replace", {words, Literal("\\d"), Literal("#")},
                 Texts({"order-#024-17", "", kNull, "Äpfel #2"}));
  ExpectFunction("regexp_replace", {words, Literal("(\\d+)"), Literal("<\\1>"), Literal("g")},
                 Texts({"order-<2024>-<17>", "", kNull, "Äpfel <12>"}), false);
  EXPECT_NE(FunctionError("regexp_matches", {words, Literal("(")}).find("not a regular expression"),
            std::string::npos);
  EXPECT_NE(FunctionError("regexp_matches", {words, Texts({"(", "", "", ""})})
                .find("not a regular expression"),
            std::string::npos);
  EXPECT_NE(FunctionError("regexp_extract", {words, Literal("a"), Literal(1)}).find("has 0 groups"),
            std::string::npos);
  EXPECT_NE(
      FunctionError("regexp_replace", {words, Literal("a"), Literal("\\1")}).find("cannot put in"),
      std::string::npos);
  EXPECT_NE(FunctionError("regexp_matches", {words, Literal("a"), Literal("y")})
                .find("there is no flag y"),
            std::string::npos);
}

}  // namespace
}  // namespace tusk::df
