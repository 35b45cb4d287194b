#include "dataframe/source/dfs_arrow_file_system.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include <arrow/io/interfaces.h>
#include <arrow/util/future.h>

#include "dataframe/source/arrow_files.h"
#include "dataframe/type/arrow_status.h"
#include "dfs/client/file_system.h"
#include "mapreduce/api/output_format.h"
#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

using arrow::fs::FileType;

class DfsArrowFileSystemTest : public testing::Test {
 protected:
  FileType TypeOf(const std::string& path) { return files_.GetFileInfo(path).ValueOrDie().type(); }

  void Write(const std::string& path, const std::string& text) {
    auto out = files_.OpenOutputStream(path, nullptr).ValueOrDie();
    ASSERT_TRUE(out->Write(text).ok());
    ASSERT_TRUE(out->Close().ok());
  }
  std::string Read(const std::string& path) {
    auto in = files_.OpenInputStream(path).ValueOrDie();
    return in->Read(1000).ValueOrDie()->ToString();
  }

  const TempDir dir_;
  DfsArrowFileSystem files_{dfs::MakeLocalFileSystem()};
};

TEST_F(DfsArrowFileSystemTest, WritesReadsMovesCopiesDeletes) {
  ASSERT_TRUE(files_.CreateDir(dir_ / "a/b", true).ok());
  EXPECT_FALSE(files_.CreateDir(dir_ / "x/y", false).ok());
  Write(dir_ / "a/f", "hello");
  EXPECT_EQ(Read(dir_ / "a/f"), "hello");
  EXPECT_EQ(TypeOf(dir_ / "a/f"), FileType::File);
  EXPECT_EQ(files_.GetFileInfo(dir_ / "a/f").ValueOrDie().size(), 5);
  EXPECT_EQ(TypeOf(dir_ / "a/b"), FileType::Directory);
  EXPECT_EQ(TypeOf(dir_ / "a/none"), FileType::NotFound);
  EXPECT_EQ(TypeOf(dir_ / "a/f/none"), FileType::NotFound);
  Write(dir_ / "a/g", "other");
  ASSERT_TRUE(files_.Move(dir_ / "a/f", dir_ / "a/g").ok());
  EXPECT_EQ(Read(dir_ / "a/g"), "hello");
  ASSERT_TRUE(files_.CopyFile(dir_ / "a/g", dir_ / "a/h").ok());
  EXPECT_EQ(Read(dir_ / "a/h"), "hello");
  ASSERT_TRUE(files_.DeleteFile(dir_ / "a/g").ok());
  EXPECT_FALSE(files_.DeleteFile(dir_ / "a/g").ok());
  EXPECT_FALSE(files_.DeleteFile(dir_ / "a/b").ok());
  EXPECT_FALSE(files_.DeleteDir(dir_ / "a/h").ok());
  ASSERT_TRUE(files_.DeleteDirContents(dir_ / "a").ok());
  EXPECT_EQ(TypeOf(dir_ / "a/b"), FileType::NotFound);
  ASSERT_TRUE(files_.DeleteDir(dir_ / "a").ok());
  EXPECT_FALSE(files_.DeleteDirContents(dir_ / "a").ok());
  EXPECT_TRUE(files_.DeleteDirContents(dir_ / "a", true).ok());
  EXPECT_FALSE(files_.DeleteDirContents("/").ok());
  EXPECT_TRUE(files_.Equals(DfsArrowFileSystem(dfs::MakeLocalFileSystem())));
}

