#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "tests/jobs/job_process.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> NamesIn(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

using Counts = std::map<std::string, int64_t>;

/// The words of all files below `directory`, counted by the plainest means.
Counts CountWords(const std::string& directory) {
  Counts counts;
  for (const std::string& name : NamesIn(directory)) {
    const std::string text = ReadFile(directory + "/" + name);
    for (size_t start = 0; start < text.size();) {
      const size_t end = std::min(text.find_first_of(" \t\n\r\v\f", start), text.size());
      if (end > start) ++counts[text.substr(start, end - start)];
      start = end + 1;
    }
  }
  return counts;
}

std::string Printed(const Counts& counts) {
  std::string text;
  for (const auto& [word, count] : counts) text += word + "\t" + std::to_string(count) + "\n";
  return text;
}

/// All parts of an output. Each part must be sorted.
Counts ReadParts(const std::string& directory) {
  Counts counts;
  for (const std::string& name : NamesIn(directory)) {
    if (!name.starts_with("part-")) continue;
    std::istringstream in(ReadFile(directory + "/" + name));
    std::string last;
    for (std::string line; std::getline(in, line);) {
      const size_t tab = line.find('\t');
      EXPECT_LE(last, line.substr(0, tab)) << name;
      last = line.substr(0, tab);
      EXPECT_TRUE(counts.emplace(last, std::stoll(line.substr(tab + 1))).second) << last;
    }
  }
  return counts;
}

/// Runs of word count on one machine's files.
class WordCountTest : public ::testing::Test {
 protected:
  WordCountTest() { std::filesystem::create_directory(In()); }
  std::string In() const { return directory_ / "in"; }
  std::string Out() const { return directory_ / "out"; }

  Ended Run(std::vector<std::string> options = {}) {
    std::filesystem::remove_all(Out());
    options.insert(options.begin(), {"--local", "-D", "tusk.local.dir=" + directory_.path()});
    options.insert(options.end(), {In(), Out()});
    return RunProgram("wordcount", options);
  }
  /// Every way of running gives what the plain count gives.
  void ExpectRightInEveryWay() {
    const Counts expected = CountWords(In());
    for (const std::string reduces : {"1", "7"}) {
      for (const std::string buffer : {"1", "16"}) {
        for (const std::string split : {"64m", "100k"}) {
          const Ended ended = Run({"-D", "mapreduce.job.reduces=" + reduces,  //
                                   "-D", "mapreduce.task.io.sort.mb=" + buffer, "-D",
                                   "mapreduce.input.fileinputformat.split.maxsize=" + split});
          ASSERT_EQ(ended.exit_status, 0) << ended.err;
          EXPECT_EQ(ended.out, "");
          EXPECT_TRUE(ReadParts(Out()) == expected) << reduces << " " << buffer << " " << split;
        }
      }
    }
    EXPECT_THAT(NamesIn(directory_.path()), ElementsAre("in", "out"));  // nothing is left behind
  }

  const TempDir directory_;
};

