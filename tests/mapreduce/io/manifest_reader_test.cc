#include "mapreduce/io/manifest_reader.h"

#include <gtest/gtest.h>

#include <fstream>

#include "dfs/client/file_system.h"
#include "dfs/client/local_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

class ManifestReaderTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name, std::ios::binary | std::ios::trunc) << text;
  }
  Result<OutputManifest> Read() const { return ReadManifest(*files_, directory_.path()); }
  OutputManifest Example() const {
    OutputManifest manifest;
    manifest.job_uuid = std::string(32, 'a');
    manifest.tasks.push_back({"task_1_0001_r_000000", "attempt_1_0001_r_000000_0", {}});
    return manifest;
  }

  const TempDir directory_;
  const std::shared_ptr<dfs::FileSystem> files_ = dfs::MakeLocalFileSystem();
};

TEST_F(ManifestReaderTest, OnlyAFinishedJobHasOne) {
  const std::string text = Example().Encode();
  Write("_manifest", text);
  EXPECT_THAT(Read(), StatusIs(StatusCode::kFailedPrecondition));
  Write("_SUCCESS", OutputManifest::HashOf(text) + "\n");
  ASSERT_OK_AND_ASSIGN(const OutputManifest manifest, Read());
  EXPECT_EQ(manifest.job_uuid, std::string(32, 'a'));
  Write("_SUCCESS", "0123456789abcdef\n");
  EXPECT_THAT(Read(), StatusIs(StatusCode::kFailedPrecondition));
  Write("_SUCCESS", "");
  EXPECT_THAT(Read(), StatusIs(StatusCode::kFailedPrecondition));
}

TEST_F(ManifestReaderTest, SmallFilesAreBounded) {
  ASSERT_OK(WriteSmallFile(*files_, directory_ / "small", "12345"));
  EXPECT_EQ(ReadSmallFile(*files_, directory_ / "small", 5).value_or("-"), "12345");
  EXPECT_THAT(ReadSmallFile(*files_, directory_ / "small", 4), StatusIs(StatusCode::kTooLarge));
  EXPECT_THAT(ReadSmallFile(*files_, directory_ / "none", 4), StatusIs(StatusCode::kNotFound));
}

}  // namespace
}  // namespace tusk::mapreduce
