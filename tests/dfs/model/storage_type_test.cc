#include "dfs/model/storage_type.h"

#include <gtest/gtest.h>

namespace tusk::dfs {
namespace {

TEST(StorageType, NamesReadBack) {
  for (int i = 1; i <= 6; ++i) {
    const auto type = static_cast<StorageType>(i);
    EXPECT_TRUE(IsStorageType(i));
    EXPECT_EQ(ParseStorageType(StorageTypeName(type)), type);
  }
  EXPECT_FALSE(IsStorageType(0));
  EXPECT_FALSE(IsStorageType(7));
  EXPECT_EQ(StorageTypeName(static_cast<StorageType>(7)), "UNKNOWN");
  EXPECT_FALSE(ParseStorageType("UNKNOWN").has_value());
  EXPECT_FALSE(ParseStorageType("disk").has_value());
}

}  // namespace
}  // namespace tusk::dfs
