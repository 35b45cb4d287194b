#include "dfs/client/path_uri.h"

#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

TEST(PathUri, TakesTextsApart) {
  struct Case {
    std::string_view text, scheme, authority, path;
  };
  const Case cases[] = {
      {"/a/b", "", "", "/a/b"},
      {"a/b", "", "", "a/b"},
      {"hdfs://host:8020/a", "hdfs", "host:8020", "/a"},
      {"HDFS://Host/a", "hdfs", "Host", "/a"},
      {"hdfs://host", "hdfs", "host", "/"},
      {"file:///a", "file", "", "/a"},
      {"file:/a", "file", "", "/a"},
      {"hdfs:///a", "hdfs", "", "/a"},
      {"10:30.log", "", "", "10:30.log"},
      {"a:b", "", "", "a:b"},
      {"dir/hdfs://x", "", "", "dir/hdfs://x"},
      {"./f", "", "", "./f"},
  };
  for (const Case& c : cases) {
    ASSERT_OK_AND_ASSIGN(PathUri uri, ParsePathUri(c.text));
    EXPECT_EQ(uri.scheme, c.scheme) << c.text;
    EXPECT_EQ(uri.authority, c.authority) << c.text;
    EXPECT_EQ(uri.path, c.path) << c.text;
  }
  EXPECT_THAT(ParsePathUri(""), StatusIs(StatusCode::kInvalidPath));
  EXPECT_THAT(ParsePathUri(std::string_view("a\0b", 3)), StatusIs(StatusCode::kInvalidPath));
  EXPECT_EQ(ParsePathUri("hdfs://h:1/a")->FileSystemUri(), "hdfs://h:1");
  EXPECT_EQ(ParsePathUri("/a")->FileSystemUri(), "");
}

TEST(PathUri, NormalisesPaths) {
  EXPECT_EQ(NormalizePath("/"), "/");
  EXPECT_EQ(NormalizePath("//a///b/"), "/a/b");
  EXPECT_EQ(NormalizePath("/a/./b/../c"), "/a/c");
  EXPECT_EQ(NormalizePath("/../.."), "/");
  EXPECT_EQ(NormalizePath("x/y", "/user/me"), "/user/me/x/y");
  EXPECT_EQ(NormalizePath("../you", "/user/me"), "/user/you");
  EXPECT_EQ(NormalizePath(".", "/user/me"), "/user/me");
}

TEST(PathUri, Joins) {
  EXPECT_EQ(JoinPath("/", "a"), "/a");
  EXPECT_EQ(JoinPath("/a", "b"), "/a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
}

}  // namespace
}  // namespace tusk::dfs
