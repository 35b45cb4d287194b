"""A cluster of real processes for tests that are programs: `tusk cluster` with kill -9 added."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY_DIR = pathlib.Path(os.environ.get("TUSK_BINARY_DIR", ROOT / "build/release"))
BIN = BINARY_DIR / "bin"
TUSK = BIN / "tusk"
PORT_SPAN = 200
# As keyword arguments of a cluster: for tests to which its size does not matter.
SMALL_CLUSTER = {"datanodes": 1, "trackers": 1, "options": {"dfs.replication": "1"}}


def free_base_port() -> int:
    """The first of PORT_SPAN ports that nobody listens on; below the ephemeral ports."""
    for base in range(21000 + os.getpid() % 40 * PORT_SPAN, 32000, PORT_SPAN):
        try:
            for offset in range(PORT_SPAN):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", base + offset))
            return base
        except OSError:
            continue
    raise RuntimeError("no free ports")


def wait_until(condition, seconds: float, what: str):
    """Returns the first true answer of `condition`; raises when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.01)


class Cluster:
    """A namenode, datanodes, a jobtracker and tasktrackers under one directory."""

    def __init__(self, directory: pathlib.Path, datanodes: int = 3, trackers: int = 2, options: dict | None = None):
        self.directory = directory
        self.conf = directory / "conf"
        self._first = ["--datanodes", datanodes, "--trackers", trackers, "--base-port", free_base_port()]
        for name, value in (options or {}).items():
            self._first += ["-D", f"{name}={value}"]

    def start(self) -> None:
        """Starts what does not run, and returns once files can be written and jobs run."""
        arguments, self._first = self._first, []
        self._cluster("start", *arguments)

    def stop(self) -> None:
        self._cluster("stop")

    def status(self) -> dict:
        done = subprocess.run([TUSK, "cluster", "status", "--dir", self.directory, "--json"], capture_output=True,
                              text=True, timeout=60, check=False)
        return json.loads(done.stdout)

    def pid(self, daemon: str) -> int:
        """The process of "namenode", "datanode-1", "jobtracker", "tasktracker-2", ..."""
        found = [each for each in self.status()["daemons"] if each["name"] == daemon]
        if len(found) != 1 or "pid" not in found[0]:
            raise RuntimeError(f"{daemon} does not run: {found}")
        return found[0]["pid"]

    def kill(self, pid: int) -> None:
        """kill -9, and waits for the end."""
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self._has_ended(pid), 10, f"end of {pid}")

    def run(self, *arguments, seconds: float = 120, check: bool = True) -> subprocess.CompletedProcess:
        """Runs a program as a client of the cluster; raises with what it said when it fails."""
        done = subprocess.run([str(each) for each in arguments], env=self.environment(), capture_output=True, text=True,
                              timeout=seconds, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{arguments} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done

    def environment(self) -> dict:
        return {**os.environ, "HADOOP_CONF_DIR": str(self.conf)}

    @staticmethod
    def _has_ended(pid: int) -> bool:
        """True when no thread is left; the first is a zombie already while others still end."""
        try:
            threads = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        return len(threads) <= 1 and state == "Z"

    def _cluster(self, verb: str, *arguments) -> None:
        done = subprocess.run([str(each) for each in (TUSK, "cluster", verb, "--dir", self.directory, *arguments)],
                              capture_output=True, text=True, timeout=180, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"cluster {verb}: {done.stdout}{done.stderr}")


@contextlib.contextmanager
def cluster_in_new_folder(name: str, keep: bool = False, **cluster) -> typing.Iterator[tuple[pathlib.Path, Cluster]]:
    """A folder for a test, and a cluster in it that is not started; both are gone behind the block. `keep`: the folder
    is left for a look."""
    work = pathlib.Path(tempfile.mkdtemp(prefix=f"tusk-{name}-"))
    made = Cluster(work / "cluster", **cluster)
    try:
        yield work, made
    finally:
        if made.directory.exists():
            made.stop()
        if not keep:
            shutil.rmtree(work, ignore_errors=True)
