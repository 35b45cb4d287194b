"""Clusters that live as long as a `with` block: ours, and Hadoop's own HDFS."""
import os
import pathlib
import re
import socket
import subprocess

import clients

READY_SECONDS = 240  # for a cluster, on a machine with other work
START_SECONDS = READY_SECONDS + 60
LINES_OF_A_LOG = 15
FIRST_PORT, LAST_PORT, PORTS_OF_A_CLUSTER = 21000, 27900, 60


def run(arguments: list, env: dict | None = None) -> str:
    """Runs a command that starts or stops a cluster; raises with all it said when it fails."""
    done = subprocess.run([str(argument) for argument in arguments], env={**os.environ, **(env or {})}, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=START_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments[0]} {arguments[1]}: exit status {done.returncode}\n{done.stdout}")
    return done.stdout


def free_base_port() -> int:
    """The first port of a range in which nobody listens. Starts at a place of this process, so that
    two tests at once rarely look at the same."""
    bases = list(range(FIRST_PORT, LAST_PORT, 100))
    begin = os.getpid() % len(bases)
    for base in bases[begin:] + bases[:begin]:
        if all(is_free(port) for port in range(base, base + PORTS_OF_A_CLUSTER)):
            return base
    raise RuntimeError(f"no free ports between {FIRST_PORT} and {LAST_PORT}")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class TuskCluster:
    """Namenode, datanodes, jobtracker and tasktrackers of the program under test."""

    def __init__(self, folder: pathlib.Path, datanodes: int = 3, trackers: int = 2):
        self.folder = folder
        self.conf = folder / "conf"
        self._sizes = ["--datanodes", datanodes, "--trackers", trackers]

    def __enter__(self) -> "TuskCluster":
        try:
            run([clients.TUSK, "cluster", "start", "--dir", self.folder, *self._sizes,
                 "--base-port", free_base_port()])
        except Exception:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        run([clients.TUSK, "cluster", "stop", "--dir", self.folder])

    def __exit__(self, *_) -> None:
        self.stop()


class HadoopCluster:
    """Hadoop's own namenode and datanodes."""

    def __init__(self, folder: pathlib.Path, datanodes: int = 3):
        self.folder = folder
        self.conf = folder / "conf"
        self._datanodes = datanodes
        self._env = {"HADOOP_JARS": str(clients.HADOOP), "READY_SECONDS": str(READY_SECONDS)}

    def __enter__(self) -> "HadoopCluster":
        try:
            run([clients.PEER_SCRIPTS / "cluster.sh", "start", self.folder, "--datanodes", self._datanodes,
                 "--no-yarn", "--tuned"], self._env)
        except Exception:
            print(self.complaints())
            self.stop()
            raise
        return self

    def stop(self) -> None:
        run([clients.PEER_SCRIPTS / "cluster.sh", "stop", self.folder], self._env)

    def __exit__(self, *_) -> None:
        self.stop()

    def complaints(self) -> str:
        """The last warnings and errors in the logs, which go with the folder."""
        texts = []
        for log in sorted((self.folder / "logs").glob("*.log")):
            lines = [line[:300] for line in log.read_text(errors="replace").splitlines()
                     if re.search(r" (WARN|ERROR|FATAL) |Exception", line)]
            texts += [f"-- {log.name}", *lines[-LINES_OF_A_LOG:]]
        return "\n".join(texts)

    def uri(self) -> str:
        """hdfs://HOST:PORT"""
        facts = dict(line.split("=", 1) for line in (self.folder / "run" / "env").read_text().splitlines())
        return facts["fs"]
