#include "dfs/model/dfs_path.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "dfs/model/dfs_limits.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

std::vector<std::string> Split(std::string_view path) {
  std::vector<std::string> names;
  for (const std::string_view name : PathComponents(path)) names.emplace_back(name);
  return names;
}

std::string Repeat(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(DfsPath, CanonicalForms) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"/", "/"},
      {"//", "/"},
      {"/.", "/"},
      {"/a", "/a"},
      {"/a/", "/a"},
      {"//a///b//", "/a/b"},
      {"/a/./b", "/a/b"},
      {"/a/../b", "/b"},
      {"/a/b/..", "/a"},
      {"/a/..", "/"},
      {"/a/b/../..", "/"},
      {"/...", "/..."},
      {"/ a ", "/ a "},
      {"/a:b", "/a:b"},
      {"/\xC3\xA9", "/\xC3\xA9"},
      {"/a/.snapshot", "/a/.snapshot"},
      {"/x/./../y/", "/y"},
  };
  for (const auto& [input, wanted] : table) {
    ASSERT_OK_AND_ASSIGN(const std::string path, CanonicalPath(input));
    EXPECT_EQ(path, wanted) << input;
    EXPECT_OK(CheckPath(path)) << input;
  }
}

TEST(DfsPath, RefusesWhatCannotBeCanonical) {
  const std::vector<std::string> table = {
      "",
      "a",
      "./a",
      "/..",
      "/a/../..",
      "/../etc/passwd",
      std::string("/a\0b", 4),
      "/\xFF",
      "/\xC0\xAF",          // overlong slash
      "/\xED\xA0\x80",      // surrogate
      "/\xF4\x90\x80\x80",  // above the last character
      "/\xE2\x82",          // cut short
      "/" + std::string(kMaxPathCharacters, 'a'),
      Repeat("/a", kMaxPathDepth + 1),
      std::string(100'000, '/') + "x",
  };
  for (const std::string& input : table) {
    EXPECT_THAT(CanonicalPath(input), StatusIs(StatusCode::kInvalidPath)) << input.substr(0, 40);
    EXPECT_THAT(CheckPath(input), StatusIs(StatusCode::kInvalidPath)) << input.substr(0, 40);
  }
}

TEST(DfsPath, LimitsAreInclusive) {
  EXPECT_OK(CheckPath("/" + std::string(kMaxPathCharacters - 1, 'a')));
  EXPECT_OK(CheckPath("/" + Repeat("\xE2\x82\xAC", kMaxPathCharacters - 1)));
  EXPECT_OK(CheckPath(Repeat("/a", kMaxPathDepth)));
}

TEST(DfsPath, WireAcceptsOnlyCanonicalPaths) {
  for (const char* path : {"//", "/a/", "/a//b", "/a/./b", "/a/../b", "/.", "/.."}) {
    EXPECT_THAT(CheckPath(path), StatusIs(StatusCode::kInvalidPath)) << path;
  }
  EXPECT_OK(CheckPath("/.reserved/.inodes/16386/.."));
  EXPECT_THAT(CheckPath("/.reserved/raw/.."), StatusIs(StatusCode::kInvalidPath));
}

TEST(DfsPath, NewNames) {
  EXPECT_OK(CheckNewPath("/a/b", kMaxComponentBytes));
  EXPECT_OK(CheckNewPath("/" + std::string(kMaxComponentBytes, 'a'), kMaxComponentBytes));
  EXPECT_OK(CheckNewPath("/a/.reserved", kMaxComponentBytes));
  const Status too_long =
      CheckNewPath("/a/" + std::string(kMaxComponentBytes + 1, 'a'), kMaxComponentBytes);
  EXPECT_THAT(too_long, StatusIs(StatusCode::kTooLarge, "limit=255 length=256"));
  EXPECT_NE(too_long.remote_class().find("PathComponentTooLong"), std::string_view::npos);
  for (const char* path : {"/", "/.reserved", "/.reserved/raw/a", "/.reserved/.inodes/5", "/a:b",
                           "/a/.snapshot", "/.snapshot/x", "/a/../b", "/a/"}) {
    EXPECT_THAT(CheckNewPath(path, kMaxComponentBytes), StatusIs(StatusCode::kInvalidPath)) << path;
  }
}

TEST(DfsPath, MessagesShowHostilePathsSafely) {
  const Status status = CheckPath(std::string("/a\n\x1b\0", 5));
  EXPECT_EQ(status.message().find('\n'), std::string_view::npos);
  EXPECT_NE(status.message().find("\\x0a\\x1b\\x00"), std::string_view::npos) << status.ToString();
  const Status cut = CheckPath("/" + Repeat("\xE2\x82\xAC", 9000));
  EXPECT_TRUE(IsValidUtf8(cut.message()));
  EXPECT_LT(cut.message().size(), 300U);
}

TEST(DfsPath, CanonicalIsIdempotentAndStaysBelowTheRoot) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::vector<std::string> pieces = {"/",
                                           "//",
                                           ".",
                                           "..",
                                           "a",
                                           "bc",
                                           ".snapshot",
                                           ".reserved",
                                           "\xC3\xA9",
                                           "\xFF",
                                           ":",
                                           " ",
                                           std::string(1, '\0')};
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string input = "/";
    const size_t count = random() % 12;
    for (size_t i = 0; i < count; ++i) {
      input += pieces[random() % (random() % 4 == 0 ? pieces.size() : 6)];
      if (random() % 2 == 0) input += '/';
    }
    const Result<std::string> once = CanonicalPath(input);
    if (!once.ok()) {
      EXPECT_EQ(once.status().code(), StatusCode::kInvalidPath);
      continue;
    }
    ++accepted;
    ASSERT_OK_AND_ASSIGN(const std::string twice, CanonicalPath(*once));
    ASSERT_EQ(*once, twice);
    ASSERT_OK(CheckPath(*once));
    std::string rebuilt;
    for (const std::string_view name : PathComponents(*once)) {
      ASSERT_TRUE(name != "." && name != ".." && !name.empty());
      rebuilt += '/';
      rebuilt += name;
    }
    ASSERT_EQ(rebuilt.empty() ? "/" : rebuilt, *once);
  }
  EXPECT_GT(accepted, 1000);
}

