"""`tusk sql` as a program: runs it, and reads what it says of its queries."""
import os
import pathlib
import re
import resource
import subprocess
import sys
import time
import typing

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from tusk_cluster import BIN  # noqa: E402

TUSK_SQL = BIN / "tusk-sql"
QUERY_SECONDS = 600
SUMMARY = re.compile(r"^([\d,]+) rows?(?: written to .*)? in ([\d.]+) s; ([\d,]+) jobs?( in this process)?, "
                     r"([\d,]+) stages? reused, ([\d.,]+) (bytes|byte|kB|MB|GB) on disk$", re.MULTILINE)
STAGE = re.compile(r"^stage \d+: .*?([\d,]+) maps?, ([\d,]+) reduces?.*?shuffled ([\d.,]+) (bytes|byte|kB|MB|GB), "
                   r"spilled ([\d.,]+) (bytes|byte|kB|MB|GB), peak ([\d.,]+) (bytes|byte|kB|MB|GB) a task", re.MULTILINE)
UNITS = {"byte": 1, "bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}


def number(text: str) -> int:
    return int(text.replace(",", ""))


def byte_count(text: str, unit: str) -> float:
    return float(text.replace(",", "")) * UNITS[unit]


class Summary(typing.NamedTuple):
    """The closing line of one query."""
    rows: int
    seconds: float
    jobs: int
    in_process: bool
    reused: int
    disk_bytes: float


class Stage(typing.NamedTuple):
    """What --stats says of one stage."""
    maps: int
    reduces: int
    shuffled_bytes: float
    spilled_bytes: float
    peak_bytes: float  # of a task's process


class Outcome(typing.NamedTuple):
    """What a run has left behind."""
    status: int
    out: str
    err: str
    seconds: float

    def summaries(self) -> list[Summary]:
        return [Summary(number(rows), float(seconds), number(jobs), bool(small), number(reused), byte_count(size, unit))
                for rows, seconds, jobs, small, reused, size, unit in SUMMARY.findall(self.err)]

    def stages(self) -> list[Stage]:
        return [Stage(number(maps), number(reduces), *(byte_count(*sizes[i:i + 2]) for i in (0, 2, 4)))
                for maps, reduces, *sizes in STAGE.findall(self.err)]


class SqlProgram:
    """`tusk sql` with fixed options, on this machine's files or on a cluster."""

    def __init__(self, options: list, environment: dict | None = None, most_file_bytes: int | None = None):
        """`environment` names the cluster; without one the option --local is added. No file that the program writes
        may get longer than `most_file_bytes`, as if the disk were full."""
        self._command = [TUSK_SQL, *([] if environment else ["--local"]), *options]
        self._environment = {**os.environ, **(environment or {})}
        self._limit = None if most_file_bytes is None else lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (most_file_bytes, most_file_bytes))

    def run(self, *arguments, seconds: float = QUERY_SECONDS) -> Outcome:
        begin = time.monotonic()
        try:
            done = subprocess.run([str(each) for each in (*self._command, *arguments)], env=self._environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False,
                                  preexec_fn=self._limit)
        except subprocess.TimeoutExpired:
            return Outcome(124, "", f"not done in {seconds} s", seconds)
        return Outcome(done.returncode, done.stdout.decode(errors="surrogateescape"),
                       done.stderr.decode(errors="replace"), time.monotonic() - begin)


def settings(values: dict) -> list[str]:
    """Options of the program from names without "tusk.sql."."""
    return [word for name, value in values.items() for word in ("-D", f"tusk.sql.{name}={value}")]
