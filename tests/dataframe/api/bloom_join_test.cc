#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

/// Joins of many lines with a part of the items, in three reduces.
class BloomRun {
 public:
  explicit BloomRun(const std::string& bloom_bytes)
      : session_({{"tusk.sql.reduces", "3"},
                  {"tusk.sql.broadcast-bytes", "1"},
                  {"tusk.sql.reuse", "false"},
                  {"tusk.sql.bloom-bytes", bloom_bytes}}) {
    Random random(7);
    std::string lines = "line,item,shop\n";
    for (int i = 0; i < 12'000; ++i) {
      const bool none = random.Below(20) == 0;
      lines += fmt::format("{},{},s{}\n", i, none ? "" : std::to_string(random.Below(1500)),
                           random.Below(3));
    }
    std::string items = "item,grade,shop\n,1,s0\n,1,s1\n";
    for (int i = 0; i < 1000; ++i)
      items += fmt::format("{},{},s{}\n", random.Below(1200), random.Below(10), random.Below(3));
    lines_ = session_->ReadCsv(session_.File("lines.csv", lines));
    items_ = session_->ReadCsv(session_.File("items.csv", items));
  }

  DataFrame Join(JoinType type, bool two_keys, bool few_left) const {
    const DataFrame few = items_->Filter(col("grade") < 2);
    std::vector<std::string> keys = {"item"};
    if (two_keys) keys.emplace_back("shop");
    return few_left ? few.Join(*lines_, keys, type) : lines_->Join(few, keys, type);
  }

  struct Work {
    bool filtered = false;
    int64_t shuffled_bytes = 0;
  };
  Work WorkOf(const DataFrame& frame) {
    Work work;
    const auto& plan = frame.plan();
    EXPECT_OK(plan);
    const Result<QueryResult> result = session_->Run(*plan);
    EXPECT_OK(result);
    if (!result.ok()) return work;
    for (const StageReport& report : result->trace.stages) {
      work.filtered |= report.stage.root()->kind() == PlanKind::kBloomBuild;
      work.shuffled_bytes += report.shuffled_bytes;
    }
    return work;
  }

 private:
  LocalSession session_;
  std::optional<DataFrame> lines_;
  std::optional<DataFrame> items_;
};

TEST(BloomJoinTest, GivesTheSameRowsAndMovesLess) {
  BloomRun plain("0");
  BloomRun bloom("16m");
  for (const bool few_left : {false, true}) {
    for (const bool two_keys : {false, true}) {
      for (const JoinType type : {JoinType::kInner, JoinType::kLeft, JoinType::kRight,
                                  JoinType::kFull, JoinType::kSemi, JoinType::kAnti}) {
        SCOPED_TRACE(fmt::format("{} {} {}", JoinTypeName(type), two_keys, few_left));
        const BloomRun::Work before = plain.WorkOf(plain.Join(type, two_keys, few_left));
        const BloomRun::Work after = bloom.WorkOf(bloom.Join(type, two_keys, few_left));
        EXPECT_FALSE(before.filtered);
        const bool lines_are_seen = type == JoinType::kFull ||
                                    type == (few_left ? JoinType::kRight : JoinType::kLeft) ||
                                    (type == JoinType::kAnti && !few_left);
        EXPECT_EQ(after.filtered, !lines_are_seen);
        if (after.filtered) {
          EXPECT_LT(2 * after.shuffled_bytes, before.shuffled_bytes);
        }
        EXPECT_EQ(SortedRowsOf(bloom.Join(type, two_keys, few_left)),
                  SortedRowsOf(plain.Join(type, two_keys, few_left)));
      }
    }
  }
}

TEST(BloomJoinTest, IsExplained) {
  BloomRun bloom("16m");
  const Result<std::string> text = bloom.Join(JoinType::kInner, false, false).Explain();
  ASSERT_OK(text);
  EXPECT_NE(text->find("Bloom filter of stage 1"), std::string::npos) << *text;
  EXPECT_NE(text->find("BloomProbe item"), std::string::npos) << *text;
}

}  // namespace
}  // namespace tusk::df
