// What users are told of mistakes: what, where in their program, what to do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dataframe/api/window.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Errors : public ::testing::Test {
 protected:
  /// The message of the error that an action tells.
  static std::string ErrorOf(const DataFrame& frame) {
    return std::string(frame.Collect().status().message());
  }
  static std::string Line(int line) { return fmt::format("\n  at: errors_test.cc:{}  ", line); }

  LocalSession session_;
  const DataFrame flights_ = session_.Flights();
};

TEST_F(Errors, AnUnknownColumnIsToldWithItsPlaceAndTheNearest) {
  const DataFrame late = flights_.Filter(col("dely") > 15).GroupBy("carrier").Agg(Count());
  const int line = __LINE__ - 1;
  EXPECT_EQ(ErrorOf(late),
            "there is no column dely" + Line(line) + "dely\n  do: did you mean delay?");
  EXPECT_EQ(late.Show().message(), ErrorOf(late));
  EXPECT_EQ(late.WriteCsv(session_.PathOf("out")).message(), ErrorOf(late));
  EXPECT_EQ(late.Explain().status().message(), ErrorOf(late));
  EXPECT_EQ(late.Schema().status().message(), ErrorOf(late));
}

TEST_F(Errors, NamesGivenAsTextHaveAPlaceToo) {
  EXPECT_THAT(ErrorOf(flights_.Select("carrier", "dely")), HasSubstr(Line(__LINE__) + "dely"));
  EXPECT_THAT(ErrorOf(flights_.GroupBy("carier").Count()), HasSubstr(Line(__LINE__) + "carier"));
  EXPECT_THAT(ErrorOf(flights_.Sort("dy")), HasSubstr(Line(__LINE__) + "dy"));
  EXPECT_THAT(ErrorOf(flights_.Drop("dist")), HasSubstr(Line(__LINE__) + "dist"));
  EXPECT_THAT(ErrorOf(flights_.Rename("dist", "d")), HasSubstr(Line(__LINE__) + "dist"));
  EXPECT_THAT(ErrorOf(flights_.Join(flights_, "dist")), HasSubstr(Line(__LINE__) + "dist"));
  EXPECT_THAT(ErrorOf(flights_.Unpivot({"dist"}, {"delay"})), HasSubstr(Line(__LINE__) + "dist"));
}

TEST_F(Errors, TheFirstMistakeIsTheOneThatIsTold) {
  const DataFrame wrong = flights_.Select("first").Filter(col("second") > 1).Sort("third");
  EXPECT_THAT(ErrorOf(wrong), AllOf(HasSubstr("first"), ::testing::Not(HasSubstr("second"))));
  EXPECT_EQ(ErrorOf(flights_.Union(wrong)), ErrorOf(wrong));
  EXPECT_EQ(ErrorOf(flights_.Join(wrong, "carrier")), ErrorOf(wrong));
}

TEST_F(Errors, TypesThatDoNotFit) {
  // Compilers do not agree on the line of a macro over several lines.
  const DataFrame filtered = flights_.Filter(col("delay") + 1);
  const std::string place = Line(__LINE__ - 1);
  EXPECT_THAT(ErrorOf(filtered),
              AllOf(HasSubstr("a condition must be true or false"), HasSubstr(place)));
  EXPECT_THAT(ErrorOf(flights_.Agg(Sum("carrier"))), HasSubstr(Line(__LINE__) + "sum(carrier)"));
  EXPECT_THAT(ErrorOf(flights_.Explode("delay")), HasSubstr("only lists can be exploded"));
}

TEST_F(Errors, AggregatesAndWindowsInTheWrongPlace) {
  EXPECT_THAT(ErrorOf(flights_.Select(Sum("delay"))), HasSubstr("write it in Agg()"));
  EXPECT_THAT(ErrorOf(flights_.WithColumns(RowNumber())), HasSubstr("row_number needs a window"));
  EXPECT_THAT(ErrorOf(flights_.Agg(RowNumber())), HasSubstr("row_number needs a window"));
  EXPECT_THAT(ErrorOf(flights_.Filter(RowNumber().Over(Window().OrderBy("day")) == 1)),
              HasSubstr("compute it as a column first"));
  EXPECT_THAT(ErrorOf(flights_.GroupBy("carrier").Agg(col("delay") + Sum("delay"))),
              HasSubstr("there is no column delay"));
  EXPECT_THAT(ErrorOf(flights_.Select(col("delay").Desc())), HasSubstr("only keys of an order"));
}

TEST_F(Errors, NamesTwice) {
  const DataFrame twice = flights_.Select("delay", col("day").As("delay"));
  const std::string place = Line(__LINE__ - 1);
  EXPECT_THAT(ErrorOf(twice), AllOf(HasSubstr("two columns have the same name"), HasSubstr(place)));
}

TEST_F(Errors, ARowsErrorNamesTheLineToo) {
  const DataFrame frame = flights_.Select(Div(col("delay"), col("delay") - 10));
  EXPECT_THAT(ErrorOf(frame), AllOf(HasSubstr("division by zero"),
                                    HasSubstr(fmt::format("errors_test.cc:{}", __LINE__ - 2))));
}

TEST_F(Errors, FilesThatAreNotThere) {
  const DataFrame nothing = session_->ReadCsv(session_.PathOf("flihgts.csv"));
  EXPECT_THAT(nothing.Collect(), StatusIs(StatusCode::kNotFound, "flihgts.csv"));
  EXPECT_THAT(ErrorOf(nothing.Filter(col("x") > 1)), HasSubstr(Line(__LINE__ - 2) + "ReadCsv"));
}

TEST_F(Errors, JoinsThatAreTheEnginesOwn) {
  EXPECT_THAT(ErrorOf(flights_.Join(flights_, "carrier", JoinType::kMark)),
              HasSubstr("inner, left, right, full, semi or anti"));
}

}  // namespace
}  // namespace tusk::df
