#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "tests/jobs/job_process.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

using ::testing::HasSubstr;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Runs of grep on one machine's files, in a working directory of their own.
class GrepTest : public ::testing::Test {
 protected:
  std::string In() const { return directory_ / "in"; }
  std::string Out() const { return directory_ / "out"; }
  void Write(const std::string& text) const { std::ofstream(In(), std::ios::binary) << text; }

  Ended Run(std::vector<std::string> arguments) const {
    std::filesystem::remove_all(Out());
    std::vector<std::string> words = {"--local", "-D", "mapreduce.job.reduces=3", In(), Out()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return RunProgram("grep", words);
  }
  std::string Found(const std::vector<std::string>& arguments) const {
    const Ended ended = Run(arguments);
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    return ReadFile(Out() + "/part-r-00000");
  }

  const TempDir directory_;
};

TEST_F(GrepTest, CountsMatchesGreatestFirst) {
  Write("dfs.replication dfs.blocksize\nnothing\ndfs.replication dfs.replication\n");
  EXPECT_EQ(Found({"dfs[a-z.]+"}), "3\tdfs.replication\n1\tdfs.blocksize\n");
  EXPECT_EQ(Found({"dfs\\.([a-z])", "1"}), "3\tr\n1\tb\n");
  EXPECT_EQ(Found({"absent"}), "");
}

TEST_F(GrepTest, AgreesWithThePlainWay) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "ab12 \n"[random.Below(6)];
  Write(text);
  const std::regex expression("[a-z]+[0-9]+");
  std::map<std::string, int64_t> counts;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) {
    ++counts[it->str()];
  }
  std::multimap<int64_t, std::string, std::greater<>> by_count;
  for (const auto& [match, count] : counts) by_count.emplace(count, match);
  std::string expected;
  for (const auto& [count, match] : by_count) {
    expected += std::to_string(count) + "\t" + match + "\n";
  }
  const auto sorted_lines = [](const std::string& all) {
    std::vector<std::string> lines;
    std::istringstream in(all);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    std::sort(lines.begin(), lines.end());
    return lines;
  };
  const std::string found = Found({"[a-z]+[0-9]+"});
  EXPECT_EQ(sorted_lines(found), sorted_lines(expected));
  EXPECT_EQ(found.substr(0, found.find('\t')), expected.substr(0, expected.find('\t')));
}

TEST_F(GrepTest, RefusesABadExpressionBeforeAnythingRuns) {
  Write("a\n");
  const Ended ended = Run({"(unclosed"});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, HasSubstr("error: bad regular expression: "));
  EXPECT_FALSE(std::filesystem::exists(Out()));
}

TEST_F(GrepTest, AGroupThatIsNotThereFailsWithTheReason) {
  Write("a\n");
  const Ended ended = Run({"a", "4"});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, HasSubstr("the expression has no group 4"));
  EXPECT_FALSE(std::filesystem::exists(Out()));
}

}  // namespace
}  // namespace tusk::mapreduce
