"""Little memory and full disks.

    run.sh spill.py

1. Sort, join and group-by over data of 20 times the memory of the tasks, on a cluster: the answers are DuckDB's, and
   what a task's process needs at its peak stays far below what the sort needs with enough memory.
2. The disk is full while a join spills and while map output is spilled, on this machine's files and on a cluster: one
   error that says where, and nothing half-written is left. The limit on the length of files stands for a full disk.
   With room again the same query succeeds.
"""
import os
import pathlib
import resource
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("support", "interop"):
    sys.path.insert(0, str(HERE.parent / folder))

import duckdb  # noqa: E402
from bad_statements import Case, Checker  # noqa: E402
from check import Report  # noqa: E402
from sql_program import SqlProgram, settings  # noqa: E402
from tusk_cluster import TUSK, Cluster, cluster_in_new_folder  # noqa: E402

ROWS = 400_000
LITTLE, ENOUGH = "1m", "1g"
TIMES_MEMORY = 20
# In order of the table, keys are far apart.
TABLES = {
    "facts": f"SELECT n * 7919 % {ROWS} AS id, n % 1000 AS kind, md5(n::VARCHAR) AS word, "
             f"sha256(n::VARCHAR) AS text FROM range({ROWS}) AS t(n)",
    "others": f"SELECT n * 104729 % {ROWS} AS other, md5((-n)::VARCHAR) AS name FROM range({ROWS}) AS t(n)",
}
QUERIES = {
    "sort": "SELECT * FROM facts ORDER BY word, id",
    "join": "SELECT id, word, text, name FROM facts JOIN others ON id = other",
    "group-by": "SELECT id, word, count(*) AS n, max(text) AS text FROM facts GROUP BY id, word",
}
DISK_BYTES = 256 << 10
# A record of the shuffle, a batch of rows, must fit.
MAP_OUTPUT_MIB = 8
FULL_DISK = (
    Case("full disk under map output", QUERIES["sort"], ["spill", "File too large"]),
    Case("full disk under a join", QUERIES["join"], ["a spill in ", "File too large"]),
)
# The side of a join that every task holds is too big for its memory.
FULL_DISK_OPTIONS = {"task-memory": LITTLE, "broadcast-bytes": "1g", "reuse": "false"}


class Data:
    """The tables as Parquet, and what DuckDB answers."""

    def __init__(self, work: pathlib.Path):
        self.folder = work / "tables"
        self.folder.mkdir()
        self.connection = duckdb.connect()
        for name, rows in TABLES.items():
            self.connection.execute(f"CREATE TABLE {name} AS {rows}")
            self.connection.execute(f"COPY {name} TO '{self.folder}/{name}.parquet' (FORMAT parquet, ROW_GROUP_SIZE 50000)")
        (bytes_in_memory,) = self.connection.execute(
            "SELECT sum(8 + 8 + length(word) + length(text)) FROM facts").fetchone()
        self.facts_bytes = int(bytes_in_memory)

    def differs(self, sql: str, answer: pathlib.Path) -> str:
        """How CSV files differ from DuckDB's answer; empty when they do not."""
        rows = f"SELECT count(*), sum(hash(COLUMNS(*)::VARCHAR)::HUGEINT) FROM {{}}"
        expected = self.connection.execute(rows.format(f"({sql})")).fetchall()
        found = self.connection.execute(rows.format(csv_rows(answer))).fetchall()
        return "" if expected == found else f"expected {expected}, found {found}"

    def is_sorted(self, answer: pathlib.Path) -> bool:
        found = self.connection.execute(
            f"SELECT count(*) FROM (SELECT word < lag(word) OVER () AS wrong FROM {csv_rows(answer)}) WHERE wrong").fetchone()
        return found[0] == 0


def csv_rows(answer: pathlib.Path) -> str:
    return f"read_csv('{answer}/*.csv', header = true, all_varchar = true)"


