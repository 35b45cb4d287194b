#include <gtest/gtest.h>

#include <string>

#include "dataframe/sql/statement.h"
#include "tests/dataframe/sql/sample_catalog.h"
#include "tests/support/status_matchers.h"

namespace tusk::df::sql {
namespace {

std::string ErrorOf(const std::string& text) {
  SampleCatalog catalog;
  const Result<Statement> statement = BindSql(text, catalog);
  if (statement.ok()) return "no error";
  return statement.status().ToString();
}

TEST(BindErrors, ShowTheLineAndACaretBelowThePlace) {
  EXPECT_EQ(ErrorOf("SELECT l_orderkey,\n       l_shipdat\nFROM lineitem"),
            "InvalidArgument: there is no column \"l_shipdat\"\n"
            "  LINE 2:        l_shipdat\n"
            "                 ^\n"
            "  do: take l_shipdate, the nearest");
  EXPECT_EQ(ErrorOf("SELECT 'ééé', a b c FROM t"),
            "InvalidArgument: syntax error at or near \"c\"\n"
            "  LINE 1: SELECT 'ééé', a b c FROM t\n"
            "                            ^");
}

TEST(BindErrors, LongLinesAreShownInPart) {
  std::string text = "SELECT ";
  for (int i = 0; i < 100; ++i) text += "a + ";
  text += "wrong";
  for (int i = 0; i < 100; ++i) text += " + a";
  const std::string error = ErrorOf(text + " FROM t");
  EXPECT_THAT(error, testing::HasSubstr("...a + a"));
  EXPECT_LT(error.size(), 400U);
  const size_t line = error.find("  LINE 1: ");
  const size_t caret = error.find("^");
  const size_t next_line = error.find('\n', line) + 1;
  EXPECT_EQ(error.substr(line + (caret - next_line), 5), "wrong");
}

TEST(BindErrors, OfSyntaxNameTheUsersWords) {
  EXPECT_THAT(ErrorOf("SELECT 1 FROM '/data/a.csv' '/data/b.csv'"),
              testing::HasSubstr("at or near \"'/data/b.csv'\""));
  EXPECT_THAT(ErrorOf("SELECT a FROM t, WHERE TRY_CAST(a AS int) TRY_CAST(b AS int)"),
              testing::HasSubstr("at or near \"WHERE\""));
  EXPECT_THAT(ErrorOf("SELECT a FROM '' AS x"), testing::HasSubstr("at or near \"''\""));
}

TEST(BindErrors, OfNames) {
  EXPECT_THAT(ErrorOf("SELECT a FROM tt"), testing::HasSubstr("no table or view \"tt\""));
  EXPECT_THAT(ErrorOf("SELECT * FROM linitem"), testing::HasSubstr("take lineitem, the nearest"));
  EXPECT_THAT(ErrorOf("SELECT x.a FROM t"), testing::HasSubstr("no table \"x\" in FROM"));
  EXPECT_THAT(ErrorOf("SELECT q FROM t"),
              testing::HasSubstr("do: here are: a, b, c, d, e, f, flag"));
  EXPECT_THAT(ErrorOf("SELECT a FROM t, u"), testing::HasSubstr("\"a\" is ambiguous: t.a, u.a"));
  EXPECT_THAT(ErrorOf("SELECT Id2 FROM \"Mixed\" WHERE ID2 = 1 AND iD2 = 3"), "no error");
  EXPECT_THAT(ErrorOf("SELECT \"Id2\" FROM \"Mixed\""),
              testing::HasSubstr("ambiguous: Mixed.ID2, Mixed.id2, Mixed.iD2"));
  EXPECT_THAT(ErrorOf("SELECT a FROM t, t"), testing::HasSubstr("\"t\" stands twice in FROM"));
  EXPECT_THAT(ErrorOf("SELECT sbustring(c, 1) FROM t"),
              testing::HasSubstr("take substring, the nearest"));
  EXPECT_THAT(ErrorOf("SELECT sum(a) OVER x FROM t WINDOW w AS ()"),
              testing::HasSubstr("there is no window \"x\""));
  EXPECT_THAT(ErrorOf("SELECT * FROM '/missing/*.csv'"),
              testing::HasSubstr("NotFound: no files match /missing/*.csv\n  LINE 1"));
  EXPECT_THAT(ErrorOf("SELECT a::strin FROM t"), testing::HasSubstr("LINE 1"));
  EXPECT_THAT(ErrorOf("SELECT a FROM t JOIN u USING (b)"),
              testing::HasSubstr("column \"b\" is missing on the right side"));
}

TEST(BindErrors, OfGrouping) {
  EXPECT_THAT(ErrorOf("SELECT a, sum(b) FROM t"),
              testing::AllOf(testing::HasSubstr("is neither in GROUP BY"),
                             testing::HasSubstr("SELECT a, sum(b)"), testing::HasSubstr("^")));
  EXPECT_THAT(ErrorOf("SELECT a FROM t WHERE sum(b) > 1"),
              testing::HasSubstr("do: put the condition into HAVING"));
  EXPECT_THAT(ErrorOf("SELECT sum(sum(a)) FROM t"),
              testing::HasSubstr("an aggregate inside of an aggregate"));
  EXPECT_THAT(ErrorOf("SELECT a FROM t GROUP BY 2"), testing::HasSubstr("no column 2"));
  EXPECT_THAT(ErrorOf("SELECT sum(a) AS s FROM t GROUP BY s"), testing::HasSubstr("no aggregates"));
  EXPECT_THAT(ErrorOf("SELECT DISTINCT a FROM t ORDER BY b"),
              testing::HasSubstr("columns of its list only"));
  EXPECT_THAT(ErrorOf("SELECT a FROM t WHERE rank() OVER () = 1"),
              testing::HasSubstr("no window functions in WHERE"));
  EXPECT_THAT(ErrorOf("SELECT rank() FROM t"), testing::HasSubstr("rank needs OVER"));
}

TEST(BindErrors, OfTypesHaveAPlace) {
  for (const char* text :
       {"SELECT a FROM t WHERE a + true > 1", "SELECT a FROM t WHERE c",
        "SELECT upper(a, b) FROM t", "SELECT sum(c) FROM t", "SELECT DATE '2020-13-01'",
        "SELECT INTERVAL '3 bananas'", "SELECT a FROM t UNION SELECT c FROM t",
        "SELECT a FROM t WHERE d > 'soon'", "SELECT a FROM t JOIN u ON t.a = u.c",
        "SELECT a FROM t LIMIT 'x'", "SELECT a FROM t LIMIT -1",
        "SELECT sum(a) OVER (ORDER BY x) FROM t", "VALUES (1), ('a')",
        "SELECT a FROM t WHERE a IN (1, 1/0)"}) {
    EXPECT_THAT(ErrorOf(text), testing::HasSubstr("LINE 1")) << text;
  }
}

TEST(BindErrors, WhatIsNotSupportedIsSaid) {
  for (const char* text :
       {"WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", "SELECT $1", "SELECT ARRAY[1, 2]",
        "SELECT * FROM t, LATERAL (SELECT 1) AS x",
        "SELECT (SELECT sum(k) FROM u WHERE u.a = t.a GROUP BY ROLLUP (k)) FROM t",
        "SELECT a FROM t FOR UPDATE", "INSERT INTO t VALUES (1)", "DELETE FROM t",
        "SELECT * INTO x FROM t", "SELECT a FROM t JOIN u ON t.a IN (SELECT a FROM u)",
        "SELECT (SELECT (SELECT t.a + max(k) FROM u) FROM u) FROM t",
        "SELECT a FROM t WHERE a IN (SELECT max(k) FROM u WHERE u.c = t.c)",
        "SELECT (SELECT sum(k) FROM u WHERE u.a < t.a) FROM t",
        "SELECT (SELECT k FROM u WHERE u.a = t.a LIMIT 1) FROM t",
        "SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES", "COPY t FROM '/x.csv'"}) {
    EXPECT_THAT(ErrorOf(text), testing::StartsWith("Unsupported: ")) << text;
  }
}

}  // namespace
}  // namespace tusk::df::sql
