#include "dataframe/plan/partition_folder.h"

#include <gtest/gtest.h>

namespace tusk::df {
namespace {

std::string Folder(std::string_view value) { return PartitionFolder("k", &value); }

TEST(PartitionFolderTest, PlainTextStays) {
  EXPECT_EQ(Folder("DE"), "k=DE");
  EXPECT_EQ(Folder("2024-02-29 23:59"), "k=2024-02-29 23%3A59");
  EXPECT_EQ(Folder(""), "k=");
  EXPECT_EQ(Folder("_x.y"), "k=_x.y");
  EXPECT_EQ(Folder("Z\u00fcrich"), "k=Z\u00fcrich");
}

TEST(PartitionFolderTest, NullIsHivesWord) {
  EXPECT_EQ(PartitionFolder("k", nullptr), "k=__HIVE_DEFAULT_PARTITION__");
  EXPECT_EQ(Folder("__HIVE_DEFAULT_PARTITION__"), "k=%5F_HIVE_DEFAULT_PARTITION__");
}

TEST(PartitionFolderTest, NamesThatWouldBeHiddenAreNot) {
  const std::string_view one = "1";
  EXPECT_EQ(PartitionFolder("_k", &one), "%5Fk=1");
  EXPECT_EQ(PartitionFolder(".k", &one), "%2Ek=1");
}

TEST(PartitionFolderTest, EveryByteComesBack) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = {'a', static_cast<char>(byte), 'b'};
    const std::string folder = Folder(text);
    EXPECT_EQ(DecodeFolderText(folder.substr(2)), text) << byte;
    for (const char c : folder.substr(2)) {
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 &&
                  std::string_view("/=*?[]{}\x7f").find(c) == std::string::npos)
          << byte;
    }
  }
}

TEST(PartitionFolderTest, WhatIsNoEscapeStays) {
  EXPECT_EQ(DecodeFolderText("100%"), "100%");
  EXPECT_EQ(DecodeFolderText("%zz%4"), "%zz%4");
  EXPECT_EQ(DecodeFolderText("%2f%2F"), "//");
}

}  // namespace
}  // namespace tusk::df
