"""Random tables with NULL, duplicates and skew: groups, joins, windows, sorts and sets against DuckDB.

    tests/tables/run.sh tests/sql_like/random_tables.py [--seed N] [--rounds N]

The seed is printed; with it the same tables and queries come again. Every round makes tables anew and asks each
question three times: as users would, with little memory and several reduces, and with partitioned
joins alone, whose frequent keys are spread.
"""
import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("tables", "interop"):
    sys.path.insert(0, str(HERE.parent / folder))

import duckdb  # noqa: E402
from answers import csv_records, difference, oracle_cell  # noqa: E402
from check import Report  # noqa: E402
from sql_like import PARTS, make_tables, stage_root  # noqa: E402
from sql_program import SqlProgram, settings  # noqa: E402

MODES = {
    "": {},
    "with little memory": {"task-memory": "64k", "reduces": 3, "broadcast-bytes": 1},
    "partitioned": {"broadcast-bytes": 1, "reduces": 5, "skew-bytes": 0},
    "with smaller sides held": {"broadcast-bytes": "4k", "reduces": 3},
}
KEYS = ("k", "t", "m", "x", "d")
NUMBERS = ("k", "m", "x", "n")
QUERIES_OF_A_ROUND = 14


class Maker:
    """Random tables and queries; every choice comes from one generator."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def tables(self) -> str:
        return ";".join(self.table(name) for name in ("r", "s"))

    def table(self, name: str) -> str:
        """A table of up to some thousand rows; columns: id, a whole key, a text, a decimal, a float, a date, a number."""
        pick = self.random
        rows = pick.choice([0, 1, 7, 100, 700, 4000])
        keys, texts, nulls = pick.choice([1, 3, 50, 1000]), pick.choice([2, 20, 500]), pick.choice([0, 0, 3, 10])
        lines = []
        for i in range(rows):
            key = int(keys * pick.random() ** pick.choice([1, 3])) - keys // 4
            cells = [
                str(key), f"'{pick.choice(['', 'a', 'ä', '日'])}{pick.randrange(texts)}'",
                f"{pick.randrange(-500, 500)}.{pick.randrange(100):02}",
                pick.choice(["0.5", "-0.5", "1e10", "'nan'"]) if pick.random() < 0.2 else f"{pick.randrange(keys)}.25",
                f"DATE '2024-01-01' + {pick.randrange(texts)}", str(pick.randrange(-100, 100)),
            ]
            cells = ["NULL" if nulls and pick.randrange(100) < nulls else cell for cell in cells]
            lines.append(f"({i}, {', '.join(cells)})")
        columns = "id INTEGER, k INTEGER, t VARCHAR, m DECIMAL(9, 2), x DOUBLE, d DATE, n BIGINT"
        values = f"; INSERT INTO {name} VALUES {', '.join(lines)}" if lines else ""
        return f"CREATE TABLE {name} ({columns}){values}"

    def query(self) -> str:
        return self.random.choice([self.group, self.group, self.join, self.join, self.window, self.sort, self.set,
                                   self.semi, self.distinct, self.nested])()

    def some(self, names: tuple, least: int = 1, most: int = 3) -> list[str]:
        return self.random.sample(names, self.random.randint(least, most))

    def condition(self, table: str) -> str:
        return self.random.choice([
            "true", f"{table}.n > {self.random.randrange(-100, 100)}", f"{table}.k IS NOT NULL",
            f"{table}.t LIKE '%1%'", f"{table}.m BETWEEN -200 AND 300 OR {table}.k < 3",
            f"{table}.k IN (0, 1, 2, NULL)", f"NOT {table}.n = {table}.k", f"{table}.d >= '2024-01-09'"])

    def aggregate(self, prefix: str = "") -> str:
        number = prefix + self.random.choice(("k", "m", "n"))
        any_column = prefix + self.random.choice(KEYS)
        return self.random.choice([
            "count(*)", f"count({any_column})", f"sum({number})", f"avg({number})", f"min({any_column})",
            f"max({any_column})", f"count(DISTINCT {any_column})", f"sum(DISTINCT {number})",
            f"count(*) FILTER (WHERE {prefix}n > 0)", f"bool_or({prefix}n > 90)", f"median({prefix}n)",
            f"stddev({prefix}n)"])

    def aggregates(self, prefix: str = "") -> str:
        return ", ".join(f"{self.aggregate(prefix)} AS a{i}" for i in range(self.random.randint(1, 4)))

    def group(self) -> str:
        keys = ", ".join(self.some(KEYS, 1, 2))
        having = self.random.choice(["", "", " HAVING count(*) > 2"])
        return f"SELECT {keys}, {self.aggregates()} FROM r WHERE {self.condition('r')} GROUP BY {keys}{having}"

    def on(self, left: str, right: str) -> str:
        keys = " AND ".join(f"{left}.{key} = {right}.{key}" for key in self.some(("k", "t", "d", "x"), 1, 2))
        return keys + self.random.choice(["", "", f" AND {left}.n < {right}.n", f" AND {right}.n > 0"])

    def join(self) -> str:
        kind = self.random.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        some = self.random.choice(["s", f"(SELECT * FROM s WHERE {self.condition('s')}) AS s"])
        joined = f"r {kind} {some} ON {self.on('r', 's')}"
        if self.random.random() < 0.5:
            return (f"SELECT count(*), count(r.id), count(s.id), sum(r.n), sum(s.n), min(r.t), max(s.m) FROM {joined} "
                    f"WHERE {self.condition('r')}")
        return f"SELECT r.k, {self.aggregates('s.')} FROM {joined} GROUP BY r.k"

    def semi(self) -> str:
        exists = f"EXISTS (SELECT 1 FROM s WHERE {self.on('r', 's')})"
        within = f"r.k IN (SELECT k FROM s WHERE {self.condition('s')})"
        without = f"r.k NOT IN (SELECT k FROM s WHERE {self.condition('s')})"
        most = "r.n > (SELECT avg(s.n) FROM s WHERE s.k = r.k)"
        condition = self.random.choice([exists, "NOT " + exists, within, without, most])
        return f"SELECT id FROM r WHERE {condition} AND ({self.condition('r')})"

    def window(self) -> str:
        partition = self.random.choice(["", f"PARTITION BY {', '.join(self.some(KEYS, 1, 2))} "])
        order = f"ORDER BY {self.random.choice(KEYS)} {self.random.choice(['', 'DESC', 'NULLS FIRST'])}, id"
        frame = self.random.choice(["", " ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING", " ROWS 5 PRECEDING",
                                    " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING"])
        call = self.random.choice(["sum(n)", "count(k)", "min(m)", "max(t)", "avg(n)"])
        rank = self.random.choice(["row_number()", "rank()", "dense_rank()", "lag(n)", "lead(t, 2)", "ntile(4)"])
        return f"SELECT id, {rank} OVER ({partition}{order}), {call} OVER ({partition}{order}{frame}) FROM r"

    def sort(self) -> str:
        keys = ", ".join(f"{key} {self.random.choice(['', 'DESC'])} {self.random.choice(['', 'NULLS FIRST'])}"
                         for key in self.some(KEYS))
        limit = self.random.choice(["", f" LIMIT {self.random.randrange(200)}", " LIMIT 20 OFFSET 5"])
        return f"SELECT id, k, t, m, x, d FROM r WHERE {self.condition('r')} ORDER BY {keys}, id{limit}"

    def set(self) -> str:
        columns = ", ".join(self.some(KEYS, 1, 2))
        operator = self.random.choice(["UNION", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL"])
        return f"SELECT {columns} FROM r {operator} SELECT {columns} FROM s"

    def distinct(self) -> str:
        return f"SELECT DISTINCT {', '.join(self.some(KEYS, 1, 3))} FROM r WHERE {self.condition('r')}"

    def nested(self) -> str:
        return (f"WITH g AS (SELECT k, count(*) AS c, sum(n) AS n FROM r WHERE {self.condition('r')} GROUP BY k) "
                f"SELECT a.k, a.c, b.c, b.n, s.t FROM g AS a JOIN g AS b ON a.c = b.c AND a.k <= b.k "
                f"LEFT JOIN (SELECT k, min(t) AS t FROM s GROUP BY k) AS s ON s.k = a.k")


def check_round(report: Report, seed: int, number: int, work: pathlib.Path) -> int:
    """Returns how many Bloom filters were made."""
    maker = Maker(seed * 1000 + number)
    connection = duckdb.connect()
    make_tables(connection, maker.tables(), work / "tables")
    queries = [maker.query() for _ in range(QUERIES_OF_A_ROUND)]
    script = work / "script.sql"
    script.write_text(";\n".join(queries))
    expected = [[[oracle_cell(value) for value in row] for row in connection.execute(query).fetchall()]
                for query in queries]
    filters = 0
    for mode, values in MODES.items():
        values = {"stage-dir": work / "stages", "reuse": "false", **values}
        program = SqlProgram([*settings(values), "--tables", work / "tables", "--csv", "--stats"])
        outcome = program.run("-f", script)
        filters += outcome.err.count(": Bloom filter of ")
        summaries = outcome.summaries()
        what = f"seed {seed}, round {number} {mode}"
        if outcome.status != 0:
            failed = queries[len(summaries)] if len(summaries) < len(queries) else ""
            report.check(False, f"{what}: exit status {outcome.status}", f"{failed}\n{outcome.err[-1500:]}")
            continue
        records, at = csv_records(outcome.out), 0
        for query, rows, summary in zip(queries, expected, summaries):
            found = records[at + 1:at + 1 + summary.rows]
            at += 1 + summary.rows
            problem = difference(rows, found, query_is_ordered(query))
            report.check(not problem, what, f"{query}\n{problem}")
    shutil.rmtree(work / "tables")
    return filters


def query_is_ordered(query: str) -> bool:
    return " ORDER BY " in query and " OVER " not in query


def main() -> None:
    parser = argparse.ArgumentParser(description="Random tables and queries against DuckDB.")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    report = Report("random_tables")
    print(f"seed {args.seed}, {PARTS} files a table")
    work = pathlib.Path(tempfile.mkdtemp(prefix="tusk-random-tables-", dir=stage_root()))
    try:
        filters = sum(check_round(report, args.seed, number, work) for number in range(args.rounds))
    finally:
        shutil.rmtree(work)
    print(f"{filters} Bloom filters")
    report.finish()


if __name__ == "__main__":
    main()
