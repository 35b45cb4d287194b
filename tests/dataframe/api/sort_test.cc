#include <cstdint>
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

constexpr int kFiles = 4;
constexpr int kRows = 1500;

/// Runs orders over several files with little memory.
class SortRun {
 public:
  SortRun(const std::string& reduces, uint64_t seed)
      : session_({{"tusk.sql.reduces", reduces}, {"tusk.sql.task-memory", "32k"}}), random_(seed) {}

  Session& operator*() { return *session_; }
  std::string PathOf(const std::string& name) const { return session_.PathOf(name); }

  /// "id" is the place of a row; "few" has three values and null, one "same" one, "real" numbers
  /// and nulls, "text" words with a common start; files are in order of their names.
  DataFrame Rows() {
    for (int file = 0; file < kFiles; ++file) {
      std::string text = "id,few,same,real,text\n";
      for (int row = 0; row < kRows; ++row) {
        const uint64_t few = random_.Below(4);
        text += fmt::format(
            "{},{},7,{},word{}\n", file * kRows + row, few == 0 ? "" : std::to_string(few),
            random_.Chance(0.1) ? "" : fmt::format("{}", random_.Below(1'000'000) / 7.0 - 50'000),
            random_.Below(500));
      }
      session_.File(fmt::format("rows-{}.csv", file), text);
    }
    return session_->ReadCsv(PathOf("rows-*.csv"));
  }

 private:
  LocalSession session_;
  Random random_;
};

constexpr size_t kOneValue = 4;
std::vector<std::vector<Column>> Orders() {
  return {{col("real")},
          {col("real").Desc().NullsFirst()},
          {col("few"), col("text").Desc()},
          {col("few").Desc().NullsFirst(), col("real")},
          {col("same")},  // kOneValue
          {col("text"), col("few"), col("real").Desc()},
          {col("real") * -1 + col("id")}};
}

// Equal rows stay as they were, so that there is one right answer, whatever makes it.
TEST(SortByRangesTest, GivesTheSameRowsAsOneReduce) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  SortRun one("1", seed);
  const DataFrame rows_of_one = one.Rows();
  std::vector<std::vector<std::string>> expected;
  for (const std::vector<Column>& keys : Orders())
    expected.push_back(RowsOf(rows_of_one.Sort(keys)));
  ASSERT_EQ(expected[0].size(), static_cast<size_t>(kFiles * kRows));
  for (const char* reduces : {"3", "7"}) {
    SortRun many(reduces, seed);
    const DataFrame rows = many.Rows();
    for (size_t i = 0; i < expected.size(); ++i) {
      const DataFrame sorted = rows.Sort(Orders()[i]);
      EXPECT_EQ(RowsOf(sorted), expected[i]) << reduces << " reduces, order " << i;
      ASSERT_OK_AND_ASSIGN(const PlanPtr plan, sorted.plan());
      ASSERT_OK_AND_ASSIGN(const QueryResult result, (*many).Run(plan));
      // Also what has one value is spread, over as many reduces as there are maps.
      EXPECT_GE(result.table->files.size(), i == kOneValue ? 2u : 3u) << "order " << i;
      for (const SourceFile& file : result.table->files)
        EXPECT_LT(file.rows, kFiles * kRows * 3 / 4) << "order " << i;
    }
  }
}

TEST(SortByRangesTest, ALimitOverItIsOfAllRows) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  SortRun many("3", seed);
  const DataFrame sorted = many.Rows().Sort(col("id").Desc());
  EXPECT_EQ(RowsOf(sorted.Select("id").Limit(3)),
            (std::vector<std::string>{"5999", "5998", "5997"}));
  const DataFrame even = sorted.Filter(col("id") % 2 == 0).Select("id");
  EXPECT_EQ(RowsOf(even.Limit(2)), (std::vector<std::string>{"5998", "5996"}));
  EXPECT_EQ(RowsOf(even).size(), static_cast<size_t>(kFiles * kRows / 2));
}

TEST(SortByRangesTest, NothingAndLittleAreSortedAsWell) {
  SortRun many("7", 1);
  const DataFrame rows = many.Rows();
  EXPECT_TRUE(RowsOf(rows.Filter(col("id") < 0).Sort(col("real"))).empty());
  EXPECT_EQ(RowsOf(rows.Filter(col("id") < 2).Sort(col("id").Desc()).Select("id")),
            (std::vector<std::string>{"1", "0"}));
  EXPECT_EQ(RowsOf((*many).FromRange(0, 5).Sort(col("id").Desc())),
            (std::vector<std::string>{"4", "3", "2", "1", "0"}));
}

TEST(SortByRangesTest, FilesThatAreWrittenAreInOrder) {
  SortRun many("3", 2);
  const DataFrame sorted = many.Rows().Sort(col("real"), col("id"));
  ASSERT_OK(sorted.WriteParquet(many.PathOf("sorted")));
  EXPECT_EQ(RowsOf((*many).ReadParquet(many.PathOf("sorted"))), RowsOf(sorted));
}

}  // namespace
}  // namespace tusk::df