TEST(DfsPath, Parts) {
  EXPECT_EQ(ParentPath("/"), "/");
  EXPECT_EQ(ParentPath("/a"), "/");
  EXPECT_EQ(ParentPath("/a/b"), "/a");
  EXPECT_EQ(PathName("/"), "");
  EXPECT_EQ(PathName("/a/b"), "b");
  EXPECT_EQ(ChildPath("/", "a"), "/a");
  EXPECT_EQ(ChildPath("/a", "b"), "/a/b");
  EXPECT_TRUE(IsSameOrBelow("/a/b", "/a"));
  EXPECT_TRUE(IsSameOrBelow("/a", "/a"));
  EXPECT_TRUE(IsSameOrBelow("/a", "/"));
  EXPECT_FALSE(IsSameOrBelow("/ab", "/a"));
  EXPECT_FALSE(IsSameOrBelow("/", "/a"));
  ASSERT_OK_AND_ASSIGN(const std::string below, ResolvePath("/user/u", "../x/./y"));
  EXPECT_EQ(below, "/user/x/y");
  ASSERT_OK_AND_ASSIGN(const std::string absolute, ResolvePath("/user/u", "/x/"));
  EXPECT_EQ(absolute, "/x");
  EXPECT_THAT(ResolvePath("/u", "../../x"), StatusIs(StatusCode::kInvalidPath));
}

TEST(DfsPath, Components) {
  EXPECT_TRUE(Split("/").empty());
  EXPECT_TRUE(PathComponents("/").empty());
  EXPECT_EQ(Split("/a/bc/d"), (std::vector<std::string>{"a", "bc", "d"}));
  EXPECT_EQ(PathComponents("/a/bc/d").size(), 3U);
}

TEST(DfsPath, ReservedNames) {
  EXPECT_EQ(ClassifyReserved("/a"), ReservedPath::kNone);
  EXPECT_EQ(ClassifyReserved("/.reservedx"), ReservedPath::kNone);
  EXPECT_EQ(ClassifyReserved("/.reserved"), ReservedPath::kRoot);
  EXPECT_EQ(ClassifyReserved("/.reserved/.inodes"), ReservedPath::kInodes);
  EXPECT_EQ(ClassifyReserved("/.reserved/.inodes/5/a"), ReservedPath::kInodes);
  EXPECT_EQ(ClassifyReserved("/.reserved/raw/a"), ReservedPath::kRaw);
  EXPECT_EQ(ClassifyReserved("/.reserved/other"), ReservedPath::kUnknown);
  EXPECT_EQ(ClassifyReserved("/a/.snapshot/s/b"), ReservedPath::kSnapshot);
  EXPECT_EQ(ClassifyReserved("/a/.snapshots"), ReservedPath::kNone);
}

TEST(DfsPath, InodePaths) {
  const auto plain = ParseInodePath("/.reserved/.inodes/16386");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->file_id, FileId(16386));
  EXPECT_EQ(plain->rest, "");
  const auto below = ParseInodePath("/.reserved/.inodes/7/a/b");
  ASSERT_TRUE(below.has_value());
  EXPECT_EQ(below->rest, "/a/b");
  for (const char* path : {"/.reserved/.inodes", "/.reserved/.inodes/x", "/.reserved/.inodes/-1",
                           "/.reserved/.inodes/1x", "/.reserved/.inodes/99999999999999999999999",
                           "/.reserved/raw/1", "/a"}) {
    EXPECT_FALSE(ParseInodePath(path).has_value()) << path;
  }
}

}  // namespace
}  // namespace tusk::dfs
