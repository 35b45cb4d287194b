#include "common/base/strong_id.h"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>

namespace tusk {
namespace {

struct BlockTag;
struct JobTag;
using BlockNumber = StrongId<BlockTag, int64_t>;
using JobName = StrongId<JobTag, std::string>;

static_assert(!std::is_convertible_v<int64_t, BlockNumber>);
static_assert(!std::is_convertible_v<BlockNumber, int64_t>);

TEST(StrongId, ComparesHashesAndPrints) {
  EXPECT_LT(BlockNumber(1), BlockNumber(2));
  EXPECT_EQ(JobName("a"), JobName("a"));
  std::unordered_set<BlockNumber> ids = {BlockNumber(1), BlockNumber(1), BlockNumber(2)};
  EXPECT_EQ(ids.size(), 2u);
  EXPECT_EQ(fmt::format("{} {}", BlockNumber(7), JobName("j")), "7 j");
}

}  // namespace
}  // namespace tusk
