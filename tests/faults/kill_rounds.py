"""Kills one kind of daemon again and again while a workload runs, and looks whether anything is lost.

usage: kill_rounds.py namenode|datanode|jobtracker|tasktracker [--rounds N] [--seed S] [--keep]

Each round: a workload begins, the daemon gets kill -9 at a random moment and is started again; the
workload goes on. Then everything that was acknowledged is compared with what is there, at the end of the
round and once more at the end of all. The last line has the sums; exit status 1 when anything was lost,
wrong or not available again. Without --seed a new one is drawn; it is printed and can be given again.
"""
import argparse
import collections
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tusk_cluster import BIN, Cluster, wait_until  # noqa: E402

# Small blocks and short times, so that a round takes a second and has many moments to be killed in.
OPTIONS = {
    "dfs.blocksize": "1m",
    "dfs.namenode.fs-limits.min-block-size": "64k",
    "dfs.heartbeat.interval": "1",
    "dfs.namenode.heartbeat.recheck-interval": "1000",
    "dfs.namenode.redundancy.interval.seconds": "1s",
    "tusk.jobtracker.tracker.expiry": "2s",
}
THREADS = 4
ANSWER_SECONDS = 60


class Workload:
    """fault_workload in the background, with its log of acknowledgements."""

    def __init__(self, cluster: Cluster, directory: str, log: pathlib.Path, seed: int):
        self.directory, self.log, self.seed = directory, log, seed
        self._cluster = cluster
        self._process = subprocess.Popen(
            [BIN / "fault_workload", "write", directory, log, str(seed), str(THREADS)], env=cluster.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def acknowledged(self) -> int:
        if self._process.poll() is not None:
            raise RuntimeError(f"the workload ended: {self._process.stdout.read()}")
        return self.log.read_text().count("\nack ") if self.log.exists() else 0

    def await_acknowledged(self, count: int) -> None:
        wait_until(lambda: self.acknowledged() >= count, ANSWER_SECONDS, f"{count} acknowledged operations")

    def finish(self) -> dict:
        self._process.send_signal(signal.SIGTERM)
        out, _ = self._process.communicate(timeout=ANSWER_SECONDS)
        return numbers(out)

    def end(self) -> None:
        """Ends it if it runs still."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def verify(self) -> dict:
        done = self._cluster.run(BIN / "fault_workload", "verify", self.directory, self.log, self.seed, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"verify: {done.stderr}")
        sys.stderr.write(done.stderr)
        return numbers(done.stdout)


def numbers(text: str) -> dict:
    """The sums in the last line of what a workload said."""
    last = text.strip().rsplit("\n", 1)[-1]
    found = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", last)}
    if not found:
        raise RuntimeError(f"no sums in: {text[-2000:]}")
    return found


def file_rounds(cluster: Cluster, work: pathlib.Path, options) -> dict:
    """Rounds against the file system: namenode, or each datanode of the pipelines in turn."""
    sums = collections.Counter()
    workloads = []
    slowest = 0.0
    for number in range(options.rounds):
        chance = random.Random(f"{options.seed}/{number}")
        victim = "namenode" if options.target == "namenode" else f"datanode-{number % 3 + 1}"
        pid = cluster.pid(victim)
        workload = Workload(cluster, f"/faults/{number}", work / f"{number}.log", options.seed * 1000 + number)
        workloads.append(workload)
        try:
            workload.await_acknowledged(chance.randint(1, 60))
            time.sleep(chance.random() * 0.1)  # the moment of the kill
            cluster.kill(pid)
            began = time.monotonic()
            if options.target == "datanode":  # writers go on without it
                workload.await_acknowledged(workload.acknowledged() + 4)
                slowest = max(slowest, time.monotonic() - began)
            cluster.start()
            workload.await_acknowledged(workload.acknowledged() + 4)
            if options.target == "namenode":
                slowest = max(slowest, time.monotonic() - began)
            sums.update(workload.finish())
        finally:
            workload.end()
        sums["kills"] += 1
        found = workload.verify()
        if found["wrong"]:
            print(f"round {number} of seed {options.seed}: {found}")
        sums["wrong"] += found["wrong"]
    for workload in workloads:
        found = workload.verify()
        sums.update({"checked": found["checked"], "checked_bytes": found["bytes"], "wrong": found["wrong"]})
    sums["slowest_ms"] = int(slowest * 1000)
    return sums


def write_text(path: pathlib.Path, seed: int) -> collections.Counter:
    """A text of some megabytes; returns its word counts."""
    chance = random.Random(seed)
    words = [f"w{int(chance.paretovariate(0.6)) % 20000}" for _ in range(600_000)]
    with path.open("w") as out:
        for start in range(0, len(words), 12):
            out.write(" ".join(words[start:start + 12]) + "\n")
    return collections.Counter(words)


def check_counts(cluster: Cluster, output: str, expected: collections.Counter) -> bool:
    text = cluster.run(BIN / "tusk", "fs", "-cat", f"{output}/part-r-*").stdout
    found = collections.Counter()
    for line in text.splitlines():
        word, count = line.split("\t")
        found[word] += int(count)
    return found == expected and len(text.splitlines()) == len(expected)


def job_rounds(cluster: Cluster, work: pathlib.Path, options) -> dict:
    """Rounds against MapReduce. A jobtracker's death may fail the job, with a reason; then a second
    submission must work. A tasktracker's death must not."""
    sums = collections.Counter({"wrong": 0})
    expected = write_text(work / "text", options.seed)
    cluster.run(BIN / "tusk", "fs", "-mkdir", "-p", "/text")
    cluster.run(BIN / "tusk", "fs", "-put", work / "text", "/text/")
    for number in range(options.rounds):
        chance = random.Random(f"{options.seed}/{number}")
        victim = "jobtracker" if options.target == "jobtracker" else f"tasktracker-{number % 2 + 1}"
        pid = cluster.pid(victim)
        output = f"/counts/{number}"
        command = [str(each) for each in (BIN / "tusk", "jar", BIN / "examples" / "wordcount", "-D", "mapreduce.job.reduces=3", "/text", output)]
        job = subprocess.Popen(command, env=cluster.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            time.sleep(chance.random() * 0.3)  # the moment of the kill
            cluster.kill(pid)
            sums["kills"] += 1
            cluster.start()
            said, _ = job.communicate(timeout=ANSWER_SECONDS * 2)
        finally:
            if job.poll() is None:
                job.kill()
                job.wait()
        if job.returncode == 0:
            sums["succeeded"] += 1
        elif options.target == "jobtracker" and "error: " in said:
            sums["failed_clearly"] += 1
            output += "-again"
            cluster.run(*command[:-1], output)
        else:
            print(f"round {number} of seed {options.seed}: {command} ended with {job.returncode}: {said[-3000:]}")
            sums["wrong"] += 1
            continue
        if not check_counts(cluster, output, expected):
            print(f"round {number} of seed {options.seed}: wrong counts in {output}")
            sums["wrong"] += 1
    return sums


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("target", choices=["namenode", "datanode", "jobtracker", "tasktracker"])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--keep", action="store_true", help="leave the directory for a look")
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="tusk-faults-"))
    print(f"kill {options.target}: {options.rounds} rounds, --seed {options.seed}, in {work}", flush=True)
    cluster = Cluster(work / "cluster", options=OPTIONS)
    rounds = file_rounds if options.target in ("namenode", "datanode") else job_rounds
    passed = False
    try:
        cluster.start()
        sums = rounds(cluster, work, options)
        passed = sums["wrong"] == 0 and sums["errors"] == 0
        print(" ".join(f"{name}={value}" for name, value in sums.items()))
    finally:
        cluster.stop()
        if passed and not options.keep:
            shutil.rmtree(work)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
