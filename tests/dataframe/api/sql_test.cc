#include "dataframe/sql/sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/functions.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::ElementsAre;

TEST(Sql, SelectsFromDataFramesAndFiles) {
  LocalSession session;
  const DataFrame late = session.Flights().Filter(col("delay") > 5);
  EXPECT_THAT(RowsOf(Sql(*session,
                         "SELECT carrier, count(*) AS n FROM late GROUP BY carrier ORDER BY n DESC",
                         {{"late", late}})
                         .Filter(col("n") > 1)),
              ElementsAre("AA|2"));
  session.Carriers();
  EXPECT_THAT(RowsOf(Sql(*session, "SELECT name FROM '" + session.PathOf("carriers.csv") +
                                       "' WHERE carrier = 'ZZ'")),
              ElementsAre("Nobody"));
}

TEST(Sql, ErrorsComeWithTheAction) {
  LocalSession session;
  const DataFrame wrong = Sql(*session, "SELECT a FROM nothing");
  EXPECT_THAT(wrong.Collect(), StatusIs(StatusCode::kInvalidArgument, "nothing"));
  EXPECT_THAT(Sql(*session, "SELEC 1").Limit(1).Collect(),
              StatusIs(StatusCode::kInvalidArgument, "SELEC"));
  EXPECT_THAT(Sql(*session, "DROP TABLE t").Collect(),
              StatusIs(StatusCode::kUnsupported, "only a SELECT"));
  const DataFrame broken = session.Carriers().Select("nam");
  EXPECT_THAT(Sql(*session, "SELECT * FROM b", {{"b", broken}}).Collect(),
              StatusIs(StatusCode::kInvalidArgument, "there is no column nam"));
}

}  // namespace
}  // namespace tusk::df