TEST_F(DfsArrowFileSystemTest, SelectsFiles) {
  WriteText(dir_ / "t/a/b/c", "1");
  WriteText(dir_ / "t/d", "2");
  arrow::fs::FileSelector select;
  select.base_dir = dir_ / "t";
  const auto paths = [&] {
    std::vector<std::string> out;
    const auto found = files_.GetFileInfo(select).ValueOrDie();
    for (const auto& info : found) out.push_back(info.path().substr(dir_.path().size()));
    std::sort(out.begin(), out.end());
    return out;
  };
  EXPECT_EQ(paths(), (std::vector<std::string>{"/t/a", "/t/d"}));
  select.recursive = true;
  EXPECT_EQ(paths(), (std::vector<std::string>{"/t/a", "/t/a/b", "/t/a/b/c", "/t/d"}));
  select.max_recursion = 1;
  EXPECT_EQ(paths(), (std::vector<std::string>{"/t/a", "/t/a/b", "/t/d"}));
  select.base_dir = dir_ / "none";
  EXPECT_FALSE(files_.GetFileInfo(select).ok());
  select.allow_not_found = true;
  EXPECT_EQ(paths(), (std::vector<std::string>{}));
  select.base_dir = dir_ / "t/d";
  EXPECT_FALSE(files_.GetFileInfo(select).ok());
}

TEST(ArrowFilesTest, ReadsAtPositionsUpToTheEnd) {
  const TempDir dir;
  WriteText(dir / "f", "0123456789");
  ASSERT_OK_AND_ASSIGN(const auto file, OpenArrowInput(LocalFiles(), dir / "f"));
  EXPECT_EQ(file->GetSize().ValueOrDie(), 10);
  EXPECT_EQ(file->ReadAt(3, 4).ValueOrDie()->ToString(), "3456");
  EXPECT_EQ(file->ReadAt(8, 400).ValueOrDie()->ToString(), "89");
  EXPECT_EQ(file->ReadAt(80, 400).ValueOrDie()->size(), 0);
  EXPECT_FALSE(file->ReadAt(8, 400, false).ok());
  EXPECT_FALSE(file->ReadAt(-1, 4).ok());
  // A length out of a damaged footer allocates nothing.
  EXPECT_EQ(file->ReadAt(0, int64_t{1} << 60).ValueOrDie()->size(), 10);
  EXPECT_EQ(
      file->ReadAsync(arrow::io::default_io_context(), 1, 2).result().ValueOrDie()->ToString(),
      "12");
  ASSERT_TRUE(file->Seek(7).ok());
  EXPECT_EQ(file->Read(2).ValueOrDie()->ToString(), "78");
  EXPECT_EQ(file->Tell().ValueOrDie(), 9);
  EXPECT_THAT(OpenArrowInput(LocalFiles(), dir / "none"), StatusIs(StatusCode::kNotFound));
}

TEST(ArrowFilesTest, WritesLargeAndSmallPiecesInOrder) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(auto stream, LocalFiles().Create(dir / "f"));
  const auto out = MakeArrowOutput(std::move(stream));
  const std::string large(3 << 20, 'x');
  ASSERT_TRUE(out->Write("ab").ok() && out->Write(large).ok() && out->Write("cd").ok());
  EXPECT_EQ(out->Tell().ValueOrDie(), static_cast<int64_t>(large.size()) + 4);
  ASSERT_TRUE(out->Close().ok());
  ASSERT_OK_AND_ASSIGN(const auto file, OpenArrowInput(LocalFiles(), dir / "f"));
  EXPECT_EQ(file->Read(10 << 20).ValueOrDie()->ToString(), "ab" + large + "cd");
}

TEST(ArrowFilesTest, WritesIntoTheFileOfATask) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(auto stream, LocalFiles().Create(dir / "part-r-00000"));
  mapreduce::OutputFileWriter writer("part-r-00000", std::move(stream));
  const auto out = MakeArrowOutput(&writer);
  ASSERT_TRUE(out->Write("hello").ok() && out->Close().ok());
  ASSERT_OK_AND_ASSIGN(const mapreduce::OutputFile file, writer.Close());
  EXPECT_EQ(file.length, 5U);
  ASSERT_OK_AND_ASSIGN(const auto status, LocalFiles().Stat(dir / "part-r-00000"));
  EXPECT_EQ(status.length, 5U);
}

}  // namespace
}  // namespace tusk::df
