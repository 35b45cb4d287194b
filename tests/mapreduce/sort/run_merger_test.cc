#include "mapreduce/sort/run_merger.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/base/random.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

using Record = std::pair<std::string, std::string>;
using Records = std::vector<Record>;

/// Keeps the first value of each group and counts the others.
class KeepFirst final : public Combiner {
 public:
  Status Combine(GroupedRecords& group, RecordSink& out) override {
    if (!group.NextValue()) return group.status();
    std::string value(AsText(group.value()));
    while (group.NextValue()) value += "+";
    return out.Append(group.key(), AsBytes(value));
  }
};

class RunMergerTest : public testing::Test {
 protected:
  std::unique_ptr<RunReader> Run(const Records& records) {
    const std::string path = directory_ / std::to_string(runs_made_++);
    auto writer = SpillWriter::Create(path, 1, MapOutputCompression::kNone);
    EXPECT_OK(writer);
    for (const auto& [key, value] : records) {
      EXPECT_OK((*writer)->Append(AsBytes(key), AsBytes(value)));
    }
    auto index = (*writer)->Finish();
    EXPECT_OK(index);
    auto file = LocalFile::Open(path);
    EXPECT_OK(file);
    return std::make_unique<RunReader>(
        MakeFileSegment(*file, index->segments[0].offset, index->segments[0].stored_bytes));
  }
  Records Merged(const std::vector<Records>& runs, ShuffleMode mode) {
    std::vector<std::unique_ptr<RunReader>> readers;
    readers.reserve(runs.size());
    for (const Records& run : runs) readers.push_back(Run(run));
    RunMerger merger(std::move(readers), mode);
    Records all;
    while (merger.Next()) all.emplace_back(AsText(merger.key()), AsText(merger.value()));
    EXPECT_OK(merger.status());
    return all;
  }

  const TempDir directory_;
  int runs_made_ = 0;
};

/// Runs of keys that often agree in their first eight bytes or wholly.
std::vector<Records> RandomRuns(Random& random) {
  std::vector<Records> runs(random.Below(20));
  int number = 0;
  for (Records& run : runs) {
    for (uint64_t i = random.Below(50); i > 0; --i) {
      std::string key(random.Below(2) == 0 ? "" : "same prefix");
      for (uint64_t length = random.Below(3); length > 0; --length) {
        key += static_cast<char>(random.Below(3) == 0 ? 0 : 254 + random.Below(2));
      }
      run.emplace_back(std::move(key), "");
    }
    std::sort(run.begin(), run.end());
    for (Record& record : run) record.second = std::to_string(number++);
  }
  return runs;
}

TEST_F(RunMergerTest, IsAStableSortOfTheRuns) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 50; ++round) {
    const std::vector<Records> runs = RandomRuns(random);
    Records expected;
    for (const Records& run : runs) expected.insert(expected.end(), run.begin(), run.end());
    EXPECT_EQ(Merged(runs, ShuffleMode::kUnsorted), expected);
    // A multimap keeps equal keys in the order in which they came.
    const std::multimap<std::string, std::string> in_order(expected.begin(), expected.end());
    EXPECT_EQ(Merged(runs, ShuffleMode::kSorted), Records(in_order.begin(), in_order.end()));
  }
}

TEST_F(RunMergerTest, GroupsMayBeReadInPart) {
  std::vector<std::unique_ptr<RunReader>> readers;
  readers.push_back(Run({{"a", "1"}, {"a", "2"}, {"b", "3"}}));
  readers.push_back(Run({{"a", "4"}, {"c", "5"}}));
  RunMerger merger(std::move(readers), ShuffleMode::kSorted);
  MergedGroups groups(merger);
  std::string seen;
  while (groups.NextGroup()) {
    seen += AsText(groups.key());
    if (groups.NextValue()) seen += AsText(groups.value());
    seen += " ";
  }
  EXPECT_EQ(seen, "a1 b3 c5 ");
  EXPECT_FALSE(groups.NextGroup());
  EXPECT_EQ(groups.groups(), 3U);
  EXPECT_EQ(groups.records(), 5U);
  EXPECT_OK(groups.status());
}

TEST_F(RunMergerTest, TheCombinerSeesEveryGroupOnce) {
  std::vector<std::unique_ptr<RunReader>> readers;
  readers.push_back(Run({{"a", "1"}, {"b", "2"}}));
  readers.push_back(Run({{"a", "3"}}));
  readers.push_back(Run({{"a", "4"}, {"c", "5"}}));
  auto writer = SpillWriter::Create(directory_ / "out", 1, MapOutputCompression::kNone);
  ASSERT_OK(writer);
  KeepFirst combiner;
  Counters counters;
  ASSERT_OK(MergeRuns(std::move(readers), ShuffleMode::kSorted, &combiner, &counters, **writer));
  ASSERT_OK_AND_ASSIGN(const SpillIndex index, (*writer)->Finish());
  ASSERT_OK_AND_ASSIGN(const auto file, LocalFile::Open(directory_ / "out"));
  RunReader reader(MakeFileSegment(file, 0, index.segments[0].stored_bytes));
  Records all;
  while (reader.Next()) all.emplace_back(AsText(reader.key()), AsText(reader.value()));
  EXPECT_EQ(all, (Records{{"a", "1++"}, {"b", "2"}, {"c", "5"}}));
}

TEST_F(RunMergerTest, OneDamagedRunEndsTheMergeWithItsError) {
  const std::string path = directory_ / "0";
  std::vector<std::unique_ptr<RunReader>> readers;
  readers.push_back(Run({{"a", "1"}, {"b", std::string(100, 'x')}}));
  readers.push_back(Run({{"c", "2"}}));
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60);
    file << "!";
  }
  RunMerger merger(std::move(readers), ShuffleMode::kSorted);
  while (merger.Next()) continue;
  EXPECT_THAT(merger.status(), StatusIs(StatusCode::kCorruption));
}

}  // namespace
}  // namespace tusk::mapreduce
