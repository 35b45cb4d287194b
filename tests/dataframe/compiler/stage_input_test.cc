#include "dataframe/compiler/stage_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/plan/nodes.h"
#include "dataframe/type/type_text.h"
#include "mapreduce/model/job_spec.h"
#include "tests/dataframe/compiler/plans.h"
#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

using ::testing::SizeIs;

SourceFile FileOf(const std::string& path, uint64_t length = 100) {
  SourceFile file;
  file.path = path;
  file.length = length;
  return file;
}

Stage CopyStage(std::vector<SourceFile> files) {
  auto source = std::make_shared<TableSource>(
      As<ScanNode>(*TableOf("t", "a int64, b double", 1000, 10)).source());
  source->format = TableFormat::kText;
  source->files = std::move(files);
  Stage stage;
  stage.inputs.push_back({ScanNode::Make(std::move(source)).value(), {}, 0});
  return stage;
}

TEST(StageSplitTest, ComesBackFromItsBytesWithoutHosts) {
  StageSplit split;
  split.input = 2;
  split.place = {5, 9};
  split.files = {FileOf("/a"), FileOf("/b")};
  split.files[1].partition_values["day"] = "2";
  split.parts.resize(2);
  split.parts[0].begin = 7;
  split.parts[1].file = 1;
  split.parts[1].hosts = {"elsewhere"};
  ASSERT_OK_AND_ASSIGN(const StageSplit back, StageSplit::Decode(split.Encode()));
  EXPECT_EQ(back.input, 2U);
  EXPECT_EQ(back.place.number, 5U);
  EXPECT_EQ(back.place.count, 9U);
  EXPECT_EQ(back.files, split.files);
  split.parts[1].hosts.clear();
  EXPECT_EQ(back.parts, split.parts);
}

TEST(StageSplitTest, RefusesWhatIsNoSplit) {
  StageSplit split;
  split.place = {0, 1};
  split.files = {FileOf("/a")};
  split.parts.resize(1);
  const auto refused = [](const std::string& bytes) {
    return StageSplit::Decode(bytes).status().code() == StatusCode::kCorruption;
  };
  const std::string good = split.Encode();
  EXPECT_FALSE(refused(good));
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("0:0:1:"));
  // Behind the three numbers it may end anywhere, with fewer files and parts.
  for (size_t length = 1; length < 6; ++length) EXPECT_TRUE(refused(good.substr(0, length)));
  EXPECT_TRUE(refused(good.substr(0, good.size() - 1)));
  split.parts[0].file = 1;
  EXPECT_TRUE(refused(split.Encode()));
  split.parts[0].file = 0;
  split.place = {1, 1};
  EXPECT_TRUE(refused(split.Encode()));
}

TEST(StageInputFormatTest, WhatATaskMustKnowDoesNotGrowWithTheTable) {
  const auto bytes_of = [](size_t files) {
    std::vector<SourceFile> table;
    for (size_t i = 0; i < files; ++i) table.push_back(FileOf("/warehouse/t/" + std::to_string(i)));
    mapreduce::JobSpec spec;
    StageInputFormat::Configure(&spec, CopyStage(std::move(table)));
    return spec.parameters.at(std::string(kStageParameter)).size();
  };
  EXPECT_EQ(bytes_of(1), bytes_of(100'000));
}

TEST(StageInputFormatTest, SplitsNameTheFilesThatTheyRead) {
  TempDir directory;
  std::vector<SourceFile> table;
  for (int i = 0; i < 10; ++i) {
    const std::string path = directory / std::to_string(i);
    WriteText(path, "line\n");
    table.push_back(FileOf(path, 5));
  }
  const Stage stage = CopyStage(table);
  mapreduce::JobSpec spec;
  spec.parameters[std::string(kSplitBytesParameter)] = "67108864";
  mapreduce::SplitOptions options;
  options.slots = 3;
  ASSERT_OK_AND_ASSIGN(const auto splits,
                       StageInputFormat::SplitsOf(stage)(spec, LocalFiles(), options));
  // A small file counts for what opening it costs; each slot gets its share of them.
  ASSERT_THAT(splits, SizeIs(4));
  std::vector<std::string> read;
  for (uint32_t i = 0; i < splits.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(const StageSplit split, StageSplit::Decode(splits[i].opaque));
    EXPECT_EQ(split.place.number, i);
    EXPECT_EQ(split.place.count, 4U);
    EXPECT_EQ(splits[i].length, 5 * split.parts.size());
    for (const ScanSplit& part : split.parts) read.push_back(split.files[part.file].path);
  }
  std::vector<std::string> expected;
  for (const SourceFile& file : table) expected.push_back(file.path);
  EXPECT_EQ(read, expected);
}

TEST(StageInputFormatTest, OfTheStartOnlyTheFirstFilesAreLookedAt) {
  TempDir directory;
  const std::string path = directory / "first";
  WriteText(path, std::string(1000, 'x'));
  // Were the others opened, they would not be found.
  Stage stage =
      CopyStage({FileOf(path, 1000), FileOf("/missing", 1000), FileOf("/missing2", 1000)});
  stage.first_bytes = 1000;
  mapreduce::JobSpec spec;
  spec.parameters[std::string(kSplitBytesParameter)] = "67108864";
  ASSERT_OK_AND_ASSIGN(const auto splits,
                       StageInputFormat::SplitsOf(stage)(spec, LocalFiles(), {}));
  ASSERT_THAT(splits, SizeIs(1));
  EXPECT_EQ(splits[0].path, path);
  stage.first_bytes = 1001;
  EXPECT_THAT(StageInputFormat::SplitsOf(stage)(spec, LocalFiles(), {}),
              StatusIs(StatusCode::kNotFound));
}

TEST(StageInputFormatTest, TheStartIsOfFilesThatThePathDoesNotRuleOut) {
  TempDir directory;
  std::vector<SourceFile> table;
  for (int day = 0; day < 5; ++day) {
    const std::string path = directory / std::to_string(day);
    if (day == 3) WriteText(path, std::string(1000, 'x'));
    table.push_back(FileOf(path, 1000));
    table.back().partition_values["day"] = std::to_string(day);
  }
  TableSource source = As<ScanNode>(*CopyStage(table).inputs[0].plan).source();
  source.schema = ParseSchema("line string, day int64").value();
  const ExprPtr third = Expr::Call("=", {Expr::Column("day"), Expr::Of(int64_t{3})});
  Stage stage;
  stage.inputs.push_back({ScanNode::Make(std::make_shared<const TableSource>(source),
                                         {{.source = "line", .name = "line"},
                                          {.source = "day", .name = "day", .hidden = true}},
                                         third)
                              .value(),
                          {},
                          0});
  stage.first_bytes = 1;
  mapreduce::JobSpec spec;
  spec.parameters[std::string(kSplitBytesParameter)] = "67108864";
  ASSERT_OK_AND_ASSIGN(const auto splits,
                       StageInputFormat::SplitsOf(stage)(spec, LocalFiles(), {}));
  ASSERT_THAT(splits, SizeIs(1));
  EXPECT_EQ(splits[0].path, table[3].path);
}

}  // namespace
}  // namespace tusk::df
