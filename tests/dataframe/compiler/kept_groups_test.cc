#include "dataframe/compiler/kept_groups.h"

#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "dataframe/compiler/stage_cutter.h"
#include "tests/dataframe/compiler/plans.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kProgram = "program";

SourceFile File(const std::string& path, uint64_t length = 100, int64_t modified = 5) {
  SourceFile file;
  file.path = path;
  file.length = length;
  file.modification_ms = modified;
  return file;
}

PlanPtr Sales(std::vector<SourceFile> files) {
  TableSource source = As<ScanNode>(*TableOf("sales", "shop int64, price double", 1, 1)).source();
  source.files = std::move(files);
  return ScanNode::Make(std::make_shared<const TableSource>(std::move(source))).value();
}

/// The first stage of a plan.
Stage FirstStage(const PlanPtr& plan) {
  RecordingRunner runner;
  CutOptions options;
  options.reduces = 2;
  StageCutter cutter(options, runner);
  EXPECT_OK(cutter.Run(plan));
  return runner.stages.front();
}

Stage Sums(std::vector<SourceFile> files) {
  return FirstStage(Grouped(Sales(std::move(files)), {"shop"}, "price"));
}

KeptGroups Kept(std::vector<SourceFile> covered, const std::string& run = "/run") {
  KeptGroups kept;
  kept.covered = std::move(covered);
  for (const auto* name : {"00000-3.arrow", "00001-0.arrow"}) {
    kept.parts.push_back(File(run + "/" + name, 40, 0));
    kept.parts.back().rows = 3;
  }
  return kept;
}

std::vector<std::string> PathsOf(const std::vector<SourceFile>& files) {
  std::vector<std::string> paths;
  for (const SourceFile& file : files) paths.push_back(file.path);
  return paths;
}

PlanPtr WithCall(const std::string& function) {
  AggregateCall call;
  call.function = function;
  call.args = {Expr::Column("price")};
  call.name = "value";
  return AggregateNode::Make(Sales({File("/a")}), {{"shop", Expr::Column("shop")}}, {call}).value();
}

TEST(KeptGroupsTest, AGroupByOverFilesMayBeMerged) {
  EXPECT_EQ(FindMergingInput(Sums({File("/a")})), 0U);
  const ExprPtr cheap = Expr::Call("<", {Expr::Column("price"), Expr::Of(3.0)});
  const PlanPtr filtered = FilterNode::Make(Sales({File("/a")}), cheap).value();
  EXPECT_EQ(FindMergingInput(FirstStage(Grouped(filtered, {"shop"}, "price"))), 0U);
  // A held side is a part of what each map does.
  const PlanPtr joined =
      Joined(Sales({File("/a")}), TableOf("shops", "id int64", 10, 1), "shop", "id");
  EXPECT_EQ(FindMergingInput(FirstStage(Grouped(joined, {"shop"}, "price"))), 0U);
}

TEST(KeptGroupsTest, WhatDependsOnMoreThanSingleRowsMayNot) {
  EXPECT_EQ(FindMergingInput(FirstStage(Sales({File("/a")}))), std::nullopt);
  EXPECT_EQ(FindMergingInput(Sums({})), std::nullopt);
  EXPECT_EQ(FindMergingInput(Sums({File("/a"), File("/a")})), std::nullopt);
  EXPECT_EQ(FindMergingInput(FirstStage(WithCall("max"))), 0U);
  EXPECT_EQ(FindMergingInput(FirstStage(WithCall("first"))), std::nullopt);
  EXPECT_EQ(FindMergingInput(FirstStage(WithCall("median"))), std::nullopt);
  const PlanPtr both = UnionNode::Make({Sales({File("/a")}), Sales({File("/b")})}).value();
  EXPECT_EQ(FindMergingInput(FirstStage(Grouped(both, {"shop"}, "price"))), std::nullopt);
}

TEST(KeptGroupsTest, AFamilyIsTheFragmentWithoutItsFiles) {
  const auto family = [](const Stage& stage, const char* program = kProgram) {
    return GroupFamilyOf(stage.inputs[0], program);
  };
  const std::string sums = family(Sums({File("/a")}));
  EXPECT_THAT(sums, SizeIs(32));
  EXPECT_EQ(family(Sums({File("/a", 7), File("/b")})), sums);
  EXPECT_NE(family(Sums({File("/a")}), "another program"), sums);
  EXPECT_NE(family(FirstStage(WithCall("max"))), sums);
  const auto joined = [](uint64_t bytes) {
    return FirstStage(
        Grouped(Joined(Sales({File("/a")}), TableOf("shops", "id int64", bytes, 1), "shop", "id"),
                {"shop"}, "price"));
  };
  EXPECT_NE(family(joined(10)), family(joined(11)));
}

