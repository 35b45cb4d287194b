#include "dfs/client/local_file_system.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/contract/file_system_contract.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

ContractTarget LocalTarget() {
  ContractTarget target;
  target.name = "Local";
  target.open = [] { return MakeLocalFileSystem(); };
  target.root = [] { return std::filesystem::temp_directory_path().string(); };
  target.deviations = {ContractDeviation::kNoReplication, ContractDeviation::kNoBlocks,
                       ContractDeviation::kVisibleWhileWritten};
  return target;
}

INSTANTIATE_TEST_SUITE_P(Local, FileSystemContract, testing::Values(LocalTarget()), ContractName);

class LocalFileSystemTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "local_fs_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::shared_ptr<FileSystem> fs_ = MakeLocalFileSystem();
  std::string directory_;
};

TEST_F(LocalFileSystemTest, RelativePathsStartAtTheWorkingDirectory) {
  EXPECT_EQ(fs_->HomeDirectory(), std::filesystem::current_path().string());
  ASSERT_OK_AND_ASSIGN(std::string path, fs_->ResolvePath("x"));
  EXPECT_EQ(path, (std::filesystem::current_path() / "x").string());
}

TEST_F(LocalFileSystemTest, BrokenLinksAreListedAndDeleted) {
  ASSERT_EQ(::symlink("/nowhere/at/all", (directory_ + "/link").c_str()), 0);
  ASSERT_OK_AND_ASSIGN(std::vector<FileStatus> entries, fs_->List(directory_));
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_TRUE(entries[0].IsSymlink());
  EXPECT_OK(fs_->Delete(directory_, true));
}

TEST_F(LocalFileSystemTest, DeleteDoesNotFollowLinks) {
  ASSERT_OK(fs_->MakeDirectories(directory_ + "/kept"));
  ASSERT_OK(fs_->MakeDirectories(directory_ + "/gone"));
  ASSERT_EQ(::symlink((directory_ + "/kept").c_str(), (directory_ + "/gone/link").c_str()), 0);
  ASSERT_OK(fs_->Delete(directory_ + "/gone", true));
  EXPECT_OK(fs_->Stat(directory_ + "/kept"));
}

TEST_F(LocalFileSystemTest, ErrorsNameThePath) {
  EXPECT_THAT(fs_->Open(directory_ + "/none"),
              StatusIs(StatusCode::kNotFound, directory_ + "/none"));
}

TEST_F(LocalFileSystemTest, RootIsNeverDeleted) {
  ASSERT_OK_AND_ASSIGN(bool deleted, fs_->Delete("/", true));
  EXPECT_FALSE(deleted);
}

}  // namespace
}  // namespace tusk::dfs
