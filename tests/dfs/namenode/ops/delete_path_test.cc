#include "dfs/namenode/ops/delete_path.h"

#include "tests/dfs/namenode/ops/namenode_in_memory.h"
#include "tests/support/eventually.h"

namespace tusk::dfs::namenode {
namespace {

class DeletePathTest : public NamenodeInMemory {
 protected:
  Result<bool> Delete(const Caller& who, const std::string& path, bool recursive) {
    ASSIGN_OR_RETURN(const Outcome<bool> done, DeletePath(*context_, who, path, recursive));
    return done.value;
  }
};

TEST_F(DeletePathTest, TakesFilesAndEmptyDirectories) {
  MakeFile("/file");
  MakeDirectory("/empty");
  EXPECT_TRUE(*Delete(root_, "/file", false));
  EXPECT_TRUE(*Delete(root_, "/empty", false));
  EXPECT_FALSE(Exists("/file"));
  EXPECT_FALSE(Exists("/empty"));
  EXPECT_FALSE(*Delete(root_, "/file", false)) << "once more";
  EXPECT_FALSE(*Delete(root_, "/", true)) << "the root stays";
}

TEST_F(DeletePathTest, ATreeGoesOnlyWhenAskedFor) {
  MakeDirectory("/top");
  MakeFile("/top/file");
  EXPECT_THAT(Delete(root_, "/top", false), StatusIs(StatusCode::kNotEmpty, "/top is non empty"));
  EXPECT_TRUE(Exists("/top/file"));
  EXPECT_TRUE(*Delete(root_, "/top", true));
  EXPECT_FALSE(Exists("/top"));
  MakeDirectory("/top");
  EXPECT_EQ(StatusAt("/top").children, 0u) << "the name is free at once";
}

TEST_F(DeletePathTest, AnOpenFileLosesItsWriter) {
  ASSERT_OK(Create(root_, "/open"));
  EXPECT_EQ(ns_->leases().open_files(), 1u);
  EXPECT_TRUE(*Delete(root_, "/open", false));
  EXPECT_EQ(ns_->leases().open_files(), 0u);
  ReaderLock lock(context_->ns.mutex());
  EXPECT_THAT(FindOpenFile(*context_, "/open", kUnknownFileId, kWriter),
              StatusIs(StatusCode::kNotFound, "does not have any open files"));
}

TEST_F(DeletePathTest, NeedsWriteOnTheParent) {
  MakeDirectory("/top", 0755, "alice", "users");
  MakeFile("/top/file", 0666, "bob", "users");
  EXPECT_THAT(Delete(bob_, "/top/file", false),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=bob, access=WRITE, inode=\"/top\":alice:users:drwxr-xr-x"));
  EXPECT_TRUE(*Delete(alice_, "/top/file", false)) << "whoever owns the file";
}

TEST_F(DeletePathTest, ATreeNeedsAllOfEveryDirectoryWithEntries) {
  MakeDirectory("/top", 0777, "alice", "users");
  MakeDirectory("/top/mine", 0755, "bob", "users");
  MakeDirectory("/top/mine/yours", 0755, "alice", "users");
  MakeFile("/top/mine/yours/file");
  EXPECT_THAT(Delete(bob_, "/top/mine", true),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=bob, access=ALL, inode=\"/top/mine/yours\":alice:users:drwxr-xr-x"));
  EXPECT_TRUE(Exists("/top/mine/yours/file"));
  EXPECT_TRUE(*Delete(root_, "/top/mine/yours/file", false));
  EXPECT_TRUE(*Delete(bob_, "/top/mine", true)) << "an empty one needs no right of its own";
}

TEST_F(DeletePathTest, TheStickyBitAsksWhoseItIs) {
  MakeDirectory("/tmp", 01777, "alice", "users");
  MakeFile("/tmp/bobs", 0666, "bob", "users");
  EXPECT_THAT(Delete(carol_, "/tmp/bobs", false),
              StatusIs(StatusCode::kPermissionDenied,
                       "Permission denied by sticky bit: user=carol, "
                       "path=\"/tmp/bobs\":bob:users:-rw-rw-rw-, "
                       "parent=\"/tmp\":alice:users:drwxrwxrwt"));
  EXPECT_TRUE(*Delete(alice_, "/tmp/bobs", false)) << "the directory's owner may";
}

TEST_F(DeletePathTest, DeletedTreesAreTakenApart) {
  MakeDirectory("/top");
  for (int i = 0; i < 20; ++i) MakeDirectory("/top/d" + std::to_string(i));
  MakeFile("/top/d7/file");
  ASSERT_OK(Delete(root_, "/top", true));
  ASSERT_TRUE(Eventually([this] { return reclaimer_->Idle(); }));
  ReaderLock lock(ns_->mutex());
  ASSERT_OK_AND_ASSIGN(const InodePtr deleted, ns_->tree().ById(kDeletedFileId));
  EXPECT_EQ(deleted->children, 0u);
}

TEST_F(DeletePathTest, MadeDirectoriesTakeGroupAndTimeOfTheirPlace) {
  MakeDirectory("/top", 0777, "alice", "users");
  ASSERT_OK(MakeDirectories(*context_, carol_, {.path = "/top/x/y", .permission = 0500}));
  EXPECT_EQ(StatusAt("/top/x").owner, "carol");
  EXPECT_EQ(StatusAt("/top/x").group, "users");
  EXPECT_EQ(StatusAt("/top/x").permission, 0700) << "the maker can go on";
  EXPECT_EQ(StatusAt("/top/x/y").permission, 0500);
}

TEST_F(DeletePathTest, DirectoriesAreMadeOnceAndOnlyWhereTheyFit) {
  MakeFile("/file");
  const auto make = [this](const Caller& who, const char* path, bool parents) {
    return MakeDirectories(*context_, who,
                           {.path = path, .permission = 0755, .create_parents = parents})
        .status();
  };
  EXPECT_OK(make(root_, "/a/b", true));
  EXPECT_OK(make(root_, "/a/b", true)) << "there already";
  EXPECT_THAT(make(root_, "/x/y", false), StatusIs(StatusCode::kNotFound, "/x"));
  EXPECT_THAT(make(root_, "/file", true), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(make(root_, "/file/x", true), StatusIs(StatusCode::kNotADirectory));
  EXPECT_THAT(make(alice_, "/a/c", true),
              StatusIs(StatusCode::kPermissionDenied, "user=alice, access=WRITE, inode=\"/a\""));
  EXPECT_THAT(make(alice_, "/new", true),
              StatusIs(StatusCode::kPermissionDenied, "inode=\"/\":root:supergroup"));
  EXPECT_FALSE(make(root_, "/.snapshot", true).ok());
}

TEST_F(DeletePathTest, AFullDirectoryIsFull) {
  options_.max_directory_items = 2;
  MakeDirectory("/top");
  MakeDirectory("/top/a");
  MakeDirectory("/top/b");
  EXPECT_THAT(MakeDirectories(*context_, root_, {.path = "/top/c"}),
              testing::AnyOf(StatusIs(StatusCode::kQuotaExceeded),
                             StatusIs(StatusCode::kResourceExhausted)));
}

TEST_F(DeletePathTest, SafeModeRefuses) {
  MakeFile("/file");
  safe_mode_.Enter();
  EXPECT_THAT(Delete(root_, "/file", false),
              StatusIs(StatusCode::kSafeMode, "Cannot delete /file"));
  EXPECT_THAT(MakeDirectories(*context_, root_, {.path = "/x"}), StatusIs(StatusCode::kSafeMode));
}

}  // namespace
}  // namespace tusk::dfs::namenode
