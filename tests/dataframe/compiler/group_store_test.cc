#include "dataframe/compiler/group_store.h"

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/compiler/group_file.h"
#include "dataframe/type/arrow_runtime.h"
#include "dfs/client/local_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kFamily = "0123456789abcdef0123456789abcdef";
constexpr int64_t kEnough = int64_t{1} << 20;

class GroupStoreTest : public ::testing::Test {
 protected:
  GroupStoreTest() { InitializeArrow(); }

  static BatchPtr Groups(int64_t rows) {
    arrow::Int64Builder builder;
    for (int64_t i = 0; i < rows; ++i) EXPECT_TRUE(builder.Append(i).ok());
    return arrow::RecordBatch::Make(arrow::schema({arrow::field("k", arrow::int64())}), rows,
                                    {*builder.Finish()});
  }

  /// What an attempt of `reduce` does.
  void KeepPart(const std::string& run, uint32_t reduce, int64_t groups,
                const std::string& attempt = "a", int64_t limit = kEnough) {
    GroupFile file(*files_, run, reduce, attempt, limit);
    if (file.Wants(8 * groups) && groups > 0) file.Keep(Groups(groups));
    file.Finish();
  }

  std::string NewRun() { return store_.NewRun(kFamily).value(); }
  size_t EntriesOf(const std::string& run) { return files_->List(run).value().size(); }
  std::vector<KeptGroups> Find() { return store_.Find(kFamily, input_).value(); }

  TempDir dir_;
  std::shared_ptr<dfs::FileSystem> files_ = dfs::MakeLocalFileSystem();
  GroupStore store_{*files_, dir_ / "stages"};
  std::vector<SourceFile> input_ = std::vector<SourceFile>(1, SourceFile{"/a", 5, 6, -1, {}});
};

TEST_F(GroupStoreTest, ARunCountsFromItsRecordOn) {
  EXPECT_THAT(Find(), IsEmpty());
  const std::string run = NewRun();
  KeepPart(run, 0, 3);
  KeepPart(run, 1, 0);
  EXPECT_THAT(Find(), IsEmpty());
  ASSERT_OK(store_.Complete(run, 2, input_));
  const std::vector<KeptGroups> found = Find();
  ASSERT_THAT(found, SizeIs(1));
  ASSERT_THAT(found[0].parts, SizeIs(2));
  EXPECT_EQ(found[0].parts[0].rows, 3);
  EXPECT_GT(found[0].parts[0].length, 0U);
  EXPECT_EQ(found[0].parts[1].rows, 0);
}

TEST_F(GroupStoreTest, ARunInWhichAReduceGaveUpIsRemoved) {
  const std::string run = NewRun();
  KeepPart(run, 0, 3);
  KeepPart(run, 1, 3, "a", 23);
  EXPECT_EQ(EntriesOf(run), 1U);
  ASSERT_OK(store_.Complete(run, 2, input_));
  EXPECT_FALSE(files_->Exists(run).value());
  EXPECT_THAT(Find(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(const auto runs, store_.Runs());
  EXPECT_THAT(runs, IsEmpty());
}

TEST_F(GroupStoreTest, OfTwoAttemptsTheFirstOneStays) {
  const std::string run = NewRun();
  KeepPart(run, 0, 3, "a");
  KeepPart(run, 0, 3, "b");
  EXPECT_EQ(EntriesOf(run), 1U);
  ASSERT_OK(store_.Complete(run, 1, input_));
  EXPECT_THAT(Find(), SizeIs(1));
}

TEST_F(GroupStoreTest, AnAttemptThatIsCutOffLeavesNothing) {
  const std::string run = NewRun();
  {
    GroupFile file(*files_, run, 0, "a", kEnough);
    ASSERT_TRUE(file.Wants(24));
    file.Keep(Groups(3));
  }
  EXPECT_EQ(EntriesOf(run), 0U);
}

TEST_F(GroupStoreTest, AnAttemptDoesNotBringARemovedRunBack) {
  const std::string run = NewRun();
  ASSERT_OK(store_.Remove(run));
  KeepPart(run, 0, 3);
  EXPECT_FALSE(files_->Exists(run).value());
}

TEST_F(GroupStoreTest, APartThatIsMissingMakesTheRunUseless) {
  const std::string run = NewRun();
  KeepPart(run, 0, 3);
  ASSERT_OK(store_.Complete(run, 1, input_));
  ASSERT_THAT(Find(), SizeIs(1));
  ASSERT_OK(files_->Delete(Find()[0].parts[0].path, false));
  EXPECT_THAT(Find(), IsEmpty());
}

TEST_F(GroupStoreTest, RunsOfOtherFamiliesStay) {
  const std::string other = store_.NewRun("another").value();
  const std::string run = NewRun();
  ASSERT_OK_AND_ASSIGN(const auto runs, store_.Runs());
  EXPECT_THAT(runs, SizeIs(2));
  ASSERT_OK(store_.Remove(run));
  EXPECT_TRUE(files_->Exists(other).value());
  EXPECT_FALSE(files_->Exists(dir_ / (std::string("stages/groups/") + kFamily)).value());
}

TEST(GroupFileNameTest, ComesBackFromItsText) {
  const GroupFileName name{3, 1234};
  EXPECT_EQ(name.ToString(), "00003-1234.arrow");
  EXPECT_EQ(GroupFileName::Parse("00003-1234.arrow"), name);
  for (const char* other : {"record", "_writing_x", "00003.arrow", "3-x.arrow", "3-1.arrow.gz", ""})
    EXPECT_EQ(GroupFileName::Parse(other), std::nullopt) << other;
}

}  // namespace
}  // namespace tusk::df
