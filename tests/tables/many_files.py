"""Tables of thousands of files, and the first rows of a great one.

    run.sh many_files.py

Small files share tasks, on this machine's files and on a cluster; what a job is told does not grow with the table. The
first rows of a great table come from its start alone, and from all of it when they are not there.
"""
import pathlib
import sys

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("support", "interop"):
    sys.path.insert(0, str(HERE.parent / folder))

from check import Report  # noqa: E402
from sql_program import SqlProgram, byte_count, settings  # noqa: E402
from tusk_cluster import SMALL_CLUSTER, TUSK, cluster_in_new_folder  # noqa: E402

LOCAL_FILES = 15_000  # with their names, more than one parameter of a job has room for
CLUSTER_FILES = 600
GREAT_ROWS = 6_000_000
MOST_FIRST_BYTES = 40e6


def write_csv(folder: pathlib.Path, files: int) -> None:
    folder.mkdir()
    for i in range(files):
        (folder / f"measurements-of-station-{i:06}.csv").write_text(f"station,value\n{i},{i % 7}\n{i},1\n")


def write_parquet(folder: pathlib.Path, files: int) -> None:
    folder.mkdir()
    with duckdb.connect() as database:
        for i in range(files):
            database.execute(f"COPY (SELECT * FROM (VALUES ({i}, {i % 7}), ({i}, 1)) AS t(station, value)) "
                             f"TO '{folder}/part-{i:06}.parquet'")


def write_great(path: pathlib.Path) -> None:
    with path.open("w", encoding="ascii") as out:
        out.write("number,text\n")
        for i in range(GREAT_ROWS):
            out.write(f"{i},row number {i}\n")


def answer(files: int) -> str:
    return f"n,total,stations\n{2 * files},{sum(i % 7 + 1 for i in range(files))},{files}\n"


def check_many(report: Report, what: str, program: SqlProgram, table: str, files: int) -> None:
    done = program.run("--stats", "--csv", "SELECT count(*) AS n, sum(value) AS total, count(DISTINCT station) AS "
                       f"stations FROM '{table}'")
    report.check(done.out == answer(files), f"{what}: the sums", done.out + done.err)
    maps = done.stages()[0].maps if done.stages() else 0
    report.check(0 < maps < files / 20, f"{what}: small files share tasks", f"{maps} maps of {files} files")


def check_first(report: Report, what: str, program: SqlProgram, table: str) -> None:
    first = program.run("--stats", "--csv", f"SELECT * FROM '{table}' LIMIT 2")
    report.check(first.out == "number,text\n0,row number 0\n1,row number 1\n", f"{what}: the first rows", first.err)
    stages = first.stages()
    report.check(len(stages) == 1 and read_bytes(first.err) <= MOST_FIRST_BYTES, f"{what}: of the start alone", first.err)
    last = program.run("--stats", "--csv", f"SELECT text FROM '{table}' WHERE number >= {GREAT_ROWS - 3} LIMIT 2")
    rows = {f"row number {GREAT_ROWS - i}" for i in (1, 2, 3)}
    got = last.out.splitlines()[1:]
    report.check(len(got) == 2 and set(got) <= rows and len(last.stages()) == 2, f"{what}: rows that come late",
                 last.out + last.err)


def read_bytes(text: str) -> float:
    words = text.split(" read ", 1)[1].split()
    return byte_count(words[0], words[1].rstrip(",;"))


def main() -> None:
    report = Report("many_files")
    with cluster_in_new_folder("many-files", **SMALL_CLUSTER) as (work, cluster):
        write_csv(work / "csv", LOCAL_FILES)
        write_great(work / "great.csv")
        report.part("local")
        local = SqlProgram(settings({"stage-dir": work / "stages", "small-query-bytes": "0"}))
        check_many(report, "local, CSV", local, str(work / "csv"), LOCAL_FILES)
        check_first(report, "local", local, str(work / "great.csv"))
        report.part("cluster")
        write_parquet(work / "parquet", CLUSTER_FILES)
        cluster.start()
        cluster.run(TUSK, "fs", "-put", work / "parquet", "/parquet")
        cluster.run(TUSK, "fs", "-put", work / "great.csv", "/great.csv")
        remote = SqlProgram(settings({"small-query-bytes": "0"}), cluster.environment())
        check_many(report, "cluster, Parquet", remote, "/parquet", CLUSTER_FILES)
        check_first(report, "cluster", remote, "/great.csv")
    report.finish()


main()
