#include "dataframe/plan/table_source.h"

#include "tests/dataframe/plan/plan_builder.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

TEST(TableSourceTest, FormatsHaveNames) {
  for (int i = 0; i <= static_cast<int>(TableFormat::kRange); ++i) {
    const auto format = static_cast<TableFormat>(i);
    EXPECT_EQ(Made(ParseTableFormat(TableFormatName(format))), format);
  }
  EXPECT_EQ(Made(ParseTableFormat("NDJSON")), TableFormat::kJson);
  EXPECT_EQ(Made(ParseTableFormat("Feather")), TableFormat::kIpc);
  EXPECT_THAT(ParseTableFormat("orc"), StatusIs(StatusCode::kInvalidArgument, "orc"));
}

TEST(TableSourceTest, RowsAreKnownWhenThoseOfAllFilesAre) {
  TableSource source;
  source.files = {File("/a", 10, 3), File("/b", 5, 4)};
  EXPECT_EQ(source.TotalBytes(), 15);
  EXPECT_EQ(source.TotalRows(), 7);
  source.files[1].rows = -1;
  EXPECT_EQ(source.TotalRows(), std::nullopt);
}

TEST(TableSourceTest, RangesHaveTheirLength) {
  TableSource source;
  source.format = TableFormat::kRange;
  source.range_from = 5;
  source.range_to = 9;
  EXPECT_EQ(source.TotalRows(), 4);
  source.range_to = 1;
  EXPECT_EQ(source.TotalRows(), 0);
}

}  // namespace
}  // namespace tusk::df
