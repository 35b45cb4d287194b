#include "common/env/local_path.h"

#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

TEST(LocalPath, Join) {
  EXPECT_EQ(JoinPath("/a", "b"), "/a/b");
  EXPECT_EQ(JoinPath("/a/", "b"), "/a/b");
  EXPECT_EQ(JoinPath("", "b"), "b");
  EXPECT_EQ(JoinPath("/", "b"), "/b");
}

TEST(LocalPath, ParentAndBaseName) {
  struct Row {
    const char *path, *parent, *name;
  };
  for (const Row& row :
       {Row{"/a/b", "/a", "b"}, Row{"/a/b/", "/a", "b"}, Row{"/a", "/", "a"}, Row{"a", ".", "a"},
        Row{"/", "/", ""}, Row{"a/b", "a", "b"}, Row{"/a//b", "/a", "b"}}) {
    EXPECT_EQ(ParentPath(row.path), row.parent) << row.path;
    EXPECT_EQ(BaseName(row.path), row.name) << row.path;
  }
}

TEST(LocalPath, ComponentsOfPeersCannotLeaveTheirDirectory) {
  EXPECT_OK(CheckPathComponent("blk_1073741825_1001.meta"));
  EXPECT_OK(CheckPathComponent("..a"));
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"),
        std::string("a\0b", 3), std::string(256, 'x')}) {
    EXPECT_THAT(CheckPathComponent(name), StatusIs(StatusCode::kInvalidPath)) << name;
  }
}

}  // namespace
}  // namespace tusk
