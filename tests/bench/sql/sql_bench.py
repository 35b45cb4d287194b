"""SQL of Tusk beside DuckDB in one run; answers are compared.

    tests/tables/run.sh tests/bench/sql/sql_bench.py --work DIR [--runs N] [--scale SF] [--rows N] [--parts PART...]

Parts: tpch (22 queries from Parquet), groupby and join (db-benchmark from CSV), small (a question to 10 MB). Targets are
those of full size. The cluster is the one of HADOOP_CONF_DIR. Tables are made in --work and stay there. Lines on standard
output are results of sbin/bench.sh: name, target, unit, median, least, greatest.
"""
import argparse
import collections
import pathlib
import statistics

from engines import DuckDb, Engine, Tusk, quoted, remove, say
from tables import emit, make_tables, megabytes_of, put_tables
import compare
import digest
import duckdb
import workloads

PARTS = ("tpch", "groupby", "join", "small")
# The sum of the 22 queries in Spark 4.3.0 (local[2], driver with 12 GB, SF 1 from Parquet, warm session) on two cores.
SPARK_TPCH_SECONDS = 133.4
SMALL_RUNS = 15
SMALL_QUERY = "SELECT carrier, count(*) AS flights, avg(delay) AS mean FROM small WHERE delay > 15 GROUP BY carrier"
SMALL_ROWS = """SELECT n AS id, date '2013-01-01' + CAST(n % 365 AS INTEGER) AS day, 'C' || n % 16 AS carrier,
  n * 7919 % 240 - 60 AS delay, n * 104729 % 5000 AS distance FROM range(340000) AS t(n)"""


def check_printed(query, expected: pathlib.Path, actual: pathlib.Path) -> None:
    order = ", ".join(f"{name} desc" if descending else name for name, descending in query.order_by)
    compare.compare_files(compare.parse_arguments([str(expected), str(actual), "--order-by", order]))


def check_written(duck: DuckDb, query, expected: pathlib.Path, actual: pathlib.Path) -> None:
    columns = digest.columns_of(duck.connection, query.sql)
    digests = [digest.digest_parquet(duck.connection, path, columns) for path in (expected, actual)]
    compare.compare_digests(*digests)


def one_query(query, engines: list[Engine], how: str, work: pathlib.Path, check: bool) -> dict[str, float]:
    """The seconds of each engine, DuckDB first, whose answer the others must give."""
    seconds = {}
    answers = {engine.name: work / f"answer-{engine.name}" for engine in engines}
    for engine in engines:
        answer = answers[engine.name]
        remove(answer)
        seconds[engine.name] = getattr(engine, how)(query.sql, answer)
        if how == "written":
            engine.fetch(answer, check)
        if check and engine is not engines[0]:
            try:
                if how == "printed":
                    check_printed(query, answers[engines[0].name], answer)
                else:
                    check_written(engines[0], query, answers[engines[0].name], answer)
            except (compare.Mismatch, ValueError) as mismatch:
                raise RuntimeError(f"{query.name} of {engine.name}: {mismatch}") from None
    for answer in answers.values():
        remove(answer)
    return seconds


def measure_suite(suite, engines: list[Engine], how: str, work: pathlib.Path, runs: int) -> dict[str, list[float]]:
    """The sums of each engine, run by run; the first run is checked. What queries took goes to standard error."""
    queries, sums = collections.defaultdict(list), collections.defaultdict(list)
    for engine in engines:  # warm: programs, files, task processes
        getattr(engine, how)(suite.queries[0].sql, work / "warm")
        if how == "written":
            engine.fetch(work / "warm", False)
    for i in range(runs):
        total = collections.Counter()
        for query in suite.queries:
            seconds = one_query(query, engines, how, work, check=i == 0)
            total.update(seconds)
            for name, taken in seconds.items():
                queries[query.name, name].append(taken)
        for engine in engines:
            sums[engine.name].append(total[engine.name])
    say(f"{suite.label}: medians in seconds of " + ", ".join(engine.name for engine in engines))
    for query in suite.queries:
        medians = (statistics.median(queries[query.name, engine.name]) for engine in engines)
        say(f"  {query.name} " + "".join(f"{median:9.3f}" for median in medians))
    return sums


