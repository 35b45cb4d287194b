#include "mapreduce/io/output_committer.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/base/random.h"
#include "dfs/client/file_system.h"
#include "dfs/client/local_file_system.h"
#include "mapreduce/io/manifest_reader.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

class OutputCommitterTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        std::filesystem::temp_directory_path() / ("committer_test." + std::to_string(RandomSeed()));
    std::filesystem::create_directories(root_);
    spec_.uuid = "0123456789abcdef0123456789abcdef";
    spec_.output_path = root_ / "out";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  static AttemptId Attempt(uint32_t task, uint32_t number) {
    return {{{1, 1}, TaskType::kReduce, task}, number};
  }

  TaskOutput WriteAttempt(const AttemptId& attempt, std::string_view text) {
    const OutputCommitter committer(spec_, *files_);
    auto file = committer.OpenFile(attempt, OutputCommitter::PartName(attempt.task));
    EXPECT_OK(file);
    (*file)->Append(text);
    auto written = (*file)->Close();
    EXPECT_OK(written);
    return {attempt.task.ToString(), attempt.ToString(), {*written}};
  }

  std::string Text(const std::string& name) {
    const auto text = ReadSmallFile(*files_, spec_.output_path + "/" + name, 1000);
    return text.ok() ? *text : text.status().ToString();
  }

  std::filesystem::path root_;
  JobSpec spec_;
  std::shared_ptr<dfs::FileSystem> files_ = dfs::MakeLocalFileSystem();
};

TEST_F(OutputCommitterTest, OneAttemptOfEachTaskAppears) {
  const OutputCommitter committer(spec_, *files_);
  ASSERT_OK(committer.SetUpJob());
  OutputManifest manifest{spec_.uuid, {}};
  WriteAttempt(Attempt(0, 0), "loser");
  manifest.tasks.push_back(WriteAttempt(Attempt(0, 1), "winner"));
  ASSERT_OK(committer.CommitTask(Attempt(0, 1)));
  ASSERT_OK(committer.CommitTask(Attempt(0, 1)));
  EXPECT_THAT(committer.CommitTask(Attempt(0, 0)), StatusIs(StatusCode::kStaleEpoch));
  manifest.tasks.push_back(WriteAttempt(Attempt(1, 0), "second"));
  ASSERT_OK(committer.CommitTask(Attempt(1, 0)));
  EXPECT_FALSE(*files_->Exists(spec_.output_path + "/_SUCCESS"));
  ASSERT_OK(committer.CommitJob(manifest));
  EXPECT_EQ(Text("part-r-00000"), "winner");
  EXPECT_EQ(Text("part-r-00001"), "second");
  ASSERT_OK_AND_ASSIGN(const OutputManifest read, ReadManifest(*files_, spec_.output_path));
  EXPECT_EQ(read, manifest);
  EXPECT_FALSE(*files_->Exists(spec_.output_path + "/_temporary"));
  ASSERT_OK(committer.CommitJob(manifest));
}

TEST_F(OutputCommitterTest, ALaterAttemptReplacesOneThatWasLostAfterItsCommit) {
  const OutputCommitter committer(spec_, *files_);
  ASSERT_OK(committer.SetUpJob());
  WriteAttempt(Attempt(0, 0), "lost with its tracker");
  ASSERT_OK(committer.CommitTask(Attempt(0, 0)));
  OutputManifest manifest{spec_.uuid, {WriteAttempt(Attempt(0, 1), "again")}};
  ASSERT_OK(committer.CommitTask(Attempt(0, 1)));
  ASSERT_OK(committer.CommitTask(Attempt(0, 1)));
  // The first comes back to life: what counts stays.
  EXPECT_THAT(committer.CommitTask(Attempt(0, 0)), StatusIs(StatusCode::kStaleEpoch));
  ASSERT_OK(committer.CommitJob(manifest));
  EXPECT_EQ(Text("part-r-00000"), "again");
}

/// Fails every call that changes something from the n-th on, as if the process had died there.
class DyingFileSystem final : public dfs::FileSystem {
 public:
  DyingFileSystem(dfs::FileSystem& under, int calls) : under_(under), calls_(calls) {}

