#include "dfs/namenode/ops/list_directory.h"

#include "dfs/namenode/ops/content_summary.h"
#include "dfs/namenode/ops/delete_path.h"
#include "tests/dfs/namenode/ops/namenode_in_memory.h"

namespace tusk::dfs::namenode {
namespace {

class ListDirectoryTest : public NamenodeInMemory {
 protected:
  ListDirectoryTest() { options_.list_limit = 3; }

  DirectoryPage Page(const std::string& path, const std::string& after = "") {
    const auto page = ListDirectory(*context_, root_, path, after, false);
    EXPECT_OK(page);
    EXPECT_TRUE(page->has_value());
    return page->value_or(DirectoryPage());
  }
  static std::vector<std::string> Names(const DirectoryPage& page) {
    std::vector<std::string> names;
    for (const auto& entry : page.entries) names.push_back(entry.status.path);
    return names;
  }
};

TEST_F(ListDirectoryTest, PagesFollowEachOtherInByteOrder) {
  for (const char* name : {"b", "a", "a b", "Z", "\xc3\xa9", "aa", "a-"}) {
    MakeDirectory(std::string("/") + name);
  }
  DirectoryPage page = Page("/");
  EXPECT_EQ(Names(page), (std::vector<std::string>{"Z", "a", "a b"}));
  EXPECT_EQ(page.remaining, 4u);
  page = Page("/", "a b");
  EXPECT_EQ(Names(page), (std::vector<std::string>{"a-", "aa", "b"}));
  EXPECT_GT(page.remaining, 0u);
  page = Page("/", "b");
  EXPECT_EQ(Names(page), std::vector<std::string>{"\xc3\xa9"});
  EXPECT_EQ(page.remaining, 0u);
  EXPECT_TRUE(Page("/", "\xc3\xa9").entries.empty());
}

TEST_F(ListDirectoryTest, APageOfExactlyTheLimitIsTheLast) {
  for (const char* name : {"/a", "/b", "/c"}) MakeDirectory(name);
  EXPECT_EQ(Page("/").entries.size(), 3u);
  EXPECT_EQ(Page("/").remaining, 0u);
}

TEST_F(ListDirectoryTest, GoesOnWhereANameHasGone) {
  for (const char* name : {"/a", "/b", "/c", "/d", "/e"}) MakeDirectory(name);
  EXPECT_EQ(Names(Page("/")).back(), "c");
  ASSERT_OK(DeletePath(*context_, root_, "/c", false));
  EXPECT_EQ(Names(Page("/", "c")), (std::vector<std::string>{"d", "e"}));
}

TEST_F(ListDirectoryTest, AStartByNumberIsThatNameOrIsTold) {
  for (const char* name : {"/a", "/b", "/c"}) MakeDirectory(name);
  const std::string by_id = "/.reserved/.inodes/" + std::to_string(StatusAt("/a").file_id);
  EXPECT_EQ(Names(Page("/", by_id)), (std::vector<std::string>{"b", "c"}));
  ASSERT_OK(DeletePath(*context_, root_, "/a", false));
  const auto gone = ListDirectory(*context_, root_, "/", by_id, false);
  EXPECT_THAT(gone, StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(std::string(gone.status().remote_class()),
              testing::HasSubstr("DirectoryListingStartAfterNotFoundException"));
}

TEST_F(ListDirectoryTest, AFileListsItself) {
  MakeFile("/file");
  const DirectoryPage page = Page("/file");
  ASSERT_EQ(page.entries.size(), 1u);
  EXPECT_EQ(page.entries[0].status.path, "");
  EXPECT_TRUE(page.entries[0].status.IsFile());
}

TEST_F(ListDirectoryTest, NothingIsThere) {
  ASSERT_OK_AND_ASSIGN(const auto page, ListDirectory(*context_, root_, "/missing", "", false));
  EXPECT_FALSE(page.has_value());
  ASSERT_OK_AND_ASSIGN(const auto status, GetFileInfo(*context_, root_, "/missing"));
  EXPECT_FALSE(status.has_value());
}

TEST_F(ListDirectoryTest, NeedsReadAndExecuteOfTheDirectoryAndExecuteAbove) {
  MakeDirectory("/top", 0750, "alice", "users");
  MakeDirectory("/top/in", 0700, "alice", "users");
  const auto list = [this](const Caller& who, const char* path) {
    return ListDirectory(*context_, who, path, "", false).status();
  };
  EXPECT_OK(list(alice_, "/top/in"));
  EXPECT_OK(list(bob_, "/top"));
  EXPECT_THAT(list(bob_, "/top/in"),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=bob, access=READ_EXECUTE, inode=\"/top/in\":alice:users:drwx------"));
  EXPECT_THAT(list(carol_, "/top/in"),
              StatusIs(StatusCode::kPermissionDenied,
                       "user=carol, access=EXECUTE, inode=\"/top\":alice:users:drwxr-x---"));
  EXPECT_OK(list(root_, "/top/in"));
  // The owner's bits count for the owner, also where the group has more.
  SetAttributesOf("/top/in", 0070, "alice", "users");
  EXPECT_THAT(list(alice_, "/top/in"), StatusIs(StatusCode::kPermissionDenied, "d---rwx---"));
  EXPECT_OK(list(bob_, "/top/in"));
  // stat needs x above and nothing of the thing itself.
  EXPECT_OK(GetFileInfo(*context_, alice_, "/top/in"));
  EXPECT_THAT(GetFileInfo(*context_, carol_, "/top/in"), StatusIs(StatusCode::kPermissionDenied));
}

TEST_F(ListDirectoryTest, AFileAboveIsToldAsHadoopDoes) {
  MakeFile("/file");
  EXPECT_THAT(GetFileInfo(*context_, alice_, "/file/x"),
              StatusIs(StatusCode::kPermissionDenied, "Ancestor /file is not a directory"));
  ASSERT_OK_AND_ASSIGN(const auto status, GetFileInfo(*context_, root_, "/file/x"));
  EXPECT_FALSE(status.has_value());
}

TEST_F(ListDirectoryTest, SumsGoOverAllPages) {
  MakeDirectory("/top");
  for (int i = 0; i < 10; ++i) MakeDirectory("/top/d" + std::to_string(i));
  for (int i = 0; i < 5; ++i) MakeFile("/top/d3/f" + std::to_string(i));
  ASSERT_OK_AND_ASSIGN(const ContentSummary sum, GetContentSummary(*context_, root_, "/top"));
  EXPECT_EQ(sum.directory_count, 11u);
  EXPECT_EQ(sum.file_count, 5u);
  EXPECT_THAT(GetContentSummary(*context_, root_, "/missing"), StatusIs(StatusCode::kNotFound));
  SetAttributesOf("/top/d5", 0700, "alice", "users");
  EXPECT_THAT(GetContentSummary(*context_, bob_, "/top"),
              StatusIs(StatusCode::kPermissionDenied, "inode=\"/top/d5\""));
}

TEST_F(ListDirectoryTest, SafeModeLetsReadersIn) {
  MakeDirectory("/a");
  safe_mode_.Enter();
  EXPECT_EQ(Page("/").entries.size(), 1u);
  EXPECT_OK(GetContentSummary(*context_, root_, "/"));
}

}  // namespace
}  // namespace tusk::dfs::namenode
