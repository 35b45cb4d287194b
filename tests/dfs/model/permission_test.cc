#include "dfs/model/permission.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

TEST(Permission, TextOfEveryModeReadsBack) {
  for (unsigned mode = 0; mode <= kPermissionMask; ++mode) {
    const std::string text = PermissionText(static_cast<uint16_t>(mode));
    ASSERT_OK_AND_ASSIGN(const uint16_t back, ParsePermissionText(text));
    ASSERT_EQ(back, mode) << text;
  }
  EXPECT_EQ(PermissionText(0755), "rwxr-xr-x");
  EXPECT_EQ(PermissionText(01777), "rwxrwxrwt");
  EXPECT_EQ(PermissionText(01770), "rwxrwx--T");
}

TEST(Permission, BadTexts) {
  for (const char* text : {"", "rwx", "rwxrwxrwxr", "xwrrwxrwx", "rwtrwxrwx", "rwsr-xr-x"}) {
    EXPECT_THAT(ParsePermissionText(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Permission, Octal) {
  const std::vector<std::pair<std::string, uint16_t>> table = {
      {"644", 0644}, {"0644", 0644}, {"1777", 01777}, {"01777", 01777}, {"0", 0}, {"7", 7}};
  for (const auto& [text, wanted] : table) {
    ASSERT_OK_AND_ASSIGN(const uint16_t mode, ParseOctalPermission(text));
    EXPECT_EQ(mode, wanted) << text;
  }
  for (const char* text : {"", "8", "2000", "777777", "-644", "0x1ff", "644 "}) {
    EXPECT_THAT(ParseOctalPermission(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Permission, Changes) {
  // text, mode before, directory, mode after
  const std::vector<std::tuple<std::string, uint16_t, bool, uint16_t>> table = {
      {"755", 0, false, 0755},      {"0644", 01777, false, 0644},   {"+1777", 0, true, 01777},
      {"u+x", 0644, false, 0744},   {"u+x,g-w", 0664, false, 0744}, {"a=r", 0777, false, 0444},
      {"+x", 0644, false, 0755},    {"-w", 0666, false, 0444},      {"go=", 0777, false, 0700},
      {"a+X", 0644, false, 0644},   {"a+X", 0744, false, 0755},     {"a+X", 0644, true, 0755},
      {"+t", 0777, true, 01777},    {"o-t", 01777, true, 0777},     {"u+t", 0777, true, 0777},
      {"u+r-w", 0200, false, 0400}, {"ug=rw,o=r", 0, false, 0664},  {"a=rwxt", 0, true, 01777},
      {"o=rx", 01777, true, 0775},  {"u=rwx", 01000, true, 01700},
  };
  for (const auto& [text, before, directory, after] : table) {
    ASSERT_OK_AND_ASSIGN(const PermissionChange change, PermissionChange::Parse(text));
    EXPECT_EQ(change.Apply(before, directory), after) << text;
  }
}

TEST(Permission, BadChanges) {
  std::string many = "u+x";
  for (int i = 0; i < 100; ++i) many += ",u+x";
  for (const std::string& text :
       {std::string(), std::string("u"), std::string("x"), std::string("u+x,"), std::string(",u+x"),
        std::string("u*x"), std::string("u+s"), std::string("8"), std::string("u+x g-w"),
        std::string("+2777"), many}) {
    EXPECT_THAT(PermissionChange::Parse(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
}

TEST(Permission, Umask) {
  const std::vector<std::pair<std::string, uint16_t>> table = {
      {"022", 022}, {"0", 0}, {"077", 077}, {"u=rwx,g=rx,o=", 027}, {"a=rwx", 0}, {"g-w,o-w", 022}};
  for (const auto& [text, wanted] : table) {
    ASSERT_OK_AND_ASSIGN(const uint16_t umask, ParseUmask(text));
    EXPECT_EQ(umask, wanted) << text;
  }
  EXPECT_THAT(ParseUmask("1777"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseUmask("x"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(ApplyUmask(0666, 022), 0644);
  EXPECT_EQ(ApplyUmask(01777, 027), 01750);
}

TEST(Permission, TheFirstFittingTripleCounts) {
  EXPECT_TRUE(Allows(0640, Relation::kOwner, Access::kReadWrite));
  EXPECT_TRUE(Allows(0640, Relation::kGroup, Access::kRead));
  EXPECT_FALSE(Allows(0640, Relation::kGroup, Access::kReadWrite));
  EXPECT_FALSE(Allows(0640, Relation::kOther, Access::kRead));
  EXPECT_TRUE(Allows(0, Relation::kOther, Access::kNone));
  EXPECT_FALSE(Allows(0077, Relation::kOwner, Access::kRead)) << "the owner has less than others";
}

TEST(Permission, DenialReadsAsHadoops) {
  EXPECT_EQ(PermissionDeniedMessage("alice", Access::kWrite, "/", "root", "supergroup", true, 0755),
            "Permission denied: user=alice, access=WRITE, inode=\"/\":root:supergroup:drwxr-xr-x");
  EXPECT_EQ(AccessName(Access::kReadExecute), "READ_EXECUTE");
}

}  // namespace
}  // namespace tusk::dfs
