#include "dfs/namenode/ops/rename.h"

#include "tests/dfs/namenode/ops/namenode_in_memory.h"

namespace tusk::dfs::namenode {
namespace {

class RenameTest : public NamenodeInMemory {
 protected:
  void SetUp() override {
    NamenodeInMemory::SetUp();
    MakeDirectory("/a");
    MakeDirectory("/a/full");
    MakeFile("/a/full/x");
    MakeDirectory("/b");
    MakeFile("/a/file");
    MakeFile("/b/other");
  }

  bool Old(const std::string& from, const std::string& to) {
    const auto renamed = Rename(*context_, root_, from, to);
    EXPECT_OK(renamed);
    return renamed.ok() && renamed->value;
  }
  Status New(const std::string& from, const std::string& to, bool overwrite = false) {
    return Rename2(*context_, root_, from, to, {.overwrite = overwrite}).status();
  }
};

TEST_F(RenameTest, TheOldOneMovesIntoADirectory) {
  const uint64_t id = StatusAt("/a/full").file_id;
  EXPECT_TRUE(Old("/a/full", "/b"));
  EXPECT_FALSE(Exists("/a/full"));
  EXPECT_TRUE(Exists("/b/full/x"));
  EXPECT_EQ(StatusAt("/b/full").file_id, id);
  EXPECT_TRUE(Old("/b/full", "/c"));
  EXPECT_TRUE(Exists("/c/x"));
}

TEST_F(RenameTest, TheOldOneAnswersFalseWhereNothingCanBeRenamed) {
  EXPECT_FALSE(Old("/missing", "/c")) << "no source";
  EXPECT_FALSE(Old("/", "/c")) << "the root";
  EXPECT_FALSE(Old("/a/file", "/b/other")) << "a file is there";
  EXPECT_FALSE(Old("/a", "/a/full/deeper")) << "below itself";
  EXPECT_FALSE(Old("/a", "/a/full")) << "into what is below itself";
  EXPECT_FALSE(Old("/a/file", "/missing/file")) << "no parent";
  EXPECT_TRUE(Old("/a/file", "/a/file")) << "itself";
  EXPECT_TRUE(Exists("/a/file"));
}

TEST_F(RenameTest, ADirectoryOfTheSameNameInsideIsInTheWay) {
  MakeDirectory("/b/full");
  EXPECT_FALSE(Old("/a/full", "/b"));
}

TEST_F(RenameTest, TheNewOneSaysWhy) {
  EXPECT_THAT(New("/missing", "/c"), StatusIs(StatusCode::kNotFound, "source /missing"));
  EXPECT_THAT(New("/a/file", "/missing/c"), StatusIs(StatusCode::kNotFound, "parent /missing"));
  EXPECT_THAT(New("/a/file", "/b/other/c"), StatusIs(StatusCode::kNotADirectory));
  EXPECT_THAT(New("/a/file", "/a/file"), StatusIs(StatusCode::kAlreadyExists, "the same"));
  EXPECT_THAT(New("/a/file", "/b/other"), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(New("/", "/c"), StatusIs(StatusCode::kFailedPrecondition, "root"));
  EXPECT_THAT(New("/a/file", "/"), StatusIs(StatusCode::kFailedPrecondition, "root"));
  EXPECT_THAT(New("/a", "/a/full/deeper"), StatusIs(StatusCode::kFailedPrecondition, "below"));
  EXPECT_THAT(New("/a/full", "/b/other", true),
              StatusIs(StatusCode::kFailedPrecondition, "source is a directory"));
  EXPECT_THAT(New("/a/file", "/b", true),
              StatusIs(StatusCode::kFailedPrecondition, "destination is a directory"));
  EXPECT_THAT(New("/b", "/a/full", true), StatusIs(StatusCode::kFailedPrecondition, "not empty"));
}

TEST_F(RenameTest, TheNewOneDoesNotMoveIntoADirectory) {
  EXPECT_THAT(New("/a/full", "/b"), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_OK(New("/a/full", "/b/full"));
}

TEST_F(RenameTest, OverwriteReplacesInOneStep) {
  const uint64_t id = StatusAt("/a/file").file_id;
  EXPECT_OK(New("/a/file", "/b/other", true));
  EXPECT_FALSE(Exists("/a/file"));
  EXPECT_EQ(StatusAt("/b/other").file_id, id);
  MakeDirectory("/empty");
  EXPECT_OK(New("/a/full", "/empty", true));
  EXPECT_TRUE(Exists("/empty/x"));
  EXPECT_EQ(StatusAt("/a").children, 0u);
}

TEST_F(RenameTest, AnOpenFileKeepsItsWriter) {
  ASSERT_OK(Create(root_, "/open"));
  ASSERT_OK(New("/open", "/b/open"));
  ReaderLock lock(context_->ns.mutex());
  EXPECT_OK(FindOpenFile(*context_, "/b/open", kUnknownFileId, kWriter));
}

TEST_F(RenameTest, ParentsGetTheTime) {
  const int64_t before = StatusAt("/a").modification_ms;
  cluster_.clock.Advance(std::chrono::seconds(5));
  const int64_t file_time = StatusAt("/a/file").modification_ms;
  ASSERT_OK(New("/a/file", "/b/file"));
  EXPECT_EQ(StatusAt("/a").modification_ms, before + 5000);
  EXPECT_EQ(StatusAt("/b").modification_ms, before + 5000);
  EXPECT_EQ(StatusAt("/b/file").modification_ms, file_time);
}

TEST_F(RenameTest, NeedsWriteOnBothParents) {
  SetAttributesOf("/a", 0755, "alice", "users");
  SetAttributesOf("/b", 0755, "bob", "users");
  EXPECT_THAT(Rename2(*context_, carol_, "/a/file", "/a/new", {}),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=carol, access=WRITE, inode=\"/a\":alice:users:drwxr-xr-x"));
  EXPECT_THAT(Rename2(*context_, alice_, "/a/file", "/b/new", {}),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=alice, access=WRITE, inode=\"/b\":bob:users:drwxr-xr-x"));
  EXPECT_THAT(Rename(*context_, alice_, "/a/file", "/b"), StatusIs(StatusCode::kPermissionDenied));
  SetAttributesOf("/b", 0775, "bob", "users");
  EXPECT_OK(Rename2(*context_, alice_, "/a/file", "/b/new", {}));
}

TEST_F(RenameTest, TheStickyBitKeepsWhatIsOthers) {
  SetAttributesOf("/a", 01777, "root", "supergroup");
  SetAttributesOf("/b", 0777, "root", "supergroup");
  SetAttributesOf("/a/file", 0666, "alice", "users");
  EXPECT_THAT(Rename2(*context_, bob_, "/a/file", "/b/new", {}),
              StatusIs(StatusCode::kPermissionDenied, "Permission denied by sticky bit: user=bob"));
  EXPECT_OK(Rename2(*context_, alice_, "/a/file", "/b/new", {}));
}

TEST_F(RenameTest, NewNamesAreChecked) {
  EXPECT_FALSE(New("/a/file", "/b/" + std::string(256, 'x')).ok());
  EXPECT_FALSE(Rename(*context_, root_, "/a/file", "/b/" + std::string(256, 'x')).ok());
  EXPECT_FALSE(New("/a/file", "/.reserved/x").ok());
  EXPECT_FALSE(New("/a/file", "relative").ok());
}

TEST_F(RenameTest, SafeModeRefuses) {
  safe_mode_.Enter();
  EXPECT_THAT(New("/a/file", "/c"), StatusIs(StatusCode::kSafeMode, "Cannot rename /a/file"));
  EXPECT_THAT(Rename(*context_, root_, "/a/file", "/c"), StatusIs(StatusCode::kSafeMode));
}

}  // namespace
}  // namespace tusk::dfs::namenode