def engines_for(suite, folder: pathlib.Path, file_format: str, work: pathlib.Path) -> list[Engine]:
    there = put_tables(folder, suite.label)
    return [DuckDb(suite, folder, file_format, work), Tusk("local", str(folder), work), Tusk("cluster", there, work)]


def measure_tpch(args) -> None:
    suite = workloads.tpch(args.scale)
    folder = make_tables(suite, args.scale, "parquet", args.work)
    sums = measure_suite(suite, engines_for(suite, folder, "parquet", args.work), "printed", args.work, args.runs)
    name = f"TPC-H SF {args.scale}, 22 queries from Parquet"
    is_full = float(args.scale) == 1
    most = min(5 * statistics.median(sums["DuckDB"]), SPARK_TPCH_SECONDS / 4)
    target = f"<= {most:.4g}" if is_full else "-"
    emit(f"{name}, DuckDB", "-", "s", sums["DuckDB"])
    emit(f"{name}, --local", target, "s", sums["local"])
    emit(f"{name}, cluster", target, "s", sums["cluster"])
    if is_full:
        emit(f"{name}, Spark 4.3 (recorded 2026-11-22)", "-", "s", [SPARK_TPCH_SECONDS])


def measure_db_benchmark(args, kind: str) -> None:
    suite = getattr(workloads, kind)(args.rows)
    folder = make_tables(suite, args.rows, "csv", args.work)
    sums = measure_suite(suite, engines_for(suite, folder, "csv", args.work), "written", args.work, args.runs)
    name = f"db-benchmark {kind}, {megabytes_of(*folder.iterdir()):.0f} MB of CSV"
    most = 2 * statistics.median(sums["DuckDB"])
    target = f"<= {most:.4g}" if float(args.rows) == 1e7 else "-"
    emit(f"{name}, DuckDB", "-", "s", sums["DuckDB"])
    emit(f"{name}, --local", target, "s", sums["local"])
    emit(f"{name}, cluster", target, "s", sums["cluster"])


def measure_small(args) -> None:
    """From the start of the process to its end."""
    folder = args.work / "small"
    folder.mkdir(exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"COPY ({SMALL_ROWS}) TO {quoted(folder / 'small.csv')} (FORMAT csv, HEADER)")
    suite = workloads.Suite("small", "small", [workloads.Table("small", "small", workloads.parse_columns(
        "id int64, day date, carrier string, delay int64, distance int64"))], [workloads.Query("small", SMALL_QUERY)])
    runs = max(args.runs, SMALL_RUNS)
    sums = measure_suite(suite, engines_for(suite, folder, "csv", args.work), "printed", args.work, runs)
    name = f"filter and group, {megabytes_of(folder / 'small.csv'):.1f} MB of CSV"
    in_ms = {engine: [1000 * each for each in seconds] for engine, seconds in sums.items()}
    emit(f"{name}, --local, whole process", "<= 100", "ms", in_ms["local"])
    emit(f"{name}, cluster, whole process", "<= 150", "ms", in_ms["cluster"])
    emit(f"{name}, DuckDB, query alone", "-", "ms", in_ms["DuckDB"])


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", default="1")
    parser.add_argument("--rows", default="1e7")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    args = parser.parse_args()
    args.work = args.work.resolve()
    args.work.mkdir(parents=True, exist_ok=True)
    for part in args.parts:
        say(f"SQL: {part}")
        if part in ("groupby", "join"):
            measure_db_benchmark(args, part)
        else:
            {"tpch": measure_tpch, "small": measure_small}[part](args)


main()
