#include "mapreduce/client/scratch_directory.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "common/env/posix_env.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

TEST(ScratchDirectoryTest, IsTheUsersAloneAndGoesWithTheObject) {
  const TempDir parent;
  std::string path;
  {
    ASSERT_OK_AND_ASSIGN(const auto scratch, ScratchDirectory::Make(parent / "new", "a"));
    path = scratch->path();
    EXPECT_EQ(path, parent / "new/tusk-local-a");
    std::ofstream(path + "/spill") << "x";
    ASSERT_OK_AND_ASSIGN(const FileStat stat, PosixEnv::Get().Stat(path));
    EXPECT_EQ(stat.mode & 0777, 0700U);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(std::filesystem::is_empty(parent / "new"));
}

TEST(ScratchDirectoryTest, WhatAKilledProcessHasLeftIsRemovedAndNothingElse) {
  const TempDir parent;
  ASSERT_OK_AND_ASSIGN(const auto used, ScratchDirectory::Make(parent / "", "used"));
  std::ofstream(used->path() + "/spill") << "x";
  // As of a process that is gone: nobody holds the lock.
  std::filesystem::create_directories(parent / "tusk-local-gone/attempt_1");
  std::ofstream(parent / "tusk-local-gone/attempt_1/spill") << "x";
  std::filesystem::create_directories(parent / "others/files");
  // A link to what is not a scratch directory.
  std::filesystem::create_directory_symlink(parent / "others", parent / "tusk-local-link");
  RemoveAbandonedScratch(parent / "");
  EXPECT_FALSE(std::filesystem::exists(parent / "tusk-local-gone"));
  EXPECT_TRUE(std::filesystem::exists(used->path() + "/spill"));
  EXPECT_TRUE(std::filesystem::exists(parent / "others/files"));
  EXPECT_TRUE(std::filesystem::is_symlink(parent / "tusk-local-link"));
}

TEST(ScratchDirectoryTest, ANameThatIsTakenIsAnError) {
  const TempDir parent;
  std::ofstream(parent / ".tusk-local-a") << "x";
  EXPECT_FALSE(ScratchDirectory::Make(parent / "", "a").ok());
  RemoveAbandonedScratch(parent / "missing");
}

}  // namespace
}  // namespace tusk::mapreduce
