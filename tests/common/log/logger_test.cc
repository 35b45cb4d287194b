#include "common/log/logger.h"

#include <filesystem>
#include <fstream>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk {
namespace {

/// Quiet on stderr, into a file of its own.
class LoggerTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.to_stderr = false;
    options_.file = dir_ / "tusk.log";
    ASSERT_OK(SetUpLog(options_));
  }
  void TearDown() override {
    LogOptions plain;
    ASSERT_OK(SetUpLog(plain));
  }
  std::string FileContent() {
    FlushLog();
    std::ifstream file(options_.file);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  TempDir dir_;
  LogOptions options_;
};

TEST_F(LoggerTest, LineHasTimeLevelModuleAndText) {
  LOG_INFO("namenode", "left safe mode blocks={} why={}", 17, "done");
  EXPECT_THAT(FileContent(), testing::MatchesRegex(
                                 "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3} "
                                 "INFO  namenode: left safe mode blocks=17 why=done\n"));
}

TEST_F(LoggerTest, ArgumentsOfLevelsThatAreOffAreNotEvaluated) {
  int evaluated = 0;
  LOG_DEBUG("test", "{}", ++evaluated);
  EXPECT_EQ(evaluated, 0);
  SetLogLevel(LogLevel::kDebug);
  LOG_DEBUG("test", "{}", ++evaluated);
  EXPECT_EQ(evaluated, 1);
  SetLogLevel(LogLevel::kOff);
  LOG_ERROR("test", "{}", ++evaluated);
  EXPECT_EQ(evaluated, 1);
  EXPECT_THAT(FileContent(), testing::HasSubstr("DEBUG test: 1\n"));
}

TEST_F(LoggerTest, OneEventIsOneLine) {
  LOG_WARN("test", "name={}", "a\nb\r\x01");
  EXPECT_THAT(FileContent(), testing::EndsWith("WARN  test: name=a\\nb\\x0d\\x01\n"));
}

TEST_F(LoggerTest, LongTextIsCut) {
  LOG_WARN("test", "{}", std::string(100'000, 'x'));
  EXPECT_LT(FileContent().size(), 17'000u);
}

TEST_F(LoggerTest, RecentLinesAreTheLastOnesOldestFirst) {
  for (int i = 0; i < 1200; ++i) LOG_INFO("test", "line={}", i);
  const std::vector<std::string> lines = RecentLogLines(3);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0], testing::EndsWith("line=1197"));
  EXPECT_THAT(lines[2], testing::EndsWith("line=1199"));
  EXPECT_EQ(RecentLogLines(5000).size(), 1000u);
}

TEST_F(LoggerTest, FileRotates) {
  options_.max_file_bytes = 2000;
  options_.max_files = 2;
  ASSERT_OK(SetUpLog(options_));
  for (int i = 0; i < 200; ++i) LOG_INFO("test", "line={}", i);
  FlushLog();
  EXPECT_LE(std::filesystem::file_size(options_.file), 2000u);
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir_.path()))
    ++files;
  EXPECT_EQ(files, 3u);
}

TEST_F(LoggerTest, AFileThatCannotBeOpenedKeepsTheOldLog) {
  LogOptions bad = options_;
  bad.file = "/proc/no/such/file.log";
  EXPECT_THAT(SetUpLog(bad), StatusIs(StatusCode::kIoError, "/proc/no/such/file.log"));
  LOG_INFO("test", "still here");
  EXPECT_THAT(FileContent(), testing::HasSubstr("still here"));
}

TEST(LogLevel, NamesThereAndBack) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError, LogLevel::kOff}) {
    ASSERT_OK_AND_ASSIGN(const LogLevel parsed, ParseLogLevel(LogLevelName(level)));
    EXPECT_EQ(parsed, level);
  }
  ASSERT_OK_AND_ASSIGN(const LogLevel lower, ParseLogLevel("warn"));
  EXPECT_EQ(lower, LogLevel::kWarn);
  EXPECT_THAT(ParseLogLevel("LOUD"), StatusIs(StatusCode::kInvalidArgument, "expected DEBUG"));
}

}  // namespace
}  // namespace tusk
