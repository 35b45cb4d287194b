#include "dataframe/sql/statement.h"

#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>

#include "tests/dataframe/sql/sample_catalog.h"
#include "tests/support/status_matchers.h"

namespace tusk::df::sql {
namespace {

/// The statement of a text as its class; stops the test program when it is another.
template <typename T>
T BindAs(const std::string& text, SampleCatalog& catalog) {
  const Result<Statement> statement = BindSql(text, catalog);
  EXPECT_OK(statement) << text;
  const T* value = statement.ok() ? statement->As<T>() : nullptr;
  EXPECT_NE(value, nullptr) << text;
  return value == nullptr ? T() : *value;
}

TEST(Statement, ScriptsAreBoundOneByOne) {
  const std::string text = " SELECT 1 AS a ; -- one\nSHOW TABLES;\n\nDESCRIBE t";
  ASSERT_OK_AND_ASSIGN(const SqlScript script, SqlScript::Parse(text));
  ASSERT_EQ(script.size(), 3U);
  EXPECT_EQ(script.text_of(0), "SELECT 1 AS a");
  EXPECT_EQ(script.text_of(1), "SHOW TABLES");
  EXPECT_EQ(script.text_of(2), "DESCRIBE t");
  EXPECT_EQ(text.substr(script.begin_of(1), script.end_of(1) - script.begin_of(1)), "SHOW TABLES");
  SampleCatalog catalog;
  ASSERT_OK_AND_ASSIGN(const Statement show, script.Bind(1, catalog));
  EXPECT_NE(show.As<ShowTablesStatement>(), nullptr);
  ASSERT_OK_AND_ASSIGN(const Statement describe, script.Bind(2, catalog));
  ASSERT_NE(describe.As<DescribeStatement>(), nullptr);
}

TEST(Statement, PlacesOfLaterStatementsAreOfTheWholeScript) {
  ASSERT_OK_AND_ASSIGN(const SqlScript script, SqlScript::Parse("SELECT 1;\nSELECT x FROM t"));
  SampleCatalog catalog;
  EXPECT_OK(script.Bind(0, catalog));
  EXPECT_THAT(script.Bind(1, catalog), StatusIs(StatusCode::kInvalidArgument,
                                                "LINE 2: SELECT x FROM t\n                 ^"));
}

TEST(Statement, EmptyTextsHaveNoStatement) {
  ASSERT_OK_AND_ASSIGN(const SqlScript script, SqlScript::Parse(" ; -- nothing\n;"));
  EXPECT_EQ(script.size(), 0U);
  SampleCatalog catalog;
  EXPECT_THAT(BindSql("", catalog), StatusIs(StatusCode::kInvalidArgument, "the text has 0"));
}

TEST(Statement, NamesOfTheResultAreTheUsersAndDiffer) {
  SampleCatalog catalog;
  const auto query = BindAs<QueryStatement>(
      "SELECT a, a, b AS \"A b\", a + 1, sum(b) OVER () FROM t ORDER BY b", catalog);
  EXPECT_EQ(SchemaText(*query.plan->schema()),
            "a int32, a_2 int32, \"A b\" int64, \"a + 1\" int32, \"sum(b) over ()\" int64");
}

TEST(Statement, Describe) {
  SampleCatalog catalog;
  EXPECT_EQ(BindAs<DescribeStatement>("DESCRIBE u", catalog).plan->schema()->num_fields(), 3);
  EXPECT_EQ(
      BindAs<DescribeStatement>("describe '/data/x.csv'", catalog).plan->schema()->num_fields(), 2);
  EXPECT_EQ(catalog.opened, std::vector<std::string>{"/data/x.csv"});
  EXPECT_EQ(BindAs<DescribeStatement>("DESCRIBE SELECT a FROM t", catalog)
                .plan->schema()
                ->field(0)
                ->name(),
            "a");
}

TEST(Statement, FilesAreFoundWhereTablesStand) {
  SampleCatalog catalog;
  const std::string longer = "/" + std::string(100, 'p') + "/part-*.parquet";
  BindAs<QueryStatement>(
      "SELECT p.x, '/no/file' FROM '" + longer +
          "' p JOIN \"/b c/d.csv\" q USING (x), '/it''s.csv' r "
          "WHERE p.y IS DISTINCT FROM '/no' AND p.y IN ('/a', '/b') "
          "AND p.x IN (SELECT e.x FROM '/e.csv', ('/f.csv' g CROSS JOIN '/h.csv' h)"
          "            WHERE trim(both from '/no') = substring('/no' from 2)) "
          "ORDER BY p.x, '/no'",
      catalog);
  EXPECT_EQ(catalog.opened, (std::vector<std::string>{longer, "/b c/d.csv", "/it's.csv", "/e.csv",
                                                      "/f.csv", "/h.csv"}));
}

TEST(Statement, TextInValuesIsNoFile) {
  SampleCatalog catalog;
  BindAs<QueryStatement>("SELECT * FROM (VALUES ('/a', '/b'), (NULL, '/c')) AS v(x, y)", catalog);
  EXPECT_TRUE(catalog.opened.empty());
}

TEST(Statement, Views) {
  SampleCatalog catalog;
  const auto view = BindAs<CreateViewStatement>(
      "CREATE OR REPLACE VIEW busy(who, n) AS SELECT c, count(*) FROM t GROUP BY c;", catalog);
  EXPECT_EQ(view.name, "busy");
  EXPECT_TRUE(view.or_replace);
  EXPECT_EQ(SchemaText(*view.plan->schema()), "who string, n int64 not null");
  EXPECT_EQ(view.text,
            "CREATE OR REPLACE VIEW busy(who, n) AS SELECT c, count(*) FROM t GROUP BY c");
}

TEST(Statement, CreateTableAs) {
  SampleCatalog catalog;
  const auto table =
      BindAs<CreateTableAsStatement>("CREATE TABLE IF NOT EXISTS s.x AS SELECT a FROM t", catalog);
  EXPECT_EQ(table.name, "s.x");
  EXPECT_TRUE(table.if_not_exists);
}

TEST(Statement, CopyTo) {
  SampleCatalog catalog;
  const auto copy = BindAs<CopyToStatement>(
      "COPY (SELECT a, c FROM t) TO '/out' (FORMAT csv, HEADER false, DELIMITER '|', "
      "PARTITION_BY (C), OVERWRITE)",
      catalog);
  EXPECT_EQ(copy.spec.path, "/out");
  EXPECT_EQ(copy.spec.format, TableFormat::kCsv);
  EXPECT_FALSE(copy.spec.csv.header);
  EXPECT_EQ(copy.spec.csv.delimiter, '|');
  EXPECT_EQ(copy.spec.partition_by, std::vector<std::string>{"c"});
  EXPECT_EQ(copy.spec.mode, SaveMode::kOverwrite);
  for (const auto& [size, bytes] : {std::pair("'64MB'", uint64_t{64} << 20),
                                    {"'1 gb'", uint64_t{1} << 30},
                                    {"1000", 1000},
                                    {"5000000000", 5'000'000'000}}) {
    const auto sized = BindAs<CopyToStatement>(
        fmt::format("COPY t TO '/out' (MODE append, TARGET_FILE_SIZE {})", size), catalog);
    EXPECT_EQ(sized.spec.target_file_bytes, bytes) << size;
    EXPECT_EQ(sized.spec.mode, SaveMode::kAppend);
  }
  EXPECT_THAT(BindSql("COPY t TO '/x' (TARGET_FILE_SIZE 'big')", catalog),
              StatusIs(StatusCode::kInvalidArgument, "such as '64MB'"));
  const auto table = BindAs<CopyToStatement>("COPY u (k, a) TO '/out/u.parquet'", catalog);
  EXPECT_EQ(SchemaText(*table.plan->schema()), "k int32, a int64");
  EXPECT_EQ(table.spec.format, TableFormat::kParquet);
  EXPECT_THAT(BindSql("COPY t TO '/x' (PARTITION_BY nope)", catalog),
              StatusIs(StatusCode::kInvalidArgument, "there is no column \"nope\""));
  EXPECT_THAT(BindSql("COPY t TO '/x' (COMPRESION 'zstd')", catalog),
              StatusIs(StatusCode::kInvalidArgument, "take compression"));
  EXPECT_THAT(BindSql("COPY t TO '/x' (FORMAT parquet, HEADER)", catalog),
              StatusIs(StatusCode::kInvalidArgument, "for FORMAT csv"));
}

TEST(Statement, ExplainDropShow) {
  SampleCatalog catalog;
  const auto explain = BindAs<ExplainStatement>("EXPLAIN ANALYZE SELECT a FROM t", catalog);
  EXPECT_TRUE(explain.analyze);
  ASSERT_NE(explain.inner, nullptr);
  EXPECT_NE(explain.inner->As<QueryStatement>(), nullptr);
  EXPECT_FALSE(BindAs<ExplainStatement>("EXPLAIN SELECT a FROM t", catalog).analyze);
  const auto drop = BindAs<DropStatement>("DROP VIEW IF EXISTS a, s.b", catalog);
  EXPECT_TRUE(drop.view);
  EXPECT_TRUE(drop.if_exists);
  EXPECT_EQ(drop.names, (std::vector<std::string>{"a", "s.b"}));
  EXPECT_FALSE(BindAs<DropStatement>("DROP TABLE a", catalog).view);
  EXPECT_THAT(BindSql("SHOW server_version", catalog), StatusIs(StatusCode::kUnsupported));
}

}  // namespace
}  // namespace tusk::df::sql
