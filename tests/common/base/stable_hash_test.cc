#include "common/base/stable_hash.h"

#include <gtest/gtest.h>

namespace tusk {
namespace {

TEST(StableHash, ValuesNeverChange) {
  EXPECT_EQ(StableHash(""), 0xef46db3751d8e999u);
  EXPECT_EQ(StableHash("abc"), 0x44bc2cf5ad770999u);
  EXPECT_NE(StableHash("abc", 1), StableHash("abc"));
}

}  // namespace
}  // namespace tusk
