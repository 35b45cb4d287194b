#include "dataframe/api/stage_directory.h"

#include <gtest/gtest.h>

#include "dfs/client/file_system.h"
#include "dfs/client/local_file_system.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

using Environment = std::vector<std::pair<std::string, std::string>>;

class StageDirectory : public ::testing::Test {
 protected:
  std::string Of(const std::string& configured, const Environment& environment) {
    EXPECT_OK(session_.MutableConfig().Set("tusk.sql.stage-dir", configured, "test"));
    return StageDirectoryOf(session_->config(), *files_, environment);
  }

  LocalSession session_;
  TempDir dir_;
  std::shared_ptr<dfs::FileSystem> files_ = dfs::MakeLocalFileSystem();
};

TEST_F(StageDirectory, IsTheUsersOwn) {
  const Environment home = {{"HOME", "/home/ann"}};
  const Environment both = {{"HOME", "/home/ann"}, {"XDG_CACHE_HOME", "/caches/ann"}};
  EXPECT_EQ(Of("", home), "/home/ann/.cache/tusk/stages");
  EXPECT_EQ(Of("", both), "/caches/ann/tusk/stages");
  EXPECT_EQ(Of("", {{"HOME", "/home/ann"}, {"XDG_CACHE_HOME", "caches"}}), Of("", home));
  EXPECT_EQ(Of("", {}), "/tmp/tusk-stages/" + files_->UserName());
  EXPECT_EQ(Of("/stages", both), "/stages/" + files_->UserName());
}

TEST_F(StageDirectory, IsMadeForItsUserAlone) {
  const std::string path = dir_ / "cache/tusk/stages";
  ASSERT_OK(PrepareStageDirectory(*files_, path));
  ASSERT_OK_AND_ASSIGN(const dfs::FileStatus status, files_->Stat(path));
  EXPECT_EQ(status.permission, 0700);
  EXPECT_OK(PrepareStageDirectory(*files_, path));
}

TEST_F(StageDirectory, IsNotBelievedWhenOthersMayWriteThere) {
  const std::string path = dir_ / "stages";
  ASSERT_OK(PrepareStageDirectory(*files_, path));
  ASSERT_OK(files_->SetPermission(path, 0755));
  EXPECT_OK(PrepareStageDirectory(*files_, path));
  for (const uint16_t mode : {0770, 0703, 01777}) {
    ASSERT_OK(files_->SetPermission(path, mode));
    EXPECT_THAT(PrepareStageDirectory(*files_, path),
                StatusIs(StatusCode::kPermissionDenied, "tusk.sql.stage-dir"));
  }
}

}  // namespace
}  // namespace tusk::df
