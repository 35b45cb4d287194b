#include "dataframe/sql/statement.h"
#include "tests/dataframe/sql/sample_catalog.h"
#include "tests/fuzz/damaged_seed.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

/// Over the tables of the sample catalog; between them all that the binder knows.
std::vector<std::string> WholeStatements() {
  return {
      "SELECT a, b + 1 AS c, 'x' || c, d FROM t WHERE a > 3 AND c LIKE '%green%' ORDER BY b DESC "
      "NULLS FIRST LIMIT 3",
      "SELECT c, count(*), sum(DISTINCT a), avg(e) FILTER (WHERE flag) FROM t GROUP BY c HAVING "
      "count(*) > 1",
      "SELECT t.a, u.k FROM t LEFT JOIN u USING (a) WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a "
      "AND u.k > t.b)",
      "WITH w AS (SELECT a, max(b) AS m FROM t GROUP BY a) SELECT * FROM w, u WHERE w.a = u.a AND "
      "u.k NOT IN (SELECT a FROM t)",
      "SELECT a, row_number() OVER (PARTITION BY c ORDER BY b ROWS BETWEEN 3 PRECEDING AND CURRENT "
      "ROW) FROM t",
      "SELECT CASE WHEN a = 1 THEN d ELSE NULL END, CAST(c AS date), extract(year FROM d), "
      "TRY_CAST(c AS int) FROM t",
      "SELECT a FROM t UNION ALL SELECT k FROM u EXCEPT SELECT 1 INTERSECT VALUES (1), (2)",
      "COPY (SELECT a FROM t) TO '/out' WITH (FORMAT csv, HEADER true); CREATE TABLE x AS TABLE t; "
      "DESCRIBE u",
      "CREATE OR REPLACE VIEW v2 AS SELECT * FROM '/data/x.csv' AS f; DROP VIEW IF EXISTS v2; "
      "EXPLAIN ANALYZE SELECT 1",
      "SELECT interval '1 day' + date '2024-02-29', 1e400, 0.1::decimal(3,2), U&'\\0041', $$x$$, "
      "-9223372036854775808",
  };
}

}  // namespace

// Any text is statements or an error; what is bound has a plan.
FUZZ_TARGET(SqlText) {
  static const std::vector<std::string> seeds = WholeStatements();
  const auto script = df::sql::SqlScript::Parse(DamagedSeed(seeds, bytes));
  if (!script.ok()) return;
  df::sql::SampleCatalog catalog;
  for (size_t i = 0; i < script->size(); ++i) {
    CHECK(script->begin_of(i) <= script->end_of(i));
    const auto statement = script->Bind(i, catalog);
    if (!statement.ok()) continue;
    const auto* query = statement->As<df::sql::QueryStatement>();
    if (query != nullptr) CHECK(query->plan != nullptr);
  }
}
