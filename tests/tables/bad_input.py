"""Bad input of every kind: the program ends with status 1 and one error that says what, where and what to do, and
nothing half-written is left.

    run.sh bad_input.py

Each query runs for itself, as COPY and as CREATE TABLE, on this machine's files and on a cluster.
"""
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("support", "interop"):
    sys.path.insert(0, str(HERE.parent / folder))

import duckdb  # noqa: E402
from bad_statements import Case, Checker  # noqa: E402
from check import Report  # noqa: E402
from sql_program import SqlProgram, settings  # noqa: E402
from tusk_cluster import TUSK, cluster_in_new_folder  # noqa: E402

GOOD = "good"
# Types are taken from samples: the beginning, the middle and the end of a file that is so long.
LONG_CSV_BYTES, BAD_LINE_AT = 20_000_000, 6_000_000


def cases(files: str) -> list[Case]:
    return [
        Case("unknown column", "SELECT custmer FROM good", ['no column "custmer"', "LINE 1", "customer"]),
        Case("unknown column of a table", "SELECT g.nam FROM good AS g", ['no column "nam"', "LINE 1", "take name"]),
        Case("unknown table", "SELECT * FROM goood", ['no table or view "goood"', "LINE 1", "take good"]),
        Case("unknown function", "SELECT lenght(name) FROM good", ["no function lenght", "length"]),
        Case("no SQL", "SELECT id FROM good WHERE", ["syntax error", "LINE 1"]),
        Case("types that do not meet", "SELECT id + name FROM good", ["int32 + string", "LINE 1", "do: cast a side"]),
        Case("text that is no number", "SELECT id FROM good WHERE id = 'ten'", ["'ten'", "LINE 1"]),
        Case("wrong type of an argument", "SELECT upper(id) FROM good", ["upper", "int32"]),
        Case("ambiguous name", "SELECT id FROM good a JOIN good b ON a.id = b.id",
             ['column "id" is ambiguous', "a.id", "b.id"]),
        Case("no group", "SELECT name, count(*) FROM good", ["name", "GROUP BY"]),
        Case("recursive CTE", "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 9) "
             "SELECT * FROM r", ["WITH RECURSIVE is not supported"]),
        Case("missing file", f"SELECT * FROM '{files}/none.csv'", [f"{files}/none.csv", "ragged.csv"]),
        Case("ragged line", f"SELECT * FROM '{files}/ragged.csv'", [f"{files}/ragged.csv", "line 3", "instead of 2"]),
        Case("open quote", f"SELECT * FROM '{files}/quote.csv'", [f"{files}/quote.csv", "line 3", "quote"]),
        Case("not UTF-8", f"SELECT * FROM '{files}/utf8.csv'",
             [f"{files}/utf8.csv", "line 3", "column b", "not UTF-8", r"\xff"]),
        Case("value that is not of its column's type", f"SELECT sum(a) FROM '{files}/type.csv'",
             [f"{files}/type.csv", "line", "column a", "'12x4567'", "int64"]),
        Case("truncated Parquet", f"SELECT * FROM '{files}/truncated.parquet'",
             [f"{files}/truncated.parquet", "no whole Parquet file"]),
        Case("damaged Parquet", f"SELECT sum(id), max(name) FROM '{files}/damaged.parquet'",
             [f"{files}/damaged.parquet"]),
        Case("empty Parquet", f"SELECT * FROM '{files}/empty.parquet'", [f"{files}/empty.parquet"]),
        Case("broken JSON", f"SELECT * FROM '{files}/broken.jsonl'", [f"{files}/broken.jsonl", "line 2"]),
        Case("integer overflow", "SELECT id * 9223372036854775807 FROM good", ["integer overflow", "at: line 1, column"]),
        Case("overflow of a sum", "SELECT sum(big) FROM good", ["overflow"]),
        Case("decimal overflow", "SELECT pay * 99999999999999999999999999999999999999 FROM good", ["overflow"]),
        Case("division by zero", "SELECT 10 / (id - 2) FROM good", ["division by zero", "at: line 1, column"]),
        Case("value that is not of the type of a cast", "SELECT CAST(name AS INTEGER) FROM good", ['"Ada"', "int32", "at: line 1, column"]),
        Case("more rows than one", "SELECT id, (SELECT id FROM good) FROM good", ["more than one row"]),
        Case("exploding cross join", "SELECT count(*) FROM range(1, 3000000) AS a(n), range(1, 3000000) AS b(m)",
             ["no equality", "9.0e+12 pairs", "tusk.sql.most-pairs"]),
        Case("exploding comparison", "SELECT count(*) FROM range(1, 3000000) AS a(n) JOIN range(1, 3000000) AS b(m) ON n < m",
             ["no equality", "tusk.sql.most-pairs"]),
        Case("LIMIT below zero", "SELECT id FROM good LIMIT -1", ["LIMIT"]),
    ]


