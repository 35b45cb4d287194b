#include <string>

#include "dataframe/expr/function/characters.h"
#include "dataframe/type/arrow_runtime.h"
#include "tests/dataframe/expr/function_call.h"

namespace tusk::df {
namespace {

constexpr std::nullopt_t kNull = std::nullopt;

class StringFunctionsTest : public testing::Test {
 protected:
  void SetUp() override { InitializeArrow(); }
};

TEST_F(StringFunctionsTest, Cases) {
  const ArrayPtr words = Texts({"hello World", "", kNull, "straße ÉCOLE"});
  ExpectFunction("upper", {words}, Texts({"HELLO WORLD", "", kNull, "STRAẞE ÉCOLE"}));
  ExpectFunction("lower", {words}, Texts({"hello world", "", kNull, "straße école"}));
  ExpectFunction("initcap", {words}, Texts({"Hello World", "", kNull, "Straße École"}));
}

TEST_F(StringFunctionsTest, SubstringCountsCharactersFromOne) {
  const ArrayPtr words = Texts({"hello", "", kNull, "žluťoučký kůň", "日本語"});
  ExpectFunction("substring", {words, Literal(2), Literal(3)},
                 Texts({"ell", "", kNull, "luť", "本語"}));
  ExpectFunction("substring", {words, Literal(3)}, Texts({"llo", "", kNull, "uťoučký kůň", "語"}));
  // Positions before the text count, but have no characters.
  ExpectFunction("substr", {words, Literal(0), Literal(2)}, Texts({"h", "", kNull, "ž", "日"}));
  ExpectFunction("substr", {words, Literal(-5), Literal(3)}, Texts({"", "", kNull, "", ""}));
  ExpectFunction("substr", {words, Literal(-5)},
                 Texts({"hello", "", kNull, "žluťoučký kůň", "日本語"}));
  ExpectFunction("substr", {words, Literal(2), Literal(0)}, Texts({"", "", kNull, "", ""}));
  ExpectFunction("substr", {words, Literal(INT64_MIN), Literal(INT64_MAX)},
                 Texts({"", "", kNull, "", ""}));
  ExpectFunction("substr", {words, Literal(2), Literal(INT64_MAX)},
                 Texts({"ello", "", kNull, "luťoučký kůň", "本語"}));
  ExpectFunction("substr", {Texts({"abc", "abc"}), Ints({kNull, "2"}), Ints({"1", "1"})},
                 Texts({kNull, "b"}));
  EXPECT_EQ(FunctionError("substring", {words, Literal(1), Literal(-1)}),
            "the length of substring must not be negative, but is -1");
}

TEST_F(StringFunctionsTest, LeftAndRight) {
  const ArrayPtr words = Texts({"hello", "", kNull, "日本語"});
  ExpectFunction("left", {words, Literal(2)}, Texts({"he", "", kNull, "日本"}));
  ExpectFunction("left", {words, Literal(-2)}, Texts({"hel", "", kNull, "日"}));
  ExpectFunction("left", {words, Literal(-9)}, Texts({"", "", kNull, ""}));
  ExpectFunction("right", {words, Literal(2)}, Texts({"lo", "", kNull, "本語"}));
  ExpectFunction("right", {words, Literal(-2)}, Texts({"llo", "", kNull, "語"}));
  ExpectFunction("right", {words, Literal(9)}, Texts({"hello", "", kNull, "日本語"}));
  ExpectFunction("right", {words, Literal(INT64_MIN)}, Texts({"", "", kNull, ""}));
}

TEST_F(StringFunctionsTest, TrimTakesSpacesOrTheGivenCharacters) {
  const ArrayPtr words = Texts({"  a b ", "", kNull, "   ", "\ta"});
  ExpectFunction("trim", {words}, Texts({"a b", "", kNull, "", "\ta"}));
  ExpectFunction("ltrim", {words}, Texts({"a b ", "", kNull, "", "\ta"}));
  ExpectFunction("rtrim", {words}, Texts({"  a b", "", kNull, "", "\ta"}));
  ExpectFunction("trim", {Texts({"äxöbäö", "xx"}), Literal("öäx")}, Texts({"b", ""}));
  ExpectFunction("ltrim", {Texts({"xyz"}), Literal("")}, Texts({"xyz"}));
}

TEST_F(StringFunctionsTest, Pads) {
  const ArrayPtr words = Texts({"ab", "", kNull, "日本語"});
  ExpectFunction("lpad", {words, Literal(4)}, Texts({"  ab", "    ", kNull, " 日本語"}));
  ExpectFunction("lpad", {words, Literal(7), Literal("xyz")},
                 Texts({"xyzxyab", "xyzxyzx", kNull, "xyzx日本語"}));
  ExpectFunction("rpad", {words, Literal(5), Literal("ä")},
                 Texts({"abäää", "äääää", kNull, "日本語ää"}));
  ExpectFunction("rpad", {words, Literal(1)}, Texts({"a", " ", kNull, "日"}));
  ExpectFunction("lpad", {words, Literal(-1)}, Texts({"", "", kNull, ""}));
  ExpectFunction("lpad", {words, Literal(5), Literal("")}, Texts({"ab", "", kNull, "日本語"}));
  EXPECT_EQ(CallFunction("rpad", {words, Literal(int64_t{1} << 40)}).status().code(),
            StatusCode::kTooLarge);
}

TEST_F(StringFunctionsTest, Changes) {
  const ArrayPtr words = Texts({"banana", "", kNull, "čača"});
  ExpectFunction("replace", {words, Literal("a"), Literal("oo")},
                 Texts({"boonoonoo", "", kNull, "čoočoo"}));
  ExpectFunction("replace", {words, Literal(""), Literal("x")},
                 Texts({"banana", "", kNull, "čača"}));
  ExpectFunction("reverse", {words}, Texts({"ananab", "", kNull, "ačač"}));
  ExpectFunction("repeat", {words, Literal(2)}, Texts({"bananabanana", "", kNull, "čačačača"}));
  ExpectFunction("repeat", {words, Literal(-1)}, Texts({"", "", kNull, ""}));
  EXPECT_EQ(CallFunction("repeat", {words, Literal(int64_t{1} << 40)}).status().code(),
            StatusCode::kTooLarge);
  ExpectFunction("chr", {Ints({"65", kNull, "228", "26085", "128512"})},
                 Texts({"A", kNull, "ä", "日", "😀"}));
  EXPECT_EQ(FunctionError("chr", {Ints({"55296"})}), "there is no character with the code 55296");
}

TEST_F(StringFunctionsTest, Measures) {
  const ArrayPtr words = Texts({"hello", "", kNull, "日本語"});
  ExpectFunction("length", {words}, Ints({"5", "0", kNull, "3"}));
  ExpectFunction("octet_length", {words}, Ints({"5", "0", kNull, "9"}));
  ExpectFunction("ascii", {words}, Ints({"104", "0", kNull, "26085"}));
  ExpectFunction("strpos", {words, Literal("本")}, Ints({"0", "0", kNull, "2"}));
  ExpectFunction("strpos", {words, Literal("l")}, Ints({"3", "0", kNull, "0"}));
  ExpectFunction("starts_with", {words, Literal("he")}, Bools({"true", "false", kNull, "false"}));
  ExpectFunction("ends_with", {words, Literal("語")}, Bools({"false", "false", kNull, "true"}));
  ExpectFunction("contains", {words, Literal("ell")}, Bools({"true", "false", kNull, "false"}));
  ExpectFunction("contains", {words, Literal("")}, Bools({"true", "true", kNull, "true"}));
}

TEST_F(StringFunctionsTest, SplitPart) {
  const ArrayPtr words = Texts({"a,b,,c", "", kNull, "xyz"});
  ExpectFunction("split_part", {words, Literal(","), Literal(2)}, Texts({"b", "", kNull, ""}));
  ExpectFunction("split_part", {words, Literal(","), Literal(-1)}, Texts({"c", "", kNull, "xyz"}));
  ExpectFunction("split_part", {words, Literal(","), Literal(-4)}, Texts({"a", "", kNull, ""}));
  ExpectFunction("split_part", {words, Literal(","), Literal(9)}, Texts({"", "", kNull, ""}));
  ExpectFunction("split_part", {words, Literal(","), Literal(-9)}, Texts({"", "", kNull, ""}));
  ExpectFunction("split_part", {words, Literal(""), Literal(1)},
                 Texts({"a,b,,c", "", kNull, "xyz"}));
  EXPECT_NE(FunctionError("split_part", {words, Literal(","), Literal(0)}).find("count from 1"),
            std::string::npos);
}

TEST_F(StringFunctionsTest, SplitMakesLists) {
  const auto items = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder builder(arrow::default_memory_pool(), items);
  ASSERT_TRUE(builder.Append().ok() && items->AppendValues({"a", "", "ž"}).ok());
  ASSERT_TRUE(builder.Append().ok() && items->Append("").ok());
  ASSERT_TRUE(builder.AppendNull().ok());
  ExpectFunction("split", {Texts({"a::::ž", "", kNull}), Literal("::")},
                 builder.Finish().ValueOrDie());
  ASSERT_TRUE(builder.Append().ok() && items->AppendValues({"a", "ž"}).ok());
  ASSERT_TRUE(builder.Append().ok());
  ExpectFunction("split", {Texts({"až", ""}), Literal("")}, builder.Finish().ValueOrDie());
}

TEST_F(StringFunctionsTest, Joins) {
  const ArrayPtr a = Texts({"a", "", kNull, "ž"}), b = Texts({"1", "2", "3", kNull});
  ExpectFunction("||", {a, b}, Texts({"a1", "2", kNull, kNull}));
  ExpectFunction("concat", {a, b}, Texts({"a1", "2", "3", "ž"}));
  ExpectFunction("concat", {a, Ints({"1", "2", "3", kNull}), Literal("!")},
                 Texts({"a1!", "2!", "3!", "ž!"}));
  ExpectFunction("concat_ws", {Literal(", "), a, b}, Texts({"a, 1", ", 2", "3", "ž"}));
  ExpectFunction("concat_ws", {a, b, b}, Texts({"1a1", "22", kNull, ""}));
}

TEST_F(StringFunctionsTest, WrongUseIsExplained) {
  EXPECT_EQ(FunctionError("upper", {Ints({"1"})}),
            "upper takes text as argument 1, not int64: it is used as upper(text)");
  EXPECT_EQ(FunctionError("left", {Texts({"1"})}),
            "wrong number of arguments for left: it is used as left(text, count)");
  EXPECT_EQ(FunctionError("left", {Texts({"1"}), Texts({"1"})}),
            "left takes an integer as argument 2, not string: it is used as left(text, count)");
}

TEST_F(StringFunctionsTest, NullsOfNoTypeAreTaken) {
  const ArrayPtr nothing = arrow::MakeArrayOfNull(arrow::null(), 2).ValueOrDie();
  ExpectFunction("upper", {nothing}, Texts({kNull, kNull}));
  ExpectFunction("substring", {Texts({"a", "b"}), nothing}, Texts({kNull, kNull}));
}

TEST(CharactersTest, CodePointsThereAndBack) {
  for (const uint32_t code : {0x01u, 0x7fu, 0x80u, 0x7ffu, 0x800u, 0xffffu, 0x10000u, 0x10ffffu}) {
    const std::string text = EncodeCodePoint(code);
    EXPECT_EQ(CodePoint(text), code);
    EXPECT_EQ(CharacterCount(text + "x" + text), 3);
    EXPECT_EQ(CharacterAt(text + "x", 0), text);
    EXPECT_EQ(CharacterOffset(text + "xy", 1), text.size());
    EXPECT_EQ(IsAscii(text), code < 0x80);
  }
}

TEST(CharactersTest, BytesThatAreNoTextAreNotReadPastTheEnd) {
  for (const std::string text : {"\xe6", "\xf0\x9f", "\x80\x80", "a\xff"}) {
    EXPECT_LE(CharacterAt(text, text.size() - 1).size(), 1);
    EXPECT_LE(CharacterOffset(text, 1), text.size());
    EXPECT_LE(CharacterCount(text), static_cast<int64_t>(text.size()));
  }
}

}  // namespace
}  // namespace tusk::df
