"""A group-by over a folder to which files are added: a run reads the added files alone, and says so.

    run.sh partial_reuse.py

On this machine's files and on a cluster; answers are compared with sums made here. Then the program is killed again and
again, wherever it is, while files are added: what it leaves behind must never make an answer wrong.
"""
import collections
import pathlib
import random
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("support", "interop"):
    sys.path.insert(0, str(HERE.parent / folder))

from check import Report  # noqa: E402
from sql_program import TUSK_SQL, SqlProgram, byte_count, settings  # noqa: E402
from tusk_cluster import SMALL_CLUSTER, TUSK, cluster_in_new_folder  # noqa: E402

FIRST_FILES = 5
ROWS = 4000
KILLS = 12
READ = re.compile(r"^stage 1: .*read ([\d.,]+) (bytes|byte|kB|MB)", re.MULTILINE)
SPARED = re.compile(r"; (\d+) of (\d+) files reused")


class Sales:
    """A folder of CSV files and what a group-by over it must answer."""

    def __init__(self, folder: pathlib.Path, seed: int):
        self.folder = folder
        self._random = random.Random(seed)
        self._groups = collections.defaultdict(lambda: [0, 0, 0])
        self._files = 0
        folder.mkdir()

    def add(self) -> pathlib.Path:
        """One more file, at a random place in the order of names."""
        self._files += 1
        path = self.folder / f"{self._random.randrange(1000):03}_{self._files:03}.csv"
        rows = [(f"shop{self._random.randrange(40)}", self._random.randrange(1000)) for _ in range(ROWS)]
        path.write_text("shop,price\n" + "".join(f"{shop},{price}\n" for shop, price in rows))
        for shop, price in rows:
            group = self._groups[shop]
            self._groups[shop] = [group[0] + 1, group[1] + price, max(group[2], price)]
        return path

    def answer(self) -> str:
        lines = [f"{shop},{count},{total},{top}" for shop, (count, total, top) in sorted(self._groups.items())]
        return "\n".join(["shop,n,total,top", *lines]) + "\n"


def query(table: str) -> str:
    return (f"SELECT shop, count(*) AS n, sum(price) AS total, max(price) AS top FROM '{table}' GROUP BY shop "
            "ORDER BY shop")


def check_runs(report: Report, what: str, program: SqlProgram, table: str, sales: Sales, put) -> None:
    """`put` brings a file of this machine to where the program reads."""
    for _ in range(FIRST_FILES):
        put(sales.add())
    first = program.run("--stats", "--csv", query(table))
    report.check(first.out == sales.answer() and not SPARED.search(first.err), f"{what}: the first run", first.err)
    again = program.run("--stats", "--csv", query(table))
    report.check(again.out == sales.answer() and again.summaries()[0].jobs == 0, f"{what}: the second run reads nothing",
                 again.err)
    added = sales.add()
    put(added)
    more = program.run("--stats", "--csv", query(table))
    spared, read = SPARED.search(more.err), READ.search(more.err)
    good = bool(spared) and spared.groups() == (str(FIRST_FILES), str(FIRST_FILES + 1)) and read
    report.check(bool(good) and more.out == sales.answer(), f"{what}: an added file", more.out + more.err)
    if good:
        length = added.stat().st_size
        report.check(abs(byte_count(*read.groups()) - length) < length / 20, f"{what}: only the added file is read",
                     f"{length} bytes: {more.err}")
    anew = program.run("--csv", "-D", "tusk.sql.reuse=false", query(table))
    report.check(anew.out == more.out, f"{what}: without reuse the answer is the same", anew.err)


def check_kills(report: Report, options: list, sales: Sales, seed: int) -> None:
    """kill -9 of the program at random moments of its run; then it must answer as if nothing had happened."""
    moments = random.Random(seed)
    program = SqlProgram(options)
    spared = 0
    for _ in range(KILLS):
        sales.add()
        timed = program.run("--stats", "--csv", query(str(sales.folder)))
        report.check(timed.out == sales.answer(), "the answer before a kill", timed.err)
        sales.add()
        with subprocess.Popen([str(each) for each in (TUSK_SQL, "--local", *options, query(str(sales.folder)))],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as cut:
            try:
                cut.wait(moments.uniform(0, timed.seconds))
            except subprocess.TimeoutExpired:
                cut.kill()
        done = program.run("--stats", "--csv", query(str(sales.folder)))
        report.check(done.out == sales.answer(), f"the answer behind a kill (seed {seed})", done.err)
        spared += len(SPARED.findall(done.err))
    report.check(spared > 0, "behind a kill files are reused", str(spared))


def main() -> None:
    report = Report("partial_reuse")
    seed = random.SystemRandom().randrange(1 << 32)
    with cluster_in_new_folder("partial-reuse", **SMALL_CLUSTER) as (work, cluster):
        local = settings({"stage-dir": work / "stages"})
        report.part("local")
        sales = Sales(work / "sales", seed)
        check_runs(report, "local", SqlProgram(local), str(sales.folder), sales, lambda path: None)
        report.part("kills")
        check_kills(report, local, sales, seed)
        report.part("cluster")
        cluster.start()
        cluster.run(TUSK, "fs", "-mkdir", "-p", "/sales")
        options = settings({"small-query-bytes": "0", "reduces": "3"})
        check_runs(report, "cluster", SqlProgram(options, cluster.environment()), "/sales",
                   Sales(work / "more", seed), lambda path: cluster.run(TUSK, "fs", "-put", path, "/sales"))
    report.finish()


main()