TEST(KeptGroupsTest, WhatCoversMostIsChosenAndNoFileTwice) {
  const std::vector<SourceFile> files = {File("/a"), File("/b"), File("/c"), File("/d")};
  const KeptGroups ab = Kept({File("/a"), File("/b")});
  const KeptGroups bcd = Kept({File("/b"), File("/c"), File("/d")});
  const KeptGroups a = Kept({File("/a")});
  const auto chosen = ChooseKept({a, ab, bcd}, files);
  ASSERT_THAT(chosen, SizeIs(2));
  EXPECT_THAT(PathsOf(chosen[0].covered), ElementsAre("/b", "/c", "/d"));
  EXPECT_THAT(PathsOf(chosen[1].covered), ElementsAre("/a"));
}

TEST(KeptGroupsTest, AFileThatHasGoneOrChangedMakesGroupsUseless) {
  const std::vector<SourceFile> files = {File("/a"), File("/b")};
  EXPECT_THAT(ChooseKept({Kept({File("/a"), File("/gone")})}, files), IsEmpty());
  EXPECT_THAT(ChooseKept({Kept({File("/a", 101)})}, files), IsEmpty());
  EXPECT_THAT(ChooseKept({Kept({File("/a", 100, 6)})}, files), IsEmpty());
  SourceFile moved = File("/a");
  moved.partition_values["day"] = "2";
  EXPECT_THAT(ChooseKept({Kept({moved})}, files), IsEmpty());
  EXPECT_THAT(ChooseKept({Kept({})}, files), IsEmpty());
  EXPECT_THAT(ChooseKept({Kept({File("/a")})}, files), SizeIs(1));
}

TEST(KeptGroupsTest, KeptGroupsAreReadInsteadOfTheirFiles) {
  const Stage stage = Sums({File("/a"), File("/b"), File("/c")});
  ASSERT_OK_AND_ASSIGN(const Stage made,
                       WithKeptGroups(stage, 0, {Kept({File("/a"), File("/c")})}));
  ASSERT_THAT(made.inputs, SizeIs(2));
  EXPECT_THAT(PathsOf(DrivingFiles(made.inputs[0])),
              ElementsAre("/run/00000-3.arrow", "/run/00001-0.arrow"));
  EXPECT_THAT(PathsOf(DrivingFiles(made.inputs[1])), ElementsAre("/b"));
  EXPECT_TRUE(made.inputs[0].plan->schema()->Equals(*made.inputs[1].plan->schema()));
  EXPECT_EQ(made.inputs[0].tag, made.inputs[1].tag);
  ASSERT_OK_AND_ASSIGN(const Stage all,
                       WithKeptGroups(stage, 0, {Kept({File("/a"), File("/b"), File("/c")})}));
  EXPECT_THAT(all.inputs, SizeIs(1));
}

// The worked example of docs/formats/query_record.md.
TEST(KeptGroupsTest, LooksAsItsPageSays) {
  KeptGroups kept;
  kept.covered = {File("/a", 7, 8)};
  kept.parts = {File("/run/00000-3.arrow", 9, 0)};
  kept.parts[0].rows = 3;
  const std::string bytes = kept.Encode();
  EXPECT_EQ(bytes.substr(17), std::string("\x0a\x08\x0a\x02/a\x10\x07\x18\x10\x12\x13\x0a\x0d"
                                          "00000-3.arrow\x10\x09\x20\x06"));
  EXPECT_EQ(bytes.substr(0, 17), "7c423d876ab65b2a\n");
  ASSERT_OK_AND_ASSIGN(const KeptGroups back, KeptGroups::Decode(bytes, "/run"));
  EXPECT_EQ(back.covered, kept.covered);
  EXPECT_EQ(PathsOf(back.parts), PathsOf(kept.parts));
  EXPECT_EQ(back.parts[0].rows, 3);
}

TEST(KeptGroupsTest, APartWithANumberOfRowsThatCannotBeIsCorrupt) {
  KeptGroups kept = Kept({File("/a")});
  kept.parts[0].rows = -1;  // unknown, and so not written down
  EXPECT_EQ(KeptGroups::Decode(kept.Encode(), "/run").status().code(), StatusCode::kCorruption);
}

TEST(KeptGroupsTest, DamageIsSeen) {
  const std::string bytes = Kept({File("/a"), File("/b")}).Encode();
  EXPECT_EQ(KeptGroups::Decode("", "/run").status().code(), StatusCode::kCorruption);
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int i = 0; i < 1000; ++i) {
    std::string damaged = bytes;
    const size_t at = random.Below(damaged.size());
    damaged[at] = static_cast<char>(damaged[at] ^ static_cast<char>(1 + random.Below(255)));
    EXPECT_EQ(KeptGroups::Decode(damaged, "/run").status().code(), StatusCode::kCorruption);
    EXPECT_FALSE(KeptGroups::Decode(bytes.substr(0, at), "/run").ok());
  }
}

}  // namespace
}  // namespace tusk::df
