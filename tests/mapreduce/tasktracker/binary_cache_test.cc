#include "mapreduce/tasktracker/binary_cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "dfs/client/local_file_system.h"
#include "mapreduce/client/job_client.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce::tasktracker {
namespace {

namespace fs = std::filesystem;

class BinaryCacheTest : public ::testing::Test {
 protected:
  BinaryCache Make(uint64_t max_bytes = 1 << 20) {
    return BinaryCache(directory_ / "cache", max_bytes, [this](const std::string&) {
      ++opened_;
      return Result<std::shared_ptr<dfs::FileSystem>>(dfs::MakeLocalFileSystem());
    });
  }
  /// A program in "the file system"; returns its hash.
  std::string Put(const std::string& name, const std::string& content) const {
    std::ofstream(directory_ / name, std::ios::binary) << content;
    return HashOfFile(directory_ / name).value_or("");
  }
  size_t Kept() const {
    size_t count = 0;
    for (const auto& entry : fs::directory_iterator(directory_ / "cache")) {
      static_cast<void>(entry);
      ++count;
    }
    return count;
  }

  const TempDir directory_;
  int opened_ = 0;
};

TEST_F(BinaryCacheTest, FetchesOnce) {
  BinaryCache cache = Make();
  ASSERT_OK(cache.Open());
  const std::string hash = Put("program", "one");
  ASSERT_OK_AND_ASSIGN(const std::string path, cache.Fetch("", directory_ / "program", hash));
  EXPECT_EQ(fs::file_size(path), 3U);
  EXPECT_NE(fs::status(path).permissions() & fs::perms::owner_exec, fs::perms::none);
  fs::remove(directory_ / "program");
  EXPECT_OK(cache.Fetch("", directory_ / "program", hash));
  EXPECT_EQ(opened_, 1);
}

TEST_F(BinaryCacheTest, OtherBytesThanTheHashAreRefused) {
  BinaryCache cache = Make();
  ASSERT_OK(cache.Open());
  const std::string hash = Put("program", "one");
  Put("program", "two");
  EXPECT_THAT(cache.Fetch("", directory_ / "program", hash), StatusIs(StatusCode::kCorruption));
  EXPECT_EQ(Kept(), 0U);
}

TEST_F(BinaryCacheTest, KeepsWhatAnEarlierRunLeftButNoParts) {
  const std::string hash = Put("program", "one");
  {
    BinaryCache cache = Make();
    ASSERT_OK(cache.Open());
    ASSERT_OK(cache.Fetch("", directory_ / "program", hash));
  }
  std::ofstream(directory_ / "cache/x.part") << "half";
  BinaryCache again = Make();
  ASSERT_OK(again.Open());
  EXPECT_EQ(Kept(), 1U);
  fs::remove(directory_ / "program");
  EXPECT_OK(again.Fetch("", directory_ / "program", hash));
}

TEST_F(BinaryCacheTest, TheLeastRecentlyUsedGoesFirst) {
  BinaryCache cache = Make(2500);
  ASSERT_OK(cache.Open());
  const std::string a = Put("a", std::string(1000, 'a')), b = Put("b", std::string(1000, 'b')),
                    c = Put("c", std::string(1000, 'c'));
  ASSERT_OK(cache.Fetch("", directory_ / "a", a));
  ASSERT_OK(cache.Fetch("", directory_ / "b", b));
  ASSERT_OK(cache.Fetch("", directory_ / "a", a));
  ASSERT_OK(cache.Fetch("", directory_ / "c", c));
  EXPECT_EQ(Kept(), 2U);
  EXPECT_TRUE(fs::exists(directory_ / ("cache/" + a)));
  EXPECT_FALSE(fs::exists(directory_ / ("cache/" + b)));
}

TEST_F(BinaryCacheTest, AProgramThatIsNotThereIsNamed) {
  BinaryCache cache = Make();
  ASSERT_OK(cache.Open());
  const std::string hash = Put("program", "one");
  EXPECT_THAT(cache.Fetch("", directory_ / "none", hash),
              StatusIs(StatusCode::kNotFound, directory_ / "none"));
}

}  // namespace
}  // namespace tusk::mapreduce::tasktracker
