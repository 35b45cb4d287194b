#include "mapreduce/tool/job_binary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/random.h"
#include "tests/jobs/job_process.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

class JobBinaryTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& content) const {
    std::ofstream(directory_ / name, std::ios::binary) << content;
    std::filesystem::permissions(directory_ / name, std::filesystem::perms::owner_all);
    return directory_ / name;
  }
  static std::string WordCount() {
    std::ifstream in(PathOfProgram("wordcount"), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
  }

  const TempDir directory_;
};

TEST_F(JobBinaryTest, AJobIsOne) {
  EXPECT_OK(CheckJobBinary(PathOfProgram("wordcount")));
  EXPECT_OK(CheckJobBinary(PathOfProgram("troublemaker")));
}

TEST_F(JobBinaryTest, EverythingElseIsToldInOneClearError) {
  EXPECT_THAT(CheckJobBinary(directory_ / "none"),
              StatusIs(StatusCode::kNotFound, "JAR does not exist or is not a normal file: "));
  EXPECT_THAT(CheckJobBinary(directory_.path()), StatusIs(StatusCode::kIsADirectory));
  EXPECT_THAT(CheckJobBinary(Write("a.jar", "PK\x03\x04 and more")),
              StatusIs(StatusCode::kInvalidArgument, "Java archive"));
  EXPECT_THAT(CheckJobBinary(Write("a.sh", "#!/bin/sh\ntrue\n")),
              StatusIs(StatusCode::kInvalidArgument, "it is a script"));
  EXPECT_THAT(CheckJobBinary(Write("empty", "")),
              StatusIs(StatusCode::kInvalidArgument, "it is not a program"));
  EXPECT_THAT(CheckJobBinary(Write("text", "hello")),
              StatusIs(StatusCode::kInvalidArgument, "it is not a program"));
  EXPECT_THAT(CheckJobBinary("/proc/self/exe"),
              StatusIs(StatusCode::kInvalidArgument, "was not linked with the job library"));
}

TEST_F(JobBinaryTest, AJobThatMayNotBeRunSaysSo) {
  const std::string path = Write("job", WordCount());
  EXPECT_OK(CheckJobBinary(path));
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  EXPECT_THAT(CheckJobBinary(path), StatusIs(StatusCode::kPermissionDenied, "chmod +x"));
}

TEST_F(JobBinaryTest, DamagedHeadersEndWithAStatus) {
  const std::string whole = WordCount().substr(0, 8192);
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole.substr(0, 1 + random.Below(whole.size()));
    for (int flips = 0; flips < 8; ++flips) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    }
    const Status ignored = CheckJobBinary(Write("damaged", bytes));
    static_cast<void>(ignored);
  }
}

TEST_F(JobBinaryTest, ExamplesAreTheJobsOfADirectory) {
  std::filesystem::create_symlink(PathOfProgram("wordcount"), directory_ / "counting");
  std::filesystem::create_symlink(PathOfProgram("troublemaker"), directory_ / "a-trouble");
  Write("readme", "no program");
  const std::vector<Example> examples = FindExamples(directory_.path());
  ASSERT_EQ(examples.size(), 2U);
  EXPECT_EQ(examples[0].name, "a-trouble");
  EXPECT_EQ(examples[1].name, "counting");
  EXPECT_EQ(SummaryOfProgram(examples[1].path), "counts words");
  EXPECT_TRUE(FindExamples(directory_ / "none").empty());
}

}  // namespace
}  // namespace tusk::mapreduce
