"""A query loses every process and goes on; a query loses a tracker in each of its stages.

usage: query_kills.py [--keep]

1. A query of several stages is cut off with kill -9 of its program and of every daemon as soon as its first stage
   is on record. The cluster is started again and the query taken up: its answer must be right, and what had finished
   must not run again.
2. The same query runs once for each of its stages while a tasktracker is killed in that stage: the answer must be right.

The last line has the sums; exit status 1 when anything was wrong.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tusk_cluster import BIN, TUSK, Cluster, wait_until  # noqa: E402

OPTIONS = {"tusk.jobtracker.tracker.expiry": "2s"}
# Jobs for every shuffle, each side of a join over the network, and several reduces.
SETTINGS = ["-D", "tusk.sql.small-query-bytes=0", "-D", "tusk.sql.broadcast-bytes=1", "-D", "tusk.sql.reduces=2"]
ROWS = 2_000_000
TABLES = {
    "orders": f"SELECT n AS o_key, n % 1000 AS o_customer, n % 7 AS o_kind FROM range(0, {ROWS}) AS t(n)",
    "lines": f"SELECT n % {ROWS // 2} AS l_key, n % 97 AS l_part, n % 13 AS l_count FROM range(0, {ROWS * 2}) AS t(n)",
}
QUERY = """SELECT o_kind, parts, count(*) AS customers, sum(total) AS total FROM (
  SELECT o_customer, o_kind, count(DISTINCT l_part) AS parts, sum(l_count) AS total
  FROM orders JOIN lines ON o_key = l_key GROUP BY o_customer, o_kind) AS x
GROUP BY o_kind, parts ORDER BY o_kind, parts"""
ANSWER_SECONDS = 120


class Queries:
    """`tusk sql` and `tusk query` on one cluster."""

    def __init__(self, cluster: Cluster):
        self._cluster = cluster

    def sql(self, text: str, *options) -> subprocess.CompletedProcess:
        return self._cluster.run(BIN / "tusk-sql", *SETTINGS, *options, "--tables", "/tables", "--csv", text,
                                 seconds=ANSWER_SECONDS)

    def begin(self, text: str) -> subprocess.Popen:
        return subprocess.Popen([str(each) for each in (BIN / "tusk-sql", *SETTINGS, "--tables", "/tables", "--csv", text)],
                                env=self._cluster.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def records(self) -> list[dict]:
        done = self._cluster.run(BIN / "tusk-query", "--json", "list")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def resume(self, query: str) -> subprocess.CompletedProcess:
        return self._cluster.run(BIN / "tusk-query", "--csv", "resume", query, seconds=ANSWER_SECONDS)

    def forget(self) -> None:
        """Removes everything that could be taken for a new run."""
        self._cluster.run(BIN / "tusk-query", "clean", "--older-than", "0s")


def make_tables(queries: Queries, cluster: Cluster) -> None:
    cluster.run(TUSK, "fs", "-mkdir", "-p", "/tables")
    for name, text in TABLES.items():
        cluster.run(BIN / "tusk-sql", f"COPY ({text}) TO '/tables/{name}' WITH (FORMAT parquet)", seconds=ANSWER_SECONDS)
    queries.forget()


def stages_on_record(queries: Queries) -> list[dict]:
    running = [record for record in queries.records() if record["state"] == "running"]
    return running[-1]["stages"] if running else []


def kill_everything(cluster: Cluster, driver: subprocess.Popen) -> None:
    driver.kill()
    driver.communicate()
    for daemon in cluster.status()["daemons"]:
        cluster.kill(daemon["pid"])


def check_resume(cluster: Cluster, queries: Queries, expected: str) -> list[str]:
    """All processes die behind the first stage."""
    queries.forget()
    driver = queries.begin(QUERY)
    finished = wait_until(lambda: stages_on_record(queries), ANSWER_SECONDS, "the first stage")
    kill_everything(cluster, driver)
    cluster.start()
    query = [record["id"] for record in queries.records() if record["state"] == "running"][-1]
    done = queries.resume(query)
    problems = []
    if done.stdout != expected:
        problems.append(f"the resumed query answers {done.stdout[:500]!r}, not {expected[:500]!r}")
    lines = re.findall(r"^stage \d+: .*$", done.stderr, re.MULTILINE)
    again = [line for line in lines[:len(finished)] if not line.endswith("; reused")]
    if len(lines) <= len(finished):
        problems.append(f"the query was over when it was cut off: {lines}")
    problems += [f"run again: {line}" for line in again]
    print(f"resumed {query}: {len(finished)} of {len(lines)} stages had finished, {len(finished) - len(again)} reused")
    return problems


def check_lost_tracker(cluster: Cluster, queries: Queries, expected: str, stage: int) -> list[str]:
    """A tracker dies while the stage runs behind `stage` finished ones."""
    queries.forget()
    driver = queries.begin(QUERY)
    wait_until(lambda: driver.poll() is not None or len(stages_on_record(queries)) >= stage, ANSWER_SECONDS,
               f"{stage} stages")
    cluster.kill(cluster.pid(f"tasktracker-{stage % 2 + 1}"))
    out, err = driver.communicate(timeout=ANSWER_SECONDS)
    cluster.start()
    print(f"tracker killed behind stage {stage}: exit status {driver.returncode}")
    if driver.returncode != 0:
        return [f"a tracker killed behind stage {stage} fails the query: {err[-1000:]}"]
    return [] if out == expected else [f"a tracker killed behind stage {stage} makes another answer: {out[:500]!r}"]


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tusk-query-kills-"))
    cluster = Cluster(folder, options=OPTIONS)
    cluster.start()
    try:
        queries = Queries(cluster)
        make_tables(queries, cluster)
        expected = queries.sql(QUERY).stdout
        stages = len(queries.records()[-1]["stages"])
        print(f"{stages} stages, {expected.count(chr(10)) - 1} rows")
        problems = check_resume(cluster, queries, expected)
        for stage in range(stages):
            problems += check_lost_tracker(cluster, queries, expected, stage)
    finally:
        cluster.stop()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    for problem in problems:
        print(f"FAIL: {problem}")
    print(f"{stages + 1} rounds, {len(problems)} wrong")
    sys.exit(1 if problems else 0)


main()
