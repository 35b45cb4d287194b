"""The programs that talk to a file system in these tests, each behind the same few calls."""
import getpass
import os
import pathlib
import struct
import subprocess
import typing

CLIENTS = pathlib.Path(os.environ["INTEROP_CLIENTS"])
TUSK = pathlib.Path(os.environ["TUSK"])
HADOOP = CLIENTS / "hadoop"
HERE = pathlib.Path(__file__).resolve().parent
PEER_SCRIPTS = HERE.parent / "peers" / "hadoop"
COMMAND_SECONDS = 120
USER = getpass.getuser()


class Outcome(typing.NamedTuple):
    """What a command left behind."""
    status: int
    out: str
    err: str


def run(arguments: list, env: dict, stdin: bytes = b"", seconds: float = COMMAND_SECONDS) -> Outcome:
    """Runs one program to its end; one that hangs is killed, which is status 124."""
    try:
        done = subprocess.run([str(argument) for argument in arguments], env={**os.environ, **env}, input=stdin,
                              capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as late:
        return Outcome(124, (late.stdout or b"").decode(errors="replace"), f"not done in {seconds} s")
    return Outcome(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


class TuskShell:
    """`tusk fs` on the file system of one conf directory."""
    name = "tusk"

    def __init__(self, conf: pathlib.Path, user: str = ""):
        self._env = {"HADOOP_CONF_DIR": str(conf)}
        if user:
            self._env["HADOOP_USER_NAME"] = user

    def run(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        return run([TUSK, "fs", *arguments], self._env, stdin)

    def close(self) -> None:
        """Nothing runs between commands."""


class JavaShell:
    """Hadoop's FsShell on the same; one JVM serves all commands (see FsShellBatch.java)."""
    name = "java"

    def __init__(self, conf: pathlib.Path, user: str = ""):
        opens = [f"--add-opens=java.base/{package}=ALL-UNNAMED"
                 for package in ("java.io", "java.lang", "java.net", "java.nio", "java.util")]
        class_path = f"{conf}:{CLIENTS / 'classes'}:{HADOOP / 'lib'}/*"
        self._process = subprocess.Popen(
            ["java", *opens, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
             "-Djava.net.preferIPv4Stack=true", f"-Dlog4j.configuration=file:{HERE / 'log4j.properties'}",
             "-cp", class_path, "FsShellBatch"],
            env={**os.environ, "HADOOP_USER_NAME": user or USER},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, *arguments: str, stdin: bytes = b"") -> Outcome:
        texts = [argument.encode() for argument in arguments]
        command = struct.pack(">i", len(stdin)) + stdin + struct.pack(">i", len(texts))
        command += b"".join(struct.pack(">i", len(text)) + text for text in texts)
        self._process.stdin.write(command)
        self._process.stdin.flush()
        status = self._number()
        out = self._text()
        return Outcome(status, out, self._text())

    def _number(self) -> int:
        return struct.unpack(">i", self._bytes(4))[0]

    def _text(self) -> str:
        return self._bytes(self._number()).decode(errors="replace")

    def _bytes(self, count: int) -> bytes:
        data = self._process.stdout.read(count)
        if len(data) < count:
            raise RuntimeError(f"the JVM of FsShell ended with status {self._process.wait()}")
        return data

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(COMMAND_SECONDS)
