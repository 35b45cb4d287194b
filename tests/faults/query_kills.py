"""TPC-H's q9 loses every process and goes on; q18 loses a tracker in each of its stages.

    tests/tables/run.sh tests/faults/query_kills.py [--keep] [--scale SF]

1. q9 is cut off in its middle: kill -9 of its program and of every daemon while a stage runs behind others that have
   finished. The cluster is started again and the query taken up: its answer must be DuckDB's, and what had finished
   must not run again.
2. q18 runs once for each of its stages, and while a task of that stage runs, the tasktracker that runs it is killed:
   the answer must be DuckDB's.

The last line has the sums; exit status 1 when anything was wrong.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

TESTS = pathlib.Path(__file__).resolve().parents[1]
for folder in ("support", "peers/tables"):
    sys.path.insert(0, str(TESTS / folder))

import compare  # noqa: E402
import duckdb  # noqa: E402
import workloads  # noqa: E402
from tusk_cluster import BIN, TUSK, Cluster, cluster_in_new_folder, wait_until  # noqa: E402

OPTIONS = {"tusk.jobtracker.tracker.expiry": "2s"}
# Jobs for every shuffle, each side of a join over the network, and several reduces.
SETTINGS = ["-D", "tusk.sql.small-query-bytes=0", "-D", "tusk.sql.broadcast-bytes=1", "-D", "tusk.sql.reduces=2"]
# Files of so many rows: several splits of the big tables.
FILE_ROWS = {"lineitem": 100_000, "orders": 50_000, "partsupp": 30_000}
ANSWER_SECONDS = 120
TRIES = 5


class Tables:
    """TPC-H's tables as folders of Parquet files, and the answers of DuckDB."""

    def __init__(self, scale: str, work: pathlib.Path):
        self.folder, self._work = work / "tables", work
        suite = workloads.tpch(scale)
        self._queries = {query.name: query for query in suite.queries}
        generator = TESTS / "peers" / "data" / "gen_tpch.sh"
        subprocess.run([generator, scale, work / "made", "parquet"], check=True, stdout=subprocess.DEVNULL)
        self._connection = duckdb.connect()
        for table in suite.tables:
            self._connection.execute(f"CREATE VIEW {table.name} AS SELECT * FROM '{work}/made/{table.name}.parquet'")
            self._write(table.name)

    def _write(self, name: str) -> None:
        folder = self.folder / name
        folder.mkdir(parents=True)
        rows = self._connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        step = FILE_ROWS.get(name, rows)
        for i in range(0, rows, step):
            self._connection.execute(f"COPY (SELECT * FROM {name} LIMIT {step} OFFSET {i}) "
                                     f"TO '{folder}/part-{i // step}.parquet' (FORMAT parquet)")

    def sql(self, query: str) -> str:
        return self._queries[query].sql

    def difference(self, query: str, found: str) -> str:
        """How an answer as CSV differs from DuckDB's; empty when it does not."""
        expected, actual = self._work / f"{query}.expected", self._work / f"{query}.actual"
        if not expected.exists():
            self._connection.execute(f"COPY ({self.sql(query)}) TO '{expected}' (FORMAT csv, HEADER)")
        actual.write_text(found)
        order = ", ".join(f"{name} desc" if down else name for name, down in self._queries[query].order_by)
        try:
            compare.compare_files(compare.parse_arguments([str(expected), str(actual), "--order-by", order]))
        except (compare.Mismatch, ValueError) as mismatch:
            return str(mismatch)
        return ""


class Jobtracker:
    """What the jobtracker's pages say."""

    def __init__(self, cluster: Cluster):
        self._daemons = cluster.status()["daemons"]
        self._address = self._http("jobtracker")

    def _http(self, daemon: str) -> str:
        return next(each["addresses"]["http"] for each in self._daemons if each["name"] == daemon)

    def _page(self, path: str) -> dict:
        with urllib.request.urlopen(f"http://{self._address}{path}?format=json", timeout=10) as answer:
            return json.load(answer)

    def jobs(self) -> list[str]:
        """All jobs in the order in which they were submitted."""
        return sorted(job["id"] for job in self._page("/jobs")["jobs"])

    def running_tracker(self, job: str) -> str | None:
        """The daemon that runs a task of a job."""
        try:
            tasks = self._page(f"/jobs/{job}")["tasks"]
        except urllib.error.HTTPError:
            return None
        running = [attempt["tracker"] for task in tasks for attempt in task["attempts"]
                   if attempt["state"] == "RUNNING" and attempt["startedMs"] > 0]
        if not running:
            return None
        trackers = {tracker["id"]: tracker["http"] for tracker in self._page("/trackers")["trackers"]}
        port = trackers[running[0]].rstrip("/").rsplit(":", 1)[1]
        return next(each["name"] for each in self._daemons
                    if each["name"].startswith("tasktracker") and each["addresses"]["http"].endswith(":" + port))


