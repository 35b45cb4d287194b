// What every Env promises, run over the real files and over those in memory.
#include "common/base/random.h"
#include "common/env/env.h"
#include "common/env/posix_env.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk {
namespace {

class EnvContract : public testing::TestWithParam<bool> {
 protected:
  EnvContract() : env_(GetParam() ? static_cast<Env&>(memory_) : PosixEnv::Get()) {
    if (GetParam()) {
      root_ = "/root";
      EXPECT_OK(env_.MakeDirectory(root_));
    } else {
      root_ = dir_.path();
    }
  }
  std::string At(const std::string& name) const { return root_ + "/" + name; }
  void Write(const std::string& name, std::string_view content) {
    ASSERT_OK_AND_ASSIGN(auto file, env_.OpenFile(At(name), OpenMode::kTruncate));
    ASSERT_OK(file->Append(AsBytes(content)));
  }
  std::string Read(const std::string& name) {
    const Result<std::string> content = env_.ReadSmallFile(At(name), 1 << 20);
    return content.ok() ? *content : content.status().ToString();
  }

  MemoryEnv memory_;
  TempDir dir_;
  Env& env_;
  std::string root_;
};

TEST_P(EnvContract, WritesAtOffsetsLeaveZerosBetween) {
  ASSERT_OK_AND_ASSIGN(auto file, env_.OpenFile(At("f"), OpenMode::kCreate));
  ASSERT_OK(file->Append(AsBytes("abc")));
  ASSERT_OK(file->PWrite(5, AsBytes("xyz")));
  ASSERT_OK(file->PWrite(1, AsBytes("B")));
  EXPECT_EQ(Read("f"), std::string("aBc\0\0xyz", 8));
  ASSERT_OK(file->Truncate(4));
  ASSERT_OK(file->Truncate(6));
  EXPECT_EQ(Read("f"), std::string("aBc\0\0\0", 6));
  ASSERT_OK(file->Sync());
  ASSERT_OK(file->DataSync());
}

TEST_P(EnvContract, ReadsAreShortOnlyAtTheEnd) {
  Write("f", "0123456789");
  ASSERT_OK_AND_ASSIGN(auto file, env_.OpenFile(At("f"), OpenMode::kRead));
  uint8_t out[8];
  ASSERT_OK_AND_ASSIGN(const size_t middle, file->PRead(1, out));
  EXPECT_EQ(middle, 8u);
  ASSERT_OK_AND_ASSIGN(const size_t end, file->PRead(7, out));
  EXPECT_EQ(AsText(ByteView(out).first(end)), "789");
  ASSERT_OK_AND_ASSIGN(const size_t beyond, file->PRead(100, out));
  EXPECT_EQ(beyond, 0u);
  EXPECT_THAT(file->PReadExactly(7, out), StatusIs(StatusCode::kCorruption, "ends at byte 10"));
  EXPECT_FALSE(file->Append(AsBytes("x")).ok());
}

TEST_P(EnvContract, OpenModes) {
  EXPECT_THAT(env_.OpenFile(At("f"), OpenMode::kRead),
              StatusIs(StatusCode::kNotFound, "No such file"));
  EXPECT_THAT(env_.OpenFile(At("f"), OpenMode::kReadWrite), StatusIs(StatusCode::kNotFound));
  EXPECT_OK(env_.OpenFile(At("f"), OpenMode::kCreate));
  EXPECT_THAT(env_.OpenFile(At("f"), OpenMode::kCreate), StatusIs(StatusCode::kAlreadyExists));
  Write("f", "abc");
  EXPECT_OK(env_.OpenFile(At("f"), OpenMode::kOpenOrCreate));
  EXPECT_EQ(Read("f"), "abc");
  EXPECT_OK(env_.OpenFile(At("f"), OpenMode::kTruncate));
  EXPECT_EQ(Read("f"), "");
  EXPECT_THAT(env_.OpenFile(root_, OpenMode::kRead), StatusIs(StatusCode::kIsADirectory));
  EXPECT_THAT(env_.OpenFile(At("f/x"), OpenMode::kCreate), StatusIs(StatusCode::kNotADirectory));
  EXPECT_THAT(env_.OpenFile(At("no/x"), OpenMode::kCreate), StatusIs(StatusCode::kNotFound));
}

TEST_P(EnvContract, ClosedFilesRefuse) {
  ASSERT_OK_AND_ASSIGN(auto file, env_.OpenFile(At("f"), OpenMode::kCreate));
  ASSERT_OK(file->Close());
  ASSERT_OK(file->Close());
  EXPECT_THAT(file->Append(AsBytes("x")), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(file->Size(), StatusIs(StatusCode::kFailedPrecondition));
}

TEST_P(EnvContract, RenameReplacesFiles) {
  Write("a", "1");
  Write("b", "2");
  ASSERT_OK(env_.Rename(At("a"), At("b")));
  EXPECT_EQ(Read("b"), "1");
  EXPECT_THAT(env_.Stat(At("a")), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(env_.Rename(At("a"), At("c")), StatusIs(StatusCode::kNotFound));
  ASSERT_OK(env_.MakeDirectory(At("d")));
  EXPECT_THAT(env_.Rename(At("b"), At("d")), StatusIs(StatusCode::kIsADirectory));
  ASSERT_OK(env_.Rename(At("b"), At("d/b")));
  EXPECT_EQ(Read("d/b"), "1");
  ASSERT_OK(env_.Rename(At("d"), At("e")));
  EXPECT_EQ(Read("e/b"), "1");
}

TEST_P(EnvContract, LinksShareContent) {
  Write("a", "1");
  ASSERT_OK(env_.Link(At("a"), At("b")));
  EXPECT_THAT(env_.Link(At("a"), At("b")), StatusIs(StatusCode::kAlreadyExists));
  ASSERT_OK(env_.RemoveFile(At("a")));
  EXPECT_EQ(Read("b"), "1");
}

TEST_P(EnvContract, DirectoriesListSortedAndGoWhenEmpty) {
  ASSERT_OK(env_.MakeDirectory(At("d")));
  EXPECT_THAT(env_.MakeDirectory(At("d")), StatusIs(StatusCode::kAlreadyExists));
  Write("d/2", "");
  Write("d/10", "");
  Write("d/1", "");
  ASSERT_OK_AND_ASSIGN(const auto names, env_.ListDirectory(At("d")));
  EXPECT_EQ(names, (std::vector<std::string>{"1", "10", "2"}));
  EXPECT_THAT(env_.RemoveDirectory(At("d")), StatusIs(StatusCode::kNotEmpty));
  EXPECT_THAT(env_.RemoveFile(At("d")), StatusIs(StatusCode::kIsADirectory));
  EXPECT_THAT(env_.ListDirectory(At("d/1")), StatusIs(StatusCode::kNotADirectory));
  ASSERT_OK(env_.SyncDirectory(At("d")));
  for (const std::string& name : names) ASSERT_OK(env_.RemoveFile(At("d/" + name)));
  ASSERT_OK(env_.RemoveDirectory(At("d")));
  EXPECT_THAT(env_.ListDirectory(At("d")), StatusIs(StatusCode::kNotFound));
}

TEST_P(EnvContract, StatTellsTypeSizeAndMode) {
  Write("f", "12345");
  ASSERT_OK(env_.SetMode(At("f"), 0640));
  ASSERT_OK_AND_ASSIGN(const FileStat file, env_.Stat(At("f")));
  EXPECT_EQ(file.type, FileType::kRegular);
  EXPECT_EQ(file.size, 5u);
  EXPECT_EQ(file.mode, 0640u);
  EXPECT_GT(file.modified_millis, 1'600'000'000'000);
  ASSERT_OK_AND_ASSIGN(const FileStat directory, env_.Stat(root_));
  EXPECT_EQ(directory.type, FileType::kDirectory);
}

TEST_P(EnvContract, LocksExcludeUntilReleased) {
  ASSERT_OK_AND_ASSIGN(auto lock, env_.Lock(At("lock")));
  EXPECT_THAT(env_.Lock(At("lock")), StatusIs(StatusCode::kFailedPrecondition, "held"));
  lock.reset();
  EXPECT_OK(env_.Lock(At("lock")));
}

TEST_P(EnvContract, SpaceIsPlausible) {
  ASSERT_OK_AND_ASSIGN(const DiskSpace space, env_.Space(root_));
  EXPECT_GT(space.capacity, 0u);
  EXPECT_LE(space.available, space.capacity);
}

TEST_P(EnvContract, MakeAndRemoveTrees) {
  ASSERT_OK(env_.MakeDirectories(At("a/b/c")));
  ASSERT_OK(env_.MakeDirectories(At("a/b/c")));
  Write("a/b/f", "x");
  EXPECT_THAT(env_.MakeDirectories(At("a/b/f")), StatusIs(StatusCode::kNotADirectory));
  EXPECT_THAT(env_.MakeDirectories(At("a/b/f/g")), StatusIs(StatusCode::kNotADirectory));
  ASSERT_OK(env_.RemoveTree(At("a")));
  ASSERT_OK(env_.RemoveTree(At("a")));
  ASSERT_OK_AND_ASSIGN(const bool exists, env_.Exists(At("a")));
  EXPECT_FALSE(exists);
}

TEST_P(EnvContract, SmallFilesAreBounded) {
  ASSERT_OK(env_.ReplaceFile(At("f"), AsBytes("12345")));
  ASSERT_OK(env_.ReplaceFile(At("f"), AsBytes("1234567")));
  EXPECT_EQ(Read("f"), "1234567");
  EXPECT_THAT(env_.ReadSmallFile(At("f"), 6), StatusIs(StatusCode::kTooLarge));
  EXPECT_OK(env_.ReadSmallFile(At("f"), 7));
  ASSERT_OK_AND_ASSIGN(const auto names, env_.ListDirectory(root_));
  EXPECT_EQ(names, std::vector<std::string>{"f"});
}

INSTANTIATE_TEST_SUITE_P(Envs, EnvContract, testing::Values(false, true),
                         [](const auto& info) { return info.param ? "Memory" : "Posix"; });

}  // namespace
}  // namespace tusk
