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

/// Joins of a table in which most rows have one of two keys, in four reduces.
class SkewRun {
 public:
  explicit SkewRun(const std::string& skew_bytes)
      : session_({{"tusk.sql.reduces", "4"},
                  {"tusk.sql.broadcast-bytes", "1"},
                  {"tusk.sql.optimizer.disable", "choose_join"},
                  {"tusk.sql.skew-bytes", skew_bytes}}) {
    Random random(9);
    std::string sales = "sale,item\n";
    for (int i = 0; i < 4000; ++i) {
      const uint64_t kind = random.Below(10);
      sales += fmt::format("{},{}\n", i,
                           kind < 4   ? "7"
                           : kind < 7 ? ""
                                      : std::to_string(random.Below(300)));
    }
    // Item 7 is there twice, so that its pairs are more than its rows.
    std::string items = "item,name\n7,again\n,nothing\n";
    for (int i = 0; i < 200; ++i) items += fmt::format("{},item{}\n", i, i);
    sales_ = session_->ReadCsv(session_.File("sales.csv", sales));
    items_ = session_->ReadCsv(session_.File("items.csv", items));
  }

  DataFrame Join(JoinType type) const { return sales_->Join(*items_, "item", type); }
  std::vector<uint64_t> HotKeysOf(const DataFrame& frame) {
    const auto plan = frame.plan();
    EXPECT_OK(plan);
    const Result<QueryResult> result = session_->Run(*plan);
    EXPECT_OK(result);
    std::vector<uint64_t> hot;
    for (const StageReport& report : result->trace.stages)
      hot.insert(hot.end(), report.stage.hot_keys.begin(), report.stage.hot_keys.end());
    return hot;
  }

 private:
  LocalSession session_;
  std::optional<DataFrame> sales_;
  std::optional<DataFrame> items_;
};

TEST(SkewedJoinTest, GivesTheSameRowsWithHotKeysSpread) {
  SkewRun plain("1g");
  SkewRun spread("0");
  for (const JoinType type : {JoinType::kInner, JoinType::kLeft, JoinType::kSemi, JoinType::kAnti,
                              JoinType::kRight, JoinType::kFull}) {
    SCOPED_TRACE(JoinTypeName(type));
    EXPECT_TRUE(plain.HotKeysOf(plain.Join(type)).empty());
    const bool can = type != JoinType::kRight && type != JoinType::kFull;
    // 7 and null; an inner join needs no nulls, and the optimizer may have taken them out.
    const size_t hot = spread.HotKeysOf(spread.Join(type)).size();
    EXPECT_GE(hot, can ? 1u : 0u);
    EXPECT_LE(hot, can ? 2u : 0u);
    EXPECT_EQ(SortedRowsOf(spread.Join(type)), SortedRowsOf(plain.Join(type)));
  }
}

TEST(SkewedJoinTest, WhatNeedsAllRowsOfAKeyInOneReduceIsNotSpread) {
  SkewRun plain("1g");
  SkewRun spread("0");
  const auto grouped = [](const SkewRun& run) {
    return run.Join(JoinType::kInner).GroupBy("item").Agg(Count().As("n"));
  };
  EXPECT_TRUE(spread.HotKeysOf(grouped(spread)).empty());
  EXPECT_EQ(SortedRowsOf(grouped(spread)), SortedRowsOf(grouped(plain)));
  const auto by_name = [](const SkewRun& run) {
    return run.Join(JoinType::kInner).GroupBy("name").Agg(Count().As("n"));
  };
  EXPECT_FALSE(spread.HotKeysOf(by_name(spread)).empty());
  EXPECT_EQ(SortedRowsOf(by_name(spread)), SortedRowsOf(by_name(plain)));
}

}  // namespace
}  // namespace tusk::df