class Queries:
    """`tusk sql` and `tusk query` on one cluster."""

    def __init__(self, cluster: Cluster):
        self._cluster = cluster

    def sql(self, text: str) -> subprocess.CompletedProcess:
        return self._cluster.run(BIN / "tusk-sql", *SETTINGS, "--tables", "/tables", "--csv", text,
                                 seconds=ANSWER_SECONDS)

    def begin(self, text: str) -> subprocess.Popen:
        return subprocess.Popen([str(each) for each in (BIN / "tusk-sql", *SETTINGS, "--tables", "/tables", "--csv", text)],
                                env=self._cluster.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def records(self) -> list[dict]:
        done = self._cluster.run(BIN / "tusk-query", "--json", "list")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def running(self) -> dict | None:
        """The record of the query that runs."""
        running = [record for record in self.records() if record["state"] == "running"]
        return running[-1] if running else None

    def resume(self, query: str) -> subprocess.CompletedProcess:
        return self._cluster.run(BIN / "tusk-query", "--csv", "resume", query, seconds=ANSWER_SECONDS)

    def forget(self) -> None:
        """Removes everything that could be taken for a new run."""
        self._cluster.run(BIN / "tusk-query", "clean", "--older-than", "0s")


class Rounds:
    """The rounds on one cluster, with what was wrong in them."""

    def __init__(self, cluster: Cluster, tables: Tables):
        self.cluster, self.tables, self.queries = cluster, tables, Queries(cluster)
        self.problems: list[str] = []
        self.count = 0

    def check(self, query: str, found: str, what: str) -> None:
        difference = self.tables.difference(query, found)
        if difference:
            self.problems.append(f"{query}, {what}: {difference}")

    def stages_of(self, query: str) -> int:
        """How many stages a query has, by a run that nobody disturbs."""
        self.check(query, self.queries.sql(self.tables.sql(query)).stdout, "undisturbed")
        stages = len(self.queries.records()[-1]["stages"])
        self.queries.forget()
        print(f"{query}: {stages} stages")
        return stages

    def lose_everything(self, query: str) -> None:
        stages = self.stages_of(query)
        self.count += 1
        driver = self.queries.begin(self.tables.sql(query))

        def middle() -> dict | None:
            record = self.queries.running()
            return record if record and len(record["stages"]) >= stages // 2 else None

        record = wait_until(middle, ANSWER_SECONDS, f"{stages // 2} stages")
        driver.kill()
        driver.communicate()
        for daemon in self.cluster.status()["daemons"]:
            self.cluster.kill(daemon["pid"])
        self.cluster.start()
        done = self.queries.resume(record["id"])
        self.check(query, done.stdout, "resumed")
        finished = len(record["stages"])
        lines = re.findall(r"^stage \d+: .*$", done.stderr, re.MULTILINE)
        again = [line for line in lines[:finished] if not line.endswith("; reused")]
        if len(lines) <= finished:
            self.problems.append(f"{query} was over when it was cut off: {lines}")
        self.problems += [f"run again: {line}" for line in again]
        print(f"{query} resumed: {finished} of {len(lines)} stages had finished, {finished - len(again)} reused")
        self.queries.forget()

    def lose_trackers(self, query: str) -> None:
        for stage in range(self.stages_of(query)):
            self.count += 1
            # A task may come and go between two looks.
            if not any(self._lose_tracker(query, stage) for _ in range(TRIES)):
                self.problems.append(f"{query}: no task of stage {stage + 1} was seen in {TRIES} runs")

    def _lose_tracker(self, query: str, stage: int) -> bool:
        """False when the stage went by unseen."""
        jobtracker = Jobtracker(self.cluster)
        before = len(jobtracker.jobs())
        driver = self.queries.begin(self.tables.sql(query))

        def victim() -> str | None:
            jobs = jobtracker.jobs()[before:]
            return jobtracker.running_tracker(jobs[stage]) if len(jobs) > stage else None

        tracker = wait_until(lambda: victim() or driver.poll() is not None, ANSWER_SECONDS, f"a task of stage {stage}")
        if isinstance(tracker, str):
            self.cluster.kill(self.cluster.pid(tracker))
        out, err = driver.communicate(timeout=ANSWER_SECONDS)
        if isinstance(tracker, str):
            self.cluster.start()
            what = f"{tracker} killed in stage {stage + 1}"
            print(f"{query}, {what}: exit status {driver.returncode}")
            if driver.returncode != 0:
                self.problems.append(f"{query}, {what}: {err[-1000:]}")
            else:
                self.check(query, out, what)
        self.queries.forget()
        return isinstance(tracker, str)


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--scale", default="0.1")
    options = parser.parse_args()
    with cluster_in_new_folder("query-kills", keep=options.keep, options=OPTIONS) as (work, cluster):
        tables = Tables(options.scale, work)
        cluster.start()
        cluster.run(TUSK, "fs", "-put", tables.folder, "/tables")
        rounds = Rounds(cluster, tables)
        rounds.lose_everything("q09")
        rounds.lose_trackers("q18")
    for problem in rounds.problems:
        print(f"FAIL: {problem}")
    print(f"{rounds.count} rounds, {len(rounds.problems)} wrong")
    sys.exit(1 if rounds.problems else 0)


main()
