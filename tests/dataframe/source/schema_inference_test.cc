#include "dataframe/source/schema_inference.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

std::string GuessOf(const std::vector<std::string>& values) {
  TypeGuess guess;
  for (const std::string& value : values) guess.Add(value);
  return TypeText(*guess.Type());
}

TEST(TypeGuessTest, ValuesWiden) {
  EXPECT_EQ(GuessOf({}), "string");
  EXPECT_EQ(GuessOf({"true", "False"}), "bool");
  EXPECT_EQ(GuessOf({"1", "-20", "0"}), "int64");
  EXPECT_EQ(GuessOf({"1", "2.5"}), "double");
  EXPECT_EQ(GuessOf({"1e5", "nan", "-inf", ".5"}), "double");
  EXPECT_EQ(GuessOf({"2024-02-29"}), "date");
  EXPECT_EQ(GuessOf({"2024-02-29", "2024-02-29 01:02:03.25"}), "timestamp");
  EXPECT_EQ(GuessOf({"2024-02-29T01:02"}), "timestamp");
  EXPECT_EQ(GuessOf({"2024-02-29T01:02:03Z", "2024-02-29 01:02:03+01:00"}), "timestamptz");
}

TEST(TypeGuessTest, WhatWouldNotComeBackIsText) {
  EXPECT_EQ(GuessOf({"007"}), "string");
  EXPECT_EQ(GuessOf({"123456789012345678901234567890"}), "string");
  EXPECT_EQ(GuessOf({"2023-02-29"}), "string");
  EXPECT_EQ(GuessOf({"true", "1"}), "string");
  EXPECT_EQ(GuessOf({"1", "2024-01-01"}), "string");
  EXPECT_EQ(GuessOf({"2024-01-01 00:00:00", "2024-01-01 00:00:00Z"}), "string");
  EXPECT_EQ(GuessOf({"+1"}), "string");
  EXPECT_EQ(GuessOf({"1 "}), "string");
}

TEST(TypeGuessTest, AValueFitsWhenItChangesNothing) {
  const std::vector<std::string> values = {"",
                                           "1",
                                           "2.5",
                                           "true",
                                           "nan",
                                           "2024-01-01",
                                           "2024-01-01 01:02",
                                           "text",
                                           "007",
                                           "2024-01-01 01:02Z"};
  for (const std::string& first : values) {
    for (const std::string& second : values) {
      TypeGuess guess;
      guess.Add(first);
      const std::string before = TypeText(*guess.Type());
      const bool fits = guess.Fits(second);
      guess.Add(second);
      EXPECT_EQ(fits, TypeText(*guess.Type()) == before) << first << ", " << second;
    }
  }
}

TEST(SchemaInferenceTest, EveryFileIsLookedAt) {
  const TempDir dir;
  for (int i = 0; i < 20; ++i) {
    WriteText(dir / fmt::format("t/{:02}.csv", i), i == 13 ? "a,b\n1.5,x\n" : "a,b\n1,2\n");
  }
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t"));
  EXPECT_EQ(SchemaText(*source->schema), "a double, b string");
}

TEST(SchemaInferenceTest, WordsForMissingNumbersMakeNoText) {
  const TempDir dir;
  WriteText(dir / "t.csv", "n,d,c,q\n1,2024-01-01,NA,1\nNA,NULL,DE,\"NA\"\n");
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t.csv"));
  // In quotes it is meant; and what else is text keeps it as text.
  EXPECT_EQ(SchemaText(*source->schema), "n int64, d date, c string, q string");
}

TEST(SchemaInferenceTest, LargeFilesAreLookedAtInThreePlaces) {
  const TempDir dir;
  std::string text = "a,b,c\n";
  while (text.size() < (6 << 20) + (300 << 10)) text += "1,2,3\n";
  text += "1,x,3\n";
  while (text.size() < (12 << 20)) text += "1,2,3\n";
  text += "1,2,\n1,2,2024-01-01\n";
  WriteText(dir / "t.csv", text);
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t.csv"));
  EXPECT_EQ(SchemaText(*source->schema), "a int64, b string, c string");
}

TEST(SchemaInferenceTest, OfManyFilesAHundredAreLookedAt) {
  std::vector<SourceFile> files(1000);
  for (size_t i = 0; i < files.size(); ++i) {
    files[i].path = std::to_string(i);
    files[i].length = 1 << 20;
  }
  std::set<std::string> seen;
  for (const Sample& sample : ChooseSamples(files)) seen.insert(sample.file->path);
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_TRUE(seen.contains("0"));
  EXPECT_TRUE(seen.contains("999"));
}

TEST(SchemaInferenceTest, JsonHasTheUnionOfTheKeys) {
  const TempDir dir;
  WriteText(dir / "t/a.json",
            "{\"n\": 1, \"s\": \"x\", \"d\": \"2024-01-01\"}\n\n{\"b\": true, \"n\": null}\n");
  WriteText(dir / "t/b.json", "{\"n\": 2.5, \"l\": [1, 2], \"k\": [[\"a\"]], \"z\": null}");
  ASSERT_OK_AND_ASSIGN(const auto table, ReadPath(dir / "t"));
  EXPECT_EQ(SchemaText(*table->schema()),
            "n double, s string, d date, b bool, l list(int64), k list(list(string)), z string");
  EXPECT_EQ(Texts(*table, "n"), (std::vector<std::string>{"1", "null", "2.5"}));
  EXPECT_EQ(Texts(*table, "d"), (std::vector<std::string>{"2024-01-01", "null", "null"}));
  EXPECT_EQ(Texts(*table, "b"), (std::vector<std::string>{"null", "true", "null"}));
}

TEST(SchemaInferenceTest, WhatIsNoJsonOrHasNoTypeIsSaid) {
  const TempDir dir;
  WriteText(dir / "a.json", "{\"n\": 1}\n{\"n\": }\n");
  EXPECT_THAT(ReadPath(dir / "a.json"),
              StatusIs(StatusCode::kCorruption,
                       "a.json, line 2, byte 9: the line is no JSON object: '{\"n\": }'"));
  WriteText(dir / "b.json", "{\"o\": {\"x\": 1}}\n");
  EXPECT_THAT(ReadPath(dir / "b.json"),
              StatusIs(StatusCode::kUnsupported, "column o holds objects"));
  WriteText(dir / "c.json", "{\"o\": 1}\n{\"o\": \"x\"}\n");
  EXPECT_THAT(ReadPath(dir / "c.json"),
              StatusIs(StatusCode::kInvalidArgument, "column o holds values of different kinds"));
  WriteText(dir / "d.json", "{\"o\": 1}\n{\"o\": \"x\"}\n");
  DiscoveryOptions options;
  options.schema = *ParseSchema("o int64");
  EXPECT_THAT(ReadPath(dir / "d.json", options),
              StatusIs(StatusCode::kCorruption, "d.json, line 2, byte 9: "));
}

}  // namespace
}  // namespace tusk::df
