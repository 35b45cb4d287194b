#include "mapreduce/client/job_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <tusk/mapreduce.h>

#include "dfs/client/local_file_system.h"
#include "mapreduce/client/open_job_runner.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Lines : public Mapper<std::string_view, std::string, int64_t> {
 public:
  void Map(std::string_view line, Output& out) override { out.Emit(line, 1); }
};

class PrepareJobTest : public ::testing::Test {
 protected:
  PrepareJobTest() : config_(JobBinaryOptions()) { std::ofstream(directory_ / "in") << "a\n"; }

  Job Example() const {
    return Job("lines")
        .Read<TextInput>(std::vector<std::string>{directory_ / "in"})
        .Map<Lines>()
        .Reduce<Sum<int64_t>>()
        .Write<TextOutput>(directory_ / "out//");
  }
  Status Prepare(Job* job) { return PrepareJob(config_, *files_, 2, job); }

  const TempDir directory_;
  Config config_;
  const std::shared_ptr<dfs::FileSystem> files_ = dfs::MakeLocalFileSystem();
};

TEST_F(PrepareJobTest, ConfigurationSpeaksWhereTheProgramDoesNot) {
  ASSERT_OK(config_.Set("mapreduce.job.reduces", "7", "-D"));
  ASSERT_OK(config_.Set("mapreduce.task.io.sort.mb", "3", "-D"));
  ASSERT_OK(config_.Set("mapreduce.job.priority", "high", "-D"));
  ASSERT_OK(config_.Set("my.own.key", "value", "-D"));
  Job job = Example();
  ASSERT_OK(Prepare(&job));
  EXPECT_EQ(job.spec().reduces, 7U);
  EXPECT_EQ(job.spec().sort_buffer_bytes, 3U << 20);
  EXPECT_EQ(job.spec().priority, JobPriority::kHigh);
  EXPECT_EQ(job.spec().parameters.at("my.own.key"), "value");
  EXPECT_EQ(job.spec().output_path, directory_ / "out");
  EXPECT_EQ(job.spec().splits.size(), 1U);
  EXPECT_EQ(job.spec().uuid.size(), 32U);
}

TEST_F(PrepareJobTest, TheProgramsOwnWordHolds) {
  ASSERT_OK(config_.Set("mapreduce.job.reduces", "7", "-D"));
  Job job = Job("lines")
                .Read<TextInput>(std::vector<std::string>{directory_ / "in"})
                .Map<Lines>()
                .Reduce<Sum<int64_t>>()
                .NumReduces(2)
                .Write<TextOutput>(directory_ / "out");
  ASSERT_OK(Prepare(&job));
  EXPECT_EQ(job.spec().reduces, 2U);
}

TEST_F(PrepareJobTest, WhatCannotRunIsRefused) {
  Job taken = Example();
  std::filesystem::create_directory(directory_ / "out");
  EXPECT_THAT(Prepare(&taken), StatusIs(StatusCode::kAlreadyExists, "already exists"));
  std::filesystem::remove(directory_ / "out");
  std::filesystem::remove(directory_ / "in");
  Job missing = Example();
  EXPECT_THAT(Prepare(&missing), StatusIs(StatusCode::kNotFound, "Input path does not exist: "));
  Job nothing("nothing");
  EXPECT_THAT(Prepare(&nothing), StatusIs(StatusCode::kInvalidArgument));
  ASSERT_OK(config_.Set("tusk.map.output.compression", "gzip", "-D"));
  Job bad = Example();
  EXPECT_THAT(Prepare(&bad), StatusIs(StatusCode::kInvalidArgument, "no such compression: gzip"));
}

TEST(Summary, IsOneLineInTheUsersTerms) {
  JobResult result;
  result.seconds = 0.09;
  result.maps = 1;
  result.reduces = 1;
  result.counters.Add(BuiltinCounter::kBytesRead, 3'200'000);
  result.counters.Add(BuiltinCounter::kMapInputRecords, 566'000);
  result.counters.Add(BuiltinCounter::kReduceOutputRecords, 20'413);
  result.counters.Add(BuiltinCounter::kDataLocalMaps, 1);
  EXPECT_THAT(SummaryOf(result), HasSubstr("done in 0.09 s: 3.2 MB read, 566,000 records in, "
                                           "20,413 out; 1 map (1 local), 1 reduce; "));
  result.reduces = 0;
  EXPECT_THAT(SummaryOf(result), Not(HasSubstr("shuffled")));
}

}  // namespace
}  // namespace tusk::mapreduce
