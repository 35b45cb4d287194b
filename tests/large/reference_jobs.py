"""Word count, grep and pi against references: awk, grep, and Hadoop's formula.

usage: reference_jobs.py [--bytes N]        N bytes of generated text beside a real book (default 1 GB)

On a cluster of 3 datanodes and 2 tasktrackers and without daemons; also with a sort buffer of 16 MB, with
1 and 7 reduces, and with a tasktracker killed half-way. The last line has the sums; exit status 1 when any
output differs.
"""
import argparse
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tusk_cluster import BIN, ROOT, TUSK, Cluster, cluster_in_new_folder, wait_until  # noqa: E402

EXAMPLES = BIN / "examples"
JOB_SECONDS = 600
# Grep counts what the expression matches, not lines: as `grep -o` does.
BOOK_EXPRESSION, TEXT_EXPRESSION = "God[a-z]*", "b[aeiou]d[a-z]*"
SORTED = {**os.environ, "LC_ALL": "C"}


class Checks:
    """Counts what holds and says what does not."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, holds: bool, what: str) -> None:
        print(f"{'ok  ' if holds else 'FAIL'}  {what}", flush=True)
        self.passed += holds
        self.failed += not holds


def shell(command: str, **variables) -> None:
    """Runs a pipeline of standard tools; variables are paths named in it."""
    subprocess.run(["bash", "-o", "pipefail", "-c", command], check=True,
                   env={**SORTED, **{name: str(value) for name, value in variables.items()}})


def same(first: pathlib.Path, second: pathlib.Path) -> bool:
    return subprocess.run(["cmp", first, second], check=False).returncode == 0 and first.stat().st_size > 0


def prepare(work: pathlib.Path, count: int) -> None:
    """The book, the text, and what the jobs must give for them."""
    shell('bible -f "Gen1:1-Rev22:21" </dev/null >"$out/book"', out=work)
    shell('g++ -O2 -std=c++20 -o "$out/gen_text" "$source"', out=work, source=ROOT / "tests/peers/data/gen_text.cc")
    shell(f'"$out/gen_text" {count} --counts "$out/text.words" >"$out/text"', out=work)
    # Words are what stands between blanks, as awk's fields are.
    shell("""awk '{ for (i = 1; i <= NF; i++) ++n[$i] } END { for (w in n) print w "\t" n[w] }' "$out/book" |
             sort >"$out/book.words" """, out=work)
    for name, expression in (("book", BOOK_EXPRESSION), ("text", TEXT_EXPRESSION)):
        shell(f"""grep -oE '{expression}' "$out/{name}" | sort | uniq -c | awk '{{ print $1 "\t" $2 }}' | sort """
              f""" >"$out/{name}.matches" """, out=work)


class Jobs:
    """Runs jobs on the cluster or without it, and compares."""

    def __init__(self, checks: Checks, cluster: Cluster, work: pathlib.Path):
        self.checks, self.cluster, self.work = checks, cluster, work
        self._outputs = 0

    def words(self, name: str, what: str, options=(), local: bool = False, meanwhile=None) -> None:
        self._run("wordcount", name, "words", f"word count of the {name}, {what}", options, [], local, meanwhile)

    def matches(self, name: str, expression: str, what: str, local: bool = False) -> None:
        self._run("grep", name, "matches", f"grep in the {name}, {what}", [], [expression], local, None)

    def _run(self, job, name, kind, what, options, arguments, local, meanwhile) -> None:
        self._outputs += 1
        source = self.work / name if local else f"/{name}"
        output = self.work / f"out-{self._outputs}" if local else f"/out-{self._outputs}"
        flags = ["--local"] if local else []
        command = [EXAMPLES / job, *flags, *options, source, output, *arguments]
        began = time.monotonic()
        running = subprocess.Popen([str(each) for each in command], env=self.cluster.environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            if meanwhile:
                meanwhile(running)
            said, _ = running.communicate(timeout=JOB_SECONDS)
        finally:
            if running.poll() is None:
                running.kill()
                running.wait()
        seconds = time.monotonic() - began
        if running.returncode != 0:
            self.checks.check(False, f"{what}: exit status {running.returncode}: {said[-2000:]}")
            return
        found = self.work / "found"
        if local:
            shell('cat "$output"/part-* | sort >"$found"', output=output, found=found)
            shutil.rmtree(output)
        else:
            merged = self.work / "merged"
            self.cluster.run(TUSK, "fs", "-getmerge", output, merged, seconds=JOB_SECONDS)
            shell('sort <"$merged" >"$found"', merged=merged, found=found)
            self.cluster.run(TUSK, "fs", "-rm", "-r", "-skipTrash", output)
        self.checks.check(same(found, self.work / f"{name}.{kind}"), f"{what}: {seconds:.1f} s")


def radical_inverse(index: int, base: int) -> float:
    value, scale = 0.0, 1.0 / base
    while index:
        value += index % base * scale
        index //= base
        scale /= base
    return value


def pi_by_formula(points: int) -> float:
    """Hadoop's QuasiMonteCarlo: the first points of the Halton sequence in bases 2 and 3."""
    inside = 0
    for index in range(1, points + 1):
        x, y = radical_inverse(index, 2) - 0.5, radical_inverse(index, 3) - 0.5
        inside += x * x + y * y <= 0.25
    return 4.0 * inside / points


