#include "common/base/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace tusk {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("abc", "abc"), 0u);
  EXPECT_EQ(EditDistance("abc", "acb"), 1u);
  EXPECT_EQ(EditDistance("saturday", "sunday"), 3u);
  EXPECT_EQ(EditDistance("sunday", "saturday"), 3u);
}

TEST(NearestName, IsTheOneOfFewestEdits) {
  const std::vector<std::string_view> known = {"substring", "l_orderkey", "l_shipdate", "sum"};
  EXPECT_EQ(NearestName(known, "l_orderky"), "l_orderkey");
  EXPECT_EQ(NearestName(known, "l_shipdates"), "l_shipdate");
  EXPECT_EQ(NearestName(known, "smu"), "sum");
  EXPECT_EQ(NearestName(known, "L_ORDERKEY"), "l_orderkey");
  EXPECT_EQ(NearestName(known, "customer"), "");
  EXPECT_EQ(NearestName({}, "a"), "");
}

}  // namespace
}  // namespace tusk
