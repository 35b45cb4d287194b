#include <optional>
#include <stdexcept>
#include <string>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dataframe/type/type_text.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Batch = std::shared_ptr<arrow::RecordBatch>;

class UserFunctions : public ::testing::Test {
 protected:
  static SchemaPtr Schema(const std::string& text) { return ParseSchema(text).value(); }

  /// Reduces that run in tasks, and tables in more than one split.
  LocalSession session_{{{"tusk.sql.small-query-bytes", "0"}, {"tusk.sql.reduces", "3"}}};
  const DataFrame flights_ = session_.Flights();
};

TEST_F(UserFunctions, BatchesBecomeOtherColumnsAndRows) {
  // Each distance twice, under another name; what stands below and above runs as well.
  const DataFrame twice =
      flights_.Filter(col("distance") >= 100)
          .MapBatches(Schema("d double"), [](const Batch& batch) -> arrow::Result<Batch> {
            const auto& in =
                static_cast<const arrow::DoubleArray&>(*batch->GetColumnByName("distance"));
            arrow::DoubleBuilder out;
            for (int64_t row = 0; row < in.length(); ++row) {
              ARROW_RETURN_NOT_OK(out.Append(in.Value(row)));
              ARROW_RETURN_NOT_OK(out.Append(-in.Value(row)));
            }
            ARROW_ASSIGN_OR_RAISE(auto column, out.Finish());
            return arrow::RecordBatch::Make(arrow::schema({arrow::field("d", arrow::float64())}),
                                            column->length(), {column});
          });
  EXPECT_THAT(RowsOf(twice.Filter(col("d") > 0).Sort("d")), ElementsAre("100.5", "200", "300"));
  EXPECT_THAT(RowsOf(twice.Agg(Count().As("n"), Sum("d").As("s"))), ElementsAre("6|0"));
}

TEST_F(UserFunctions, WhatIsNotReadAfterwardsIsStillGiven) {
  const DataFrame width =
      flights_.MapBatches(Schema("columns int64"), [](const Batch& batch) -> Batch {
        arrow::Int64Builder out;
        EXPECT_TRUE(out.Append(batch->num_columns()).ok());
        return arrow::RecordBatch::Make(arrow::schema({arrow::field("columns", arrow::int64())}), 1,
                                        {out.Finish().ValueOrDie()});
      });
  EXPECT_THAT(RowsOf(width.Agg(Max("columns").As("m"))), ElementsAre("4"));
}

TEST_F(UserFunctions, RowsAreNotTogetherAfterAFunction) {
  // The carrier that the rows were grouped by is another one behind the function.
  const DataFrame merged =
      flights_.DropNulls("carrier")
          .GroupBy("carrier")
          .Agg(Count().As("n"))
          .MapRows({"carrier"}, "carrier", [](std::string_view) { return std::string("XX"); });
  EXPECT_THAT(RowsOf(merged.GroupBy("carrier").Agg(Sum("n").As("n"))), ElementsAre("XX|5"));
}

TEST_F(UserFunctions, RowsHaveTheTypesOfTheLambda) {
  const DataFrame rows = flights_.MapRows(
      {"carrier", "delay"}, "text",
      [](std::optional<std::string> carrier, int64_t delay) -> std::optional<std::string> {
        if (delay < 0) return std::nullopt;
        return carrier.value_or("?") + std::to_string(delay);
      });
  EXPECT_EQ(SchemaOf(rows), SchemaOf(flights_) + ", text string");
  EXPECT_THAT(SortedRowsOf(rows.Select("text")),
              ElementsAre("?7", "AA10", "AA30", "UA45", "null", "null"));
  // Integers are given as what the lambda takes; a column of the name is replaced where it stands.
  const DataFrame halves =
      flights_.MapRows({"delay"}, "delay", [](double delay) { return delay / 2; });
  EXPECT_EQ(SchemaOf(halves), "carrier string, day date, delay double, distance double");
  EXPECT_THAT(SortedRowsOf(halves.Select("delay")),
              ElementsAre("-2.5", "15", "22.5", "3.5", "5", "null"));
  EXPECT_THAT(
      RowsOf(flights_.MapRows({}, "one", [] { return int32_t{1}; }).Agg(Sum("one").As("s"))),
      ElementsAre("6"));
}

TEST_F(UserFunctions, MistakesAreTold) {
  EXPECT_THAT(flights_.MapRows({"dely"}, "x", [](int64_t x) { return x; }).CountRows(),
              StatusIs(StatusCode::kInvalidArgument, "no column dely"));
  EXPECT_THAT(flights_.MapRows({}, "x", [](int64_t x) { return x; }).CountRows(),
              StatusIs(StatusCode::kInvalidArgument, "takes 1 values"));
  EXPECT_THAT(flights_.MapBatches(Schema("a int64"), [](const Batch& b) { return b; }).CountRows(),
              StatusIs(StatusCode::kInvalidArgument, "declared are (a int64)"));
  EXPECT_THAT(
      flights_.MapBatches(Schema("a int64"), [](const Batch&) { return Batch(); }).CountRows(),
      StatusIs(StatusCode::kInvalidArgument, "gave no batch"));
  const auto throws = [](int64_t x) -> int64_t {
    if (x > 10) throw std::out_of_range("beyond ten");
    return x;
  };
  const Result<int64_t> thrown = flights_.MapRows({"delay"}, "x", throws).Agg(Sum("x")).CountRows();
  EXPECT_THAT(thrown.status().ToString(), HasSubstr("beyond ten"));
}

TEST_F(UserFunctions, SamplesAreTheSameAndOfTheirSize) {
  const DataFrame rows = session_->FromRange(0, 20'000);
  const DataFrame sample = rows.Sample(0.25, 7);
  const auto sum = [](const DataFrame& frame) {
    return RowsOf(frame.Agg(Count().As("n"), Sum("id").As("s")));
  };
  ASSERT_OK_AND_ASSIGN(const int64_t count, sample.CountRows());
  EXPECT_GT(count, 4'700);
  EXPECT_LT(count, 5'300);
  // Over two ranges, in other splits.
  EXPECT_EQ(
      sum(session_->FromRange(0, 9'999).Union(session_->FromRange(9'999, 20'000)).Sample(0.25, 7)),
      sum(sample));
  EXPECT_NE(sum(rows.Sample(0.25, 8)), sum(sample));
  EXPECT_EQ(rows.Sample(1).CountRows().value_or(-1), 20'000);
  EXPECT_EQ(rows.Sample(0).CountRows().value_or(-1), 0);
  EXPECT_THAT(rows.Sample(1.5).CountRows(),
              StatusIs(StatusCode::kInvalidArgument, "between 0 and 1"));
}

}  // namespace
}  // namespace tusk::df
