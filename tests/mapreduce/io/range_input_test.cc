#include "mapreduce/io/range_input.h"

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "dfs/client/local_file_system.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

class RangeInputTest : public ::testing::Test {
 protected:
  Result<std::vector<InputSplit>> Splits(uint64_t first, uint64_t end, uint32_t tasks,
                                         uint32_t slots = 0) {
    RangeInput::Configure(&spec_, first, end, tasks);
    SplitOptions options;
    options.slots = slots;
    return RangeInput::Splits(spec_, *files_, options);
  }

  JobSpec spec_;
  const std::shared_ptr<dfs::FileSystem> files_ = dfs::MakeLocalFileSystem();
};

TEST_F(RangeInputTest, EveryNumberIsReadOnceAndEvenly) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 200; ++round) {
    const uint64_t first = random.Below(1000), end = first + random.Below(500);
    const auto tasks = static_cast<uint32_t>(random.Below(40));
    ASSERT_OK_AND_ASSIGN(const auto splits, Splits(first, end, tasks, 3));
    uint64_t next = first, least = UINT64_MAX, most = 0;
    for (const InputSplit& split : splits) {
      ASSERT_OK_AND_ASSIGN(const auto reader, RangeInput::Open(spec_, split, *files_));
      uint64_t count = 0;
      while (reader->Next()) {
        EXPECT_EQ(reader->value(), next++);
        ++count;
      }
      least = std::min(least, count);
      most = std::max(most, count);
    }
    EXPECT_EQ(next, end);
    EXPECT_LE(most - least, 1U);
  }
}

TEST_F(RangeInputTest, TheGreatestNumbersAreNoOverflow) {
  ASSERT_OK_AND_ASSIGN(const auto splits, Splits(UINT64_MAX - 10, UINT64_MAX, 3));
  uint64_t numbers = 0;
  for (const InputSplit& split : splits) {
    ASSERT_OK_AND_ASSIGN(const auto reader, RangeInput::Open(spec_, split, *files_));
    while (reader->Next()) ++numbers;
  }
  EXPECT_EQ(numbers, 10U);
}

TEST_F(RangeInputTest, NonsenseIsRefused) {
  EXPECT_THAT(Splits(5, 4, 1), StatusIs(StatusCode::kInvalidArgument));
  for (const char* text :
       {"", "1", "1:", "1:x", "2:1", "1:2:3", "-1:2", "1:99999999999999999999"}) {
    InputSplit split;
    split.opaque = text;
    EXPECT_THAT(RangeInput::Open(spec_, split, *files_), StatusIs(StatusCode::kInvalidArgument))
        << text;
  }
}

}  // namespace
}  // namespace tusk::mapreduce