  bool died() const { return calls_ < 0; }
  std::string Uri() const override { return under_.Uri(); }
  std::string HomeDirectory() const override { return under_.HomeDirectory(); }
  std::string UserName() const override { return under_.UserName(); }
  Result<std::unique_ptr<dfs::InputStream>> Open(std::string_view path,
                                                 const dfs::OpenOptions& options) override {
    return under_.Open(path, options);
  }
  Result<std::unique_ptr<dfs::OutputStream>> Create(std::string_view path,
                                                    const dfs::CreateOptions& options) override {
    RETURN_IF_ERROR(Live());
    return under_.Create(path, options);
  }
  Result<std::unique_ptr<dfs::OutputStream>> Append(std::string_view path) override {
    return under_.Append(path);
  }
  Result<dfs::FileStatus> Stat(std::string_view path) override { return under_.Stat(path); }
  Result<std::unique_ptr<dfs::ListIterator>> ListPaged(std::string_view path) override {
    return under_.ListPaged(path);
  }
  Status MakeDirectories(std::string_view path, uint16_t permission) override {
    RETURN_IF_ERROR(Live());
    return under_.MakeDirectories(path, permission);
  }
  Status Rename(std::string_view from, std::string_view to,
                const dfs::RenameOptions& options) override {
    RETURN_IF_ERROR(Live());
    return under_.Rename(from, to, options);
  }
  Result<bool> Delete(std::string_view path, bool recursive) override {
    RETURN_IF_ERROR(Live());
    return under_.Delete(path, recursive);
  }
  Status SetPermission(std::string_view path, uint16_t mode) override {
    return under_.SetPermission(path, mode);
  }
  Status SetOwner(std::string_view path, std::string_view owner, std::string_view group) override {
    return under_.SetOwner(path, owner, group);
  }
  Status SetTimes(std::string_view path, int64_t modified, int64_t read) override {
    return under_.SetTimes(path, modified, read);
  }
  Result<bool> SetReplication(std::string_view path, uint16_t n) override {
    return under_.SetReplication(path, n);
  }
  Result<bool> CheckAccess(std::string_view path, bool read, bool write, bool execute) override {
    return under_.CheckAccess(path, read, write, execute);
  }
  Result<dfs::ContentSummary> GetContentSummary(std::string_view path) override {
    return under_.GetContentSummary(path);
  }
  Result<dfs::FsStats> GetFsStats() override { return under_.GetFsStats(); }
  Result<dfs::ServerDefaults> GetServerDefaults() override { return under_.GetServerDefaults(); }
  Result<std::vector<dfs::BlockLocation>> GetBlockLocations(std::string_view path, uint64_t offset,
                                                            uint64_t length) override {
    return under_.GetBlockLocations(path, offset, length);
  }

 private:
  Status Live() {
    if (calls_-- > 0) return Status::Ok();
    calls_ = -1;
    return Status(StatusCode::kUnavailable, "died");
  }

  dfs::FileSystem& under_;
  int calls_;
};

TEST_F(OutputCommitterTest, JobCommitIsRepeatableAfterEveryStep) {
  for (int calls = 0;; ++calls) {
    SCOPED_TRACE(calls);
    std::filesystem::remove_all(spec_.output_path);
    const OutputCommitter committer(spec_, *files_);
    ASSERT_OK(committer.SetUpJob());
    OutputManifest manifest{spec_.uuid, {}};
    for (uint32_t task = 0; task < 3; ++task) {
      manifest.tasks.push_back(WriteAttempt(Attempt(task, 0), "text " + std::to_string(task)));
      ASSERT_OK(committer.CommitTask(Attempt(task, 0)));
    }
    DyingFileSystem dying(*files_, calls);
    const Status first = OutputCommitter(spec_, dying).CommitJob(manifest);
    if (*files_->Exists(spec_.output_path + "/_SUCCESS")) {
      // Then everything else must be there.
      for (uint32_t task = 0; task < 3; ++task) {
        EXPECT_EQ(Text("part-r-0000" + std::to_string(task)), "text " + std::to_string(task));
      }
    }
    ASSERT_OK(committer.CommitJob(manifest));
    for (uint32_t task = 0; task < 3; ++task) {
      EXPECT_EQ(Text("part-r-0000" + std::to_string(task)), "text " + std::to_string(task));
    }
    EXPECT_OK(ReadManifest(*files_, spec_.output_path));
    if (first.ok()) {
      EXPECT_GT(calls, 5);
      break;
    }
  }
}

TEST_F(OutputCommitterTest, RefusesAnExistingOutput) {
  ASSERT_OK(files_->MakeDirectories(spec_.output_path));
  EXPECT_THAT(OutputCommitter(spec_, *files_).SetUpJob(),
              StatusIs(StatusCode::kAlreadyExists, "already exists"));
}

TEST_F(OutputCommitterTest, AbortLeavesNothing) {
  const OutputCommitter committer(spec_, *files_);
  ASSERT_OK(committer.SetUpJob());
  ASSERT_OK(committer.SetUpJob());
  WriteAttempt(Attempt(0, 0), "text");
  ASSERT_OK(committer.AbortTask(Attempt(0, 0)));
  ASSERT_OK(committer.AbortJob());
  EXPECT_FALSE(*files_->Exists(spec_.output_path));
}

TEST_F(OutputCommitterTest, RefusesNamesThatLeaveTheDirectory) {
  const OutputCommitter committer(spec_, *files_);
  for (const char* name : {"", "../x", "/x", "a//b", "_SUCCESS", ".x", "a/../b", "a\nb"}) {
    EXPECT_THAT(committer.OpenFile(Attempt(0, 0), name), StatusIs(StatusCode::kInvalidArgument))
        << name;
  }
}

}  // namespace
}  // namespace tusk::mapreduce