def peak_of(report: Report, data: Data, cluster: Cluster, name: str, memory: str) -> float:
    """Runs a query and checks its answer; the most that a process of a task had in memory."""
    options = settings({"task-memory": memory, "broadcast-bytes": 1, "small-query-bytes": 0, "reuse": "false"})
    if memory == LITTLE:
        options += ["-D", f"mapreduce.task.io.sort.mb={MAP_OUTPUT_MIB}"]
    program = SqlProgram(["--tables", "/tables", "--stats", *options], cluster.environment())
    outcome = program.run(f"COPY ({QUERIES[name]}) TO '/answer' (FORMAT csv)")
    what = f"{name} with {memory} a task"
    if not report.check(outcome.status == 0, f"{what}: exit status {outcome.status}", outcome.err):
        return 0
    answer = data.folder.parent / "answer"
    cluster.run(TUSK, "fs", "-get", "/answer", answer)
    cluster.run(TUSK, "fs", "-rm", "-r", "-skipTrash", "/answer")
    report.equal(data.differs(QUERIES[name], answer), "", what)
    report.check(name != "sort" or data.is_sorted(answer), f"{what} is sorted")
    shutil.rmtree(answer)
    stages = outcome.stages()
    spilled, peak = sum(stage.spilled_bytes for stage in stages), max(stage.peak_bytes for stage in stages)
    report.check((spilled > 0) == (memory == LITTLE), f"{what}: {spilled:.0f} bytes spilled", outcome.err)
    print(f"   {what}: peak of a task's process {peak / 1e6:.0f} MB, {spilled / 1e6:.0f} MB spilled")
    return peak


def check_little_memory(report: Report, data: Data, cluster: Cluster) -> None:
    enough = peak_of(report, data, cluster, "sort", ENOUGH)
    for name in QUERIES:
        peak = peak_of(report, data, cluster, name, LITTLE)
        report.check(0 < peak < enough - data.facts_bytes, f"{name}: little memory is kept to", f"{peak} of {enough}")


def check_full_disk_here(report: Report, data: Data, work: pathlib.Path) -> None:
    written, scratch = work / "written", work / "scratch"
    written.mkdir()
    scratch.mkdir()
    arguments = ["--tables", data.folder, "-D", f"tusk.local.dir={scratch}",
                 *settings({**FULL_DISK_OPTIONS, "warehouse": written, "stage-dir": work / "stages"})]

    def left() -> str:
        return "\n".join(str(path) for folder in (written, scratch) for path in sorted(folder.rglob("*")))

    for case in FULL_DISK:
        Checker(report, "local", SqlProgram(arguments, most_file_bytes=DISK_BYTES), left).check(case, str(written))
    check_again(report, SqlProgram(arguments), "local")


def check_again(report: Report, program: SqlProgram, place: str) -> None:
    for case in FULL_DISK:
        again = program.run("--csv", f"SELECT count(*) AS n FROM ({case.query}) AS x")
        report.equal(again.out.split(), ["n", str(ROWS)], f"{case.what}, {place}: with room again")


def limit_trackers(cluster: Cluster, most: int) -> None:
    """What tasktrackers and the tasks that they start from now on write into one file."""
    for each in cluster.status()["daemons"]:
        if each["name"].startswith("tasktracker"):
            resource.prlimit(each["pid"], resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def check_full_disk_there(report: Report, cluster: Cluster) -> None:
    program = SqlProgram(["--tables", "/tables", *settings(
        {**FULL_DISK_OPTIONS, "warehouse": "/written", "small-query-bytes": 0})], cluster.environment())
    cluster.run(TUSK, "fs", "-mkdir", "-p", "/written")
    limit_trackers(cluster, DISK_BYTES)
    checker = Checker(report, "cluster", program, lambda: cluster.run(TUSK, "fs", "-ls", "-R", "/written").stdout)
    for case in FULL_DISK:
        checker.check(case, "/written")
    limit_trackers(cluster, resource.RLIM_INFINITY)
    check_again(report, program, "cluster")


def main() -> None:
    report = Report("spill")
    # Limits of a tracker are those of the task processes that it starts after: none is kept from before.
    options = {"dfs.replication": "1", "tusk.tasktracker.keep-processes": "0"}
    with cluster_in_new_folder("spill", datanodes=1, trackers=1, options=options) as (work, cluster):
        report.part("tables")
        data = Data(work)
        memory = (1 << 20) * max(os.cpu_count(), 2)
        report.check(data.facts_bytes >= TIMES_MEMORY * 1_000_000, f"{data.facts_bytes} bytes are {TIMES_MEMORY} times {LITTLE}")
        print(f"   {data.facts_bytes / 1e6:.0f} MB, {data.facts_bytes / memory:.0f} times the memory of the tasks")
        cluster.start()
        cluster.run(TUSK, "fs", "-put", data.folder, "/tables")
        report.part("little memory")
        check_little_memory(report, data, cluster)
        report.part("full disk, local")
        check_full_disk_here(report, data, work)
        report.part("full disk, cluster")
        check_full_disk_there(report, cluster)
    report.finish()


main()
