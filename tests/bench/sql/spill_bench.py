"""Sort, join and group-by over data of many times the memory of the tasks, beside the same with enough memory.

    tests/tables/run.sh tests/bench/sql/spill_bench.py --work DIR [--runs N] [--scale SF] [--memory SIZE]

Tables are TPC-H's from CSV, on the cluster of HADOOP_CONF_DIR. --memory (16m) is what the operators of a task may hold, and
what its map output may take before it is spilled. The peak of a task is that of its process, program and libraries
included. Both runs must give the same rows. Lines on standard output are results of sbin/bench.sh.
"""
import argparse
import os
import pathlib
import statistics
import typing

from engines import Tusk, remove, say
from tables import emit, make_tables, megabytes_of, put_tables
import duckdb
import workloads

ENOUGH = "8g"
# Rows of the input are told apart by these, so that a wrong or lost row changes the sum.
ROWS = "read_csv('{folder}/*.csv', header = true, all_varchar = true)"
CHECK = f"SELECT count(*), sum(hash(COLUMNS(*))::HUGEINT) FROM {ROWS}"
SORTED = f"SELECT count(*) FROM (SELECT {{key}} < lag({{key}}) OVER () AS wrong FROM {ROWS}) WHERE wrong"


class Case(typing.NamedTuple):
    """A query, the tables it reads, and by what its rows are sorted."""
    name: str
    sql: str
    tables: tuple[str, ...]
    sorted_by: str = ""


CASES = (
    Case("sort", "SELECT * FROM lineitem ORDER BY l_comment, l_orderkey, l_linenumber", ("lineitem",), "l_comment"),
    Case("join", "SELECT l_orderkey, l_linenumber, l_extendedprice, l_comment, o_custkey, o_totalprice, o_comment "
         "FROM lineitem JOIN orders ON l_orderkey = o_orderkey", ("lineitem", "orders")),
    Case("group-by", "SELECT l_orderkey, l_partkey, count(*) AS lines, sum(l_quantity) AS quantity, "
         "max(l_comment) AS comment FROM lineitem GROUP BY l_orderkey, l_partkey", ("lineitem",)),
)


class Measured(typing.NamedTuple):
    seconds: float
    peak_bytes: float
    spilled_bytes: float


def measure(engine: Tusk, case: Case, work: pathlib.Path) -> tuple[Measured, tuple]:
    """One run, and a digest of its rows."""
    answer = work / "spill-answer"
    remove(answer)
    seconds = engine.written(case.sql, answer)
    stages = engine.outcome.stages()
    engine.fetch(answer, True)
    connection = duckdb.connect()
    found = connection.execute(CHECK.format(folder=answer)).fetchall()[0]
    if case.sorted_by:
        wrong = connection.execute(SORTED.format(key=case.sorted_by, folder=answer)).fetchone()[0]
        if wrong:
            raise RuntimeError(f"{case.name}, {engine.name}: {wrong} rows are out of order")
    remove(answer)
    return Measured(seconds, max(stage.peak_bytes for stage in stages),
                    sum(stage.spilled_bytes for stage in stages)), found


def measure_case(case: Case, folder: pathlib.Path, engines: dict[str, Tusk], args) -> None:
    megabytes = megabytes_of(*(folder / f"{table}.csv" for table in case.tables))
    runs: dict[str, list[Measured]] = {name: [] for name in engines}
    rows = set()
    for _ in range(args.runs):
        for name, engine in engines.items():
            one, found = measure(engine, case, args.work)
            runs[name].append(one)
            rows.add(found)
    if len(rows) != 1:
        raise RuntimeError(f"{case.name}: answers differ with the memory: {rows}")
    ratios = [few.seconds / enough.seconds for few, enough in zip(runs[args.memory], runs[ENOUGH])]
    what = f"{case.name}, {megabytes:.0f} MB of CSV"
    for name, measured in runs.items():
        emit(f"{what}, {name} a task", "-", "s/GB", [one.seconds / megabytes * 1000 for one in measured])
        emit(f"{what}, {name} a task: peak of its process", "-", "MB", [one.peak_bytes / 1e6 for one in measured])
        emit(f"{what}, {name} a task: spilled", "-", "MB", [one.spilled_bytes / 1e6 for one in measured])
    emit(f"{what}, time with {args.memory} to {ENOUGH}", "<= 2", "times", ratios)
    tasks = os.cpu_count()
    held = size_of(args.memory) * tasks / 1e6
    emit(f"{what} to memory of {tasks} tasks", ">= 20", "times", [megabytes / held])
    emit(f"{what} to processes of {tasks} tasks", "-", "times",
         [megabytes / (one.peak_bytes / 1e6 * tasks) for one in runs[args.memory]])
    if statistics.median(one.spilled_bytes for one in runs[args.memory]) == 0:
        raise RuntimeError(f"{case.name}: nothing was spilled")


def size_of(text: str) -> int:
    """"16m" as bytes."""
    return int(text[:-1]) << {"k": 10, "m": 20, "g": 30}[text[-1]]


def options_of(memory: str) -> list[str]:
    # Both sides of the join are shuffled, as those of big tables are.
    values = {"tusk.sql.task-memory": memory, "tusk.sql.broadcast-bytes": 1}
    if memory != ENOUGH:
        values["mapreduce.task.io.sort.mb"] = size_of(memory) >> 20
    return [word for name, value in values.items() for word in ("-D", f"{name}={value}")]


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", default="1")
    parser.add_argument("--memory", default="16m", help="of a task, as tusk.sql.task-memory")
    args = parser.parse_args()
    args.work = args.work.resolve()
    args.work.mkdir(parents=True, exist_ok=True)
    suite = workloads.tpch(args.scale)
    folder = make_tables(suite, args.scale, "csv", args.work)
    there = put_tables(folder, suite.label + "-csv")
    engines = {memory: Tusk("cluster", there, args.work, options_of(memory), "csv") for memory in (ENOUGH, args.memory)}
    for case in CASES:
        say(f"SQL with little memory: {case.name}")
        measure_case(case, folder, engines, args)


main()
