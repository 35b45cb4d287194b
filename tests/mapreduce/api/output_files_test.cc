#include "mapreduce/api/output_files.h"

#include <gtest/gtest.h>

#include "dfs/client/streams.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

/// Takes everything and keeps nothing.
class NoStream final : public dfs::OutputStream {
 public:
  Status Write(ByteView data) override {
    length_ += data.size();
    return Status::Ok();
  }
  Status Flush() override { return Status::Ok(); }
  Status Sync() override { return Status::Ok(); }
  uint64_t Position() const override { return length_; }
  Status Close() override { return Status::Ok(); }

 private:
  uint64_t length_ = 0;
};

class OutputFilesTest : public testing::Test {
 protected:
  OutputFiles files_{
      "part-r-00003", [](const std::string& name) -> Result<std::unique_ptr<OutputFileWriter>> {
        return std::make_unique<OutputFileWriter>(name, std::make_unique<NoStream>());
      }};
};

TEST_F(OutputFilesTest, FilesInTheOrderInWhichTheyWereCompleted) {
  ASSERT_OK_AND_ASSIGN(OutputFileWriter* const first, files_.Open("a=1/part-r-00003"));
  ASSERT_OK_AND_ASSIGN(OutputFileWriter* const second, files_.Open("part-r-00003"));
  first->Append("first");
  second->Append("second one");
  second->CountRecords(2);
  ASSERT_OK_AND_ASSIGN(const OutputFile completed, files_.Complete(second));
  EXPECT_EQ(completed.name, "part-r-00003");
  EXPECT_EQ(completed.length, 10U);
  EXPECT_EQ(completed.records, 2U);
  ASSERT_OK_AND_ASSIGN(const std::vector<OutputFile> all, files_.Finish());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0], completed);
  EXPECT_EQ(all[1].name, "a=1/part-r-00003");
  EXPECT_EQ(all[1].length, 5U);
}

TEST_F(OutputFilesTest, NamesAreCheckedAndTakenOnce) {
  ASSERT_OK(files_.Open("x"));
  EXPECT_THAT(files_.Open("x"), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(files_.Open("a/../b"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(files_.Open("_hidden"), StatusIs(StatusCode::kInvalidArgument));
}

TEST_F(OutputFilesTest, ATaskHasOnlySoManyFiles) {
  for (size_t i = 0; i < OutputFiles::kMaxFiles; ++i) {
    ASSERT_OK_AND_ASSIGN(OutputFileWriter* const file, files_.Open(std::to_string(i)));
    ASSERT_OK(files_.Complete(file));
  }
  EXPECT_THAT(files_.Open("more"), StatusIs(StatusCode::kTooLarge, "10000"));
}

}  // namespace
}  // namespace tusk::mapreduce
