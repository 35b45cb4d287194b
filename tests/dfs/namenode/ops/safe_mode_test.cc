#include "dfs/namenode/ops/safe_mode.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

using std::chrono::seconds;

class SafeModeTest : public testing::Test {
 protected:
  void Make(double threshold = 0.999, uint32_t min_datanodes = 0) {
    SafeModeOptions options;
    options.threshold = threshold;
    options.min_datanodes = min_datanodes;
    options.host_name = "nn.example";
    mode_ = std::make_unique<SafeMode>(
        options, clock_, [this] { return counts_; }, [this](bool on) { changes_.push_back(on); });
    mode_->Start();
  }

  ManualClock clock_;
  SafeModeCounts counts_;
  std::vector<bool> changes_;
  std::unique_ptr<SafeMode> mode_;
};

TEST_F(SafeModeTest, EndsAtOnceWhenThereIsNothingToWaitFor) {
  Make();
  EXPECT_FALSE(mode_->IsOn());
  EXPECT_EQ(changes_, std::vector<bool>{false});
  EXPECT_OK(mode_->CheckWritable("Cannot delete ", "/a"));
  EXPECT_EQ(mode_->Tip(), "Safe mode is OFF.");
}

TEST_F(SafeModeTest, WaitsForTheThresholdAndThenForTheExtension) {
  counts_.total_blocks = 1000;
  Make();
  counts_.safe_blocks = 998;
  mode_->Check();
  EXPECT_TRUE(mode_->IsOn());
  EXPECT_THAT(mode_->Tip(),
              testing::HasSubstr("The reported blocks 998 needs additional 1 blocks to reach the "
                                 "threshold 0.9990 of total blocks 1000"));
  counts_.safe_blocks = 999;
  mode_->Check();
  EXPECT_TRUE(mode_->IsOn());
  EXPECT_THAT(mode_->Tip(), testing::HasSubstr("turned off automatically in 30 seconds"));
  clock_.Advance(seconds(29));
  mode_->Check();
  EXPECT_TRUE(mode_->IsOn());
  clock_.Advance(seconds(1));
  mode_->Check();
  EXPECT_FALSE(mode_->IsOn());
  EXPECT_EQ(changes_, std::vector<bool>{false});
}

TEST_F(SafeModeTest, BlocksThatGoAwayStartTheWaitAgain) {
  counts_ = {.total_blocks = 1000, .safe_blocks = 999};
  Make();
  clock_.Advance(seconds(20));
  counts_.safe_blocks = 900;
  mode_->Check();
  counts_.safe_blocks = 999;
  mode_->Check();
  clock_.Advance(seconds(29));
  mode_->Check();
  EXPECT_TRUE(mode_->IsOn());
  clock_.Advance(seconds(1));
  mode_->Check();
  EXPECT_FALSE(mode_->IsOn());
}

TEST_F(SafeModeTest, AllBlocksReportedNeedNoExtension) {
  counts_ = {.total_blocks = 1000, .safe_blocks = 1000};
  Make();
  EXPECT_FALSE(mode_->IsOn());
}

TEST_F(SafeModeTest, DatanodesAreWaitedForToo) {
  counts_ = {.total_blocks = 10, .safe_blocks = 10, .live_datanodes = 1};
  Make(0.999, 2);
  EXPECT_TRUE(mode_->IsOn());
  EXPECT_THAT(mode_->Tip(), testing::HasSubstr("live datanodes 1 needs an additional 1"));
  counts_.live_datanodes = 2;
  mode_->Check();
  EXPECT_FALSE(mode_->IsOn());
}

TEST_F(SafeModeTest, AThresholdOverOneNeverEnds) {
  counts_ = {.total_blocks = 10, .safe_blocks = 10};
  Make(1.5);
  clock_.Advance(seconds(1000));
  mode_->Check();
  EXPECT_TRUE(mode_->IsOn());
  EXPECT_TRUE(mode_->Leave(false));
  EXPECT_FALSE(mode_->IsOn());
}

TEST_F(SafeModeTest, BlocksFromTheFutureNeedAPerson) {
  counts_ = {.total_blocks = 10, .safe_blocks = 10, .blocks_in_future = 3};
  Make();
  EXPECT_TRUE(mode_->IsOn());
  EXPECT_FALSE(mode_->Leave(false));
  EXPECT_THAT(mode_->Tip(), testing::HasSubstr("3 blocks on datanodes are newer"));
  EXPECT_TRUE(mode_->Leave(true));
  EXPECT_FALSE(mode_->IsOn());
}

TEST_F(SafeModeTest, AnAdministratorsStaysUntilTold) {
  Make();
  mode_->Enter();
  EXPECT_TRUE(mode_->IsOn());
  clock_.Advance(seconds(1000));
  mode_->Check();
  EXPECT_TRUE(mode_->IsOn());
  mode_->Enter();
  EXPECT_THAT(mode_->CheckWritable("Cannot delete ", "/a"),
              StatusIs(StatusCode::kSafeMode,
                       "Cannot delete /a. Name node is in safe mode.\nIt was turned on manually."));
  EXPECT_THAT(mode_->CheckWritable("Cannot delete ", "/a"),
              StatusIs(StatusCode::kSafeMode, "NamenodeHostName:nn.example"));
  EXPECT_TRUE(mode_->Leave(false));
  EXPECT_EQ(changes_, (std::vector<bool>{false, true, false}));
}

}  // namespace
}  // namespace tusk::dfs::namenode