def check_pi(checks: Checks, cluster: Cluster) -> None:
    maps, samples = 10, 20_000
    expected = pi_by_formula(maps * samples)
    for flags in ([], ["--local"]):
        said = cluster.run(EXAMPLES / "pi", *flags, maps, samples).stdout
        found = re.search(r"Estimated value of Pi is ([0-9.]+)", said)
        holds = found is not None and math.isclose(float(found.group(1)), expected, abs_tol=1e-15)
        checks.check(holds, f"pi from {maps} x {samples} points {' '.join(flags)}")


def kill_a_tracker(cluster: Cluster, job: subprocess.Popen) -> None:
    """kill -9 of a tasktracker once its job has done some of its maps."""
    pid = cluster.pid("tasktracker-1")

    def some_maps_done() -> bool:
        if job.poll() is not None:
            raise RuntimeError(f"the job ended before a tracker could be killed: {job.stdout.read()}")
        listed = json.loads(cluster.run(TUSK, "job", "-list", "--json").stdout)
        return any(each["maps"]["succeeded"] >= 2 for each in listed)

    wait_until(some_maps_done, JOB_SECONDS, "two maps")
    cluster.kill(pid)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bytes", type=int, default=1_000_000_000)
    options = parser.parse_args()
    checks = Checks()
    with cluster_in_new_folder("large", options={"dfs.replication": "1"}) as (work, cluster):
        prepare(work, options.bytes)
        cluster.start()
        for name in ("book", "text"):
            cluster.run(TUSK, "fs", "-put", work / name, "/", seconds=JOB_SECONDS)
        jobs = Jobs(checks, cluster, work)
        for name, expression in (("book", BOOK_EXPRESSION), ("text", TEXT_EXPRESSION)):
            jobs.words(name, "1 reduce")
            jobs.words(name, "7 reduces", ["-D", "mapreduce.job.reduces=7"])
            jobs.words(name, "a sort buffer of 16 MB", ["-D", "mapreduce.task.io.sort.mb=16"])
            jobs.words(name, "no daemons", local=True)
            jobs.matches(name, expression, "cluster")
            jobs.matches(name, expression, "no daemons", local=True)
        small_splits = f"mapreduce.input.fileinputformat.split.maxsize={options.bytes // 16}"
        jobs.words("text", "a tasktracker killed half-way", ["-D", small_splits],
                   meanwhile=lambda job: kill_a_tracker(cluster, job))
        cluster.start()
        check_pi(checks, cluster)
    print(f"{checks.passed} hold, {checks.failed} do not")
    return 1 if checks.failed or not checks.passed else 0


if __name__ == "__main__":
    sys.exit(main())