def make_files(folder: pathlib.Path) -> None:
    """The good table and the bad files."""
    connection = duckdb.connect()
    (folder / "tables").mkdir()
    connection.execute("CREATE TABLE good AS SELECT * FROM (VALUES (1, 'Ada', 'x', 9223372036854775807, 1.50), "
                       "(2, 'Bob', 'y', 1, 2.25), (3, NULL, NULL, NULL, NULL)) AS t(id, name, customer, big, pay)")
    good = folder / "tables" / f"{GOOD}.parquet"
    connection.execute(f"COPY good TO '{good}' (FORMAT parquet)")
    files = folder / "files"
    files.mkdir()
    (files / "ragged.csv").write_text("a,b\n1,x\n2\n3,z\n")
    (files / "quote.csv").write_text('a,b\n1,x\n2,"open\n3,z\n')
    (files / "utf8.csv").write_bytes(b"a,b\n1,x\n2,\xff\xfe\n3,z\n")
    (files / "broken.jsonl").write_text('{"a": 1}\n{"a": 2\n{"a": 3}\n')
    (files / "empty.parquet").write_bytes(b"")
    whole = good.read_bytes()
    (files / "truncated.parquet").write_bytes(whole[:-9])
    # The first pages, behind the magic number; the footer stays as it is.
    (files / "damaged.parquet").write_bytes(whole[:4] + bytes(byte ^ 0x5A for byte in whole[4:60]) + whole[60:])
    line = "1234567,12345678\n"
    with open(files / "type.csv", "w") as file:
        file.write("a,b\n" + line * (BAD_LINE_AT // len(line)) + "12x4567,3\n")
        file.write(line * ((LONG_CSV_BYTES - BAD_LINE_AT) // len(line)))


def main() -> None:
    report = Report("bad_input")
    with cluster_in_new_folder("bad-input") as (work, cluster):
        make_files(work)
        written = work / "written"
        written.mkdir()
        tables = ["--tables", work / "tables", *settings({"warehouse": written, "stage-dir": work / "stages"})]
        local = Checker(report, "local", SqlProgram(tables),
                        lambda: "\n".join(str(path) for path in sorted(written.rglob("*"))))
        report.part("local")
        for case in cases(str(work / "files")):
            local.check(case, str(written))
        report.part("cluster")
        cluster.start()
        cluster.run(TUSK, "fs", "-mkdir", "-p", "/written")
        cluster.run(TUSK, "fs", "-put", work / "tables", work / "files", "/")
        tables = ["--tables", "/tables", *settings({"warehouse": "/written", "small-query-bytes": "0"})]
        remote = Checker(report, "cluster", SqlProgram(tables, cluster.environment()),
                         lambda: cluster.run(TUSK, "fs", "-ls", "-R", "/written").stdout)
        for case in cases("/files"):
            remote.check(case, "/written")
    report.finish()


main()
