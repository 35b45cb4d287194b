#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dfs/client/local_file_system.h"
#include "dfs/tool/fs_main.h"
#include "dfs/tool/fs_shell.h"
#include "tests/support/temp_dir.h"

namespace tusk::dfs {
namespace {

using ::testing::HasSubstr;

/// Commands of the shell with this machine's files on both sides.
class FsPutTest : public ::testing::Test {
 protected:
  /// The exit status; what was said is in `said_`.
  int Run(std::vector<std::string> arguments) {
    const std::shared_ptr<FileSystem> files = MakeLocalFileSystem();
    const std::unique_ptr<FILE, int (*)(FILE*)> err(std::tmpfile(), &std::fclose);
    FsShell shell([files](const std::string&) { return files; },
                  {.in = stdin, .out = err.get(), .err = err.get()});
    const int status = RunFsShell(shell, arguments);
    said_.assign(static_cast<size_t>(std::ftell(err.get())), '\0');
    std::rewind(err.get());
    EXPECT_EQ(std::fread(said_.data(), 1, said_.size(), err.get()), said_.size());
    return status;
  }

  std::string Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = directory_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }

  std::string TextOf(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(directory_ / name).rdbuf();
    return text.str();
  }

  /// When it was changed, as exact as the file system tells it.
  auto MillisecondsOf(const std::string& name) const {
    return std::chrono::floor<std::chrono::milliseconds>(
        std::filesystem::last_write_time(directory_ / name));
  }

  TempDir directory_;
  std::string said_;
};

TEST_F(FsPutTest, ATreeIsWholeHoweverManyAreCopiedAtOnce) {
  for (int i = 0; i < 100; ++i)
    Write("tree/a" + std::to_string(i % 7) + "/" + std::to_string(i), std::to_string(i));
  Write("tree/great", std::string(9 << 20, 'g'));
  for (const std::string threads : {"", "1", "5"}) {
    std::vector<std::string> arguments = {"-put", "-p"};
    if (!threads.empty()) arguments.insert(arguments.end(), {"-t", threads, "-q", "2"});
    const std::string copy = "copy" + threads;
    arguments.insert(arguments.end(), {directory_ / "tree", directory_ / copy});
    EXPECT_EQ(Run(arguments), 0) << said_;
    for (int i = 0; i < 100; ++i) {
      const std::string below = "/a" + std::to_string(i % 7) + "/" + std::to_string(i);
      EXPECT_EQ(TextOf(copy + below), std::to_string(i));
    }
    EXPECT_EQ(TextOf(copy + "/great").size(), size_t{9} << 20);
    // Kept when nothing is added to the directory any more.
    EXPECT_EQ(MillisecondsOf(copy + "/a3"), MillisecondsOf("tree/a3"));
  }
}

TEST_F(FsPutTest, EachFailureIsToldInTheOrderOfFiles) {
  std::string expected;
  for (int i = 10; i < 40; ++i) {
    const std::string name = std::to_string(i);
    Write("tree/" + name, name);
    if (i % 3 == 0) {
      Write("to/tree/" + name, "old");
      expected += "put: `" + (directory_ / "to/tree/") + name + "': File exists\n";
    }
  }
  EXPECT_EQ(Run({"-put", "-t", "4", directory_ / "tree", directory_ / "to"}), 1);
  EXPECT_EQ(said_, expected);
  EXPECT_EQ(TextOf("to/tree/12"), "old");
  EXPECT_EQ(TextOf("to/tree/13"), "13");
}

TEST_F(FsPutTest, TheSecondFileOfANameFindsTheFirst) {
  const std::string one = Write("a/same", "one");
  const std::string two = Write("b/same", "two");
  Write("to/other", "");
  EXPECT_EQ(Run({"-put", "-t", "4", one, two, directory_ / "to"}), 1);
  EXPECT_THAT(said_, HasSubstr("File exists"));
  EXPECT_EQ(TextOf("to/same"), "one");
  EXPECT_EQ(Run({"-put", "-f", "-t", "4", one, two, directory_ / "to"}), 0) << said_;
  EXPECT_EQ(TextOf("to/same"), "two");
}

TEST_F(FsPutTest, TheHalfOfAnOldCopyIsAFileLikeAnother) {
  for (int i = 0; i < 20; ++i) {
    Write("tree/" + std::to_string(i), "whole");
    Write("tree/" + std::to_string(i) + "._COPYING_", "half");
  }
  EXPECT_EQ(Run({"-put", "-t", "8", directory_ / "tree", directory_ / "to"}), 0) << said_;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(TextOf("to/" + std::to_string(i)), "whole");
    EXPECT_EQ(TextOf("to/" + std::to_string(i) + "._COPYING_"), "half");
  }
}

TEST_F(FsPutTest, NumbersOfThreadsMustBeSome) {
  const std::string file = Write("file", "");
  for (const char* threads : {"0", "-1", "x", "3x", "99999999999999999999", ""}) {
    EXPECT_EQ(Run({"-put", "-t", threads, file, directory_ / "to"}), 255) << threads;
    EXPECT_THAT(said_, HasSubstr("-t needs a number from 1"));
  }
  EXPECT_EQ(Run({"-get", "-q", "0", file, directory_ / "to"}), 255);
  EXPECT_EQ(Run({"-cp", "-t", "2", file, directory_ / "to"}), 0) << said_;
}

}  // namespace
}  // namespace tusk::dfs