TEST_F(WordCountTest, KindsOfLines) {
  WriteFile(In() + "/no-newline", "no newline at the end");
  WriteFile(In() + "/empty", "");
  WriteFile(In() + "/crlf", "line of Windows\r\nanother\r\n");
  WriteFile(In() + "/blank", "\n\n \n\t\n");
  WriteFile(In() + "/no-utf8", std::string("\xff\xfe bad \xc3 words\x80 with\0nul \x01\n", 27));
  WriteFile(In() + "/long-word", std::string(300'000, 'w') + " tail\n");
  std::string line;
  for (int i = 0; i < 400'000; ++i) line += "word ";
  WriteFile(In() + "/long-line", line + "\nafter\n");
  ExpectRightInEveryWay();
}

TEST_F(WordCountTest, RandomBytes) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int file = 0; file < 5; ++file) {
    std::string text;
    const uint64_t size = random.Below(300'000);
    const uint64_t alphabet = 2 + random.Below(40);
    for (uint64_t i = 0; i < size; ++i) {
      text += random.Below(6) == 0 ? " \n\t\r"[random.Below(4)]
                                   : static_cast<char>(200 + random.Below(alphabet));
    }
    WriteFile(In() + "/" + std::to_string(file), text);
  }
  ExpectRightInEveryWay();
}

TEST_F(WordCountTest, ManyWordsSpill) {
  std::string text;
  for (int64_t i = 0; i < 400'000; ++i) {
    text += "word" + std::to_string((i * 7919) % 300'007) + (i % 9 == 0 ? "\n" : " ");
  }
  WriteFile(In() + "/words", text);
  const Ended ended = Run({"-D", "mapreduce.task.io.sort.mb=1"});
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_TRUE(ReadFile(Out() + "/part-r-00000") == Printed(CountWords(In())));
  EXPECT_THAT(NamesIn(Out()), ElementsAre("_SUCCESS", "_manifest", "part-r-00000"));
}

TEST_F(WordCountTest, ManySmallInputs) {
  for (int i = 0; i < 300; ++i) {
    std::string text;
    for (int line = 0; line < i % 5; ++line) text += "file " + std::to_string(i) + "\n";
    WriteFile(In() + "/" + std::to_string(i), text);
  }
  const Ended ended = Run();
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  EXPECT_TRUE(ReadFile(Out() + "/part-r-00000") == Printed(CountWords(In())));
}

TEST_F(WordCountTest, GlobsFilesAndHiddenNames) {
  WriteFile(In() + "/a1", "one\n");
  WriteFile(In() + "/a2", "two\n");
  WriteFile(In() + "/b1", "three\n");
  WriteFile(In() + "/_hidden", "four\n");
  WriteFile(In() + "/.hidden", "five\n");
  const std::string local = "--local";
  const auto count = [&](std::vector<std::string> inputs) {
    std::filesystem::remove_all(Out());
    inputs.insert(inputs.begin(), local);
    inputs.push_back(Out());
    const Ended ended = RunProgram("wordcount", inputs);
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    return ReadFile(Out() + "/part-r-00000");
  };
  EXPECT_EQ(count({In()}), "one\t1\nthree\t1\ntwo\t1\n");
  EXPECT_EQ(count({In() + "/a*"}), "one\t1\ntwo\t1\n");
  EXPECT_EQ(count({In() + "/{a2,b1}", In() + "/a1"}), "one\t1\nthree\t1\ntwo\t1\n");
  EXPECT_EQ(count({In() + "/a1", In() + "/a1"}), "one\t2\n");
}

TEST_F(WordCountTest, EmptyInput) {
  ASSERT_EQ(Run().exit_status, 0);
  EXPECT_EQ(ReadFile(Out() + "/part-r-00000"), "");
  EXPECT_TRUE(std::filesystem::exists(Out() + "/_SUCCESS"));
}

TEST_F(WordCountTest, RefusesAnOutputThatExists) {
  WriteFile(In() + "/a", "one\n");
  std::filesystem::create_directory(Out());
  const Ended ended = RunProgram("wordcount", {"--local", In(), Out()});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_EQ(ended.err, "error: Output directory " + Out() + " already exists\n");
  EXPECT_TRUE(std::filesystem::is_empty(Out()));
}

TEST_F(WordCountTest, RefusesAnInputThatIsNotThere) {
  const Ended ended = RunProgram("wordcount", {"--local", In() + "/none", Out()});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_EQ(ended.err, "error: Input path does not exist: " + In() + "/none\n");
  EXPECT_FALSE(std::filesystem::exists(Out()));
  EXPECT_THAT(RunProgram("wordcount", {"--local", In() + "/none*", Out()}).err,
              HasSubstr("error: Input "));
}

TEST_F(WordCountTest, WrongUsageIsExitStatusTwo) {
  const Ended none = RunProgram("wordcount", {});
  EXPECT_EQ(none.exit_status, 2);
  EXPECT_THAT(none.err, HasSubstr("usage: wordcount [options] IN... OUT\n"));
  const Ended unknown = RunProgram("wordcount", {"--lokal", In(), Out()});
  EXPECT_EQ(unknown.exit_status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("unknown option: --lokal"));
  const Ended bad = RunProgram("wordcount", {"--local", "-D", "mapreduce.job.reduces=x", "a", "b"});
  EXPECT_EQ(bad.exit_status, 2);
  EXPECT_THAT(bad.err, HasSubstr("mapreduce.job.reduces"));
  const Ended help = RunProgram("wordcount", {"--help"});
  EXPECT_EQ(help.exit_status, 0);
  EXPECT_THAT(help.out, HasSubstr("counts words"));
}

}  // namespace
}  // namespace tusk::mapreduce
