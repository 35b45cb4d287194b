"""Every client behind the same operations, so that one test drives them all.

An operation that the client refuses raises Refused with the client's words.
"""
import os
import pathlib
import re
import typing

import hdfs_native

import clients


class Refused(Exception):
    """The client ended with an error."""


class Entry(typing.NamedTuple):
    """One line of a listing, in what all clients can tell."""
    name: str
    mode: str  # "-rw-r--r--"
    size: int
    owner: str
    group: str


def expect(outcome: clients.Outcome) -> str:
    """What a command printed; Refused when it failed."""
    if outcome.status != 0:
        raise Refused(outcome.err.strip() or outcome.out.strip() or f"exit status {outcome.status}")
    return outcome.out


class ShellOperator:
    """Hadoop's FsShell or `tusk fs`: the same command language."""

    def __init__(self, shell):
        self.shell = shell
        self.name = shell.name

    def make_directory(self, path: str) -> None:
        expect(self.shell.run("-mkdir", "-p", path))

    def put(self, local: pathlib.Path, path: str) -> None:
        expect(self.shell.run("-put", str(local), path))

    def get(self, path: str, local: pathlib.Path) -> None:
        expect(self.shell.run("-get", path, str(local)))

    def rename(self, source: str, target: str) -> None:
        expect(self.shell.run("-mv", source, target))

    def delete(self, path: str, recursive: bool) -> None:
        expect(self.shell.run("-rm", "-r", "-skipTrash", path) if recursive else self.shell.run("-rmdir", path))

    def delete_file(self, path: str) -> None:
        expect(self.shell.run("-rm", "-skipTrash", path))

    def change_mode(self, path: str, mode: int) -> None:
        expect(self.shell.run("-chmod", f"{mode:o}", path))

    def list(self, path: str) -> list[Entry]:
        entries = []
        for line in expect(self.shell.run("-ls", path)).splitlines():
            if line.startswith("Found "):
                continue
            mode, _, owner, group, size, _, _, found = line.split(maxsplit=7)
            entries.append(Entry(found.rsplit("/", 1)[1], mode, int(size), owner, group))
        return sorted(entries)

    def usage(self, path: str) -> int:
        return int(expect(self.shell.run("-du", "-s", path)).split()[0])

    def capacity(self) -> int:
        return int(expect(self.shell.run("-df", "/")).splitlines()[1].split()[1])

    def close(self) -> None:
        self.shell.close()


class GoOperator:
    """Debian's hdfs-cli, a Go program."""
    name = "go"
    UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}

    def __init__(self, conf: pathlib.Path, user: str = ""):
        self._env = {"HADOOP_CONF_DIR": str(conf), "HADOOP_USER_NAME": user or clients.USER}

    def run(self, *arguments: str) -> str:
        outcome = clients.run(["hdfs", *arguments], self._env)
        # Some of its commands report an error and end with status 0.
        if outcome.err.strip() and not outcome.out:
            raise Refused(outcome.err.strip())
        return expect(outcome)

    def make_directory(self, path: str) -> None:
        self.run("mkdir", "-p", path)

    def put(self, local: pathlib.Path, path: str) -> None:
        self.run("put", str(local), path)

    def get(self, path: str, local: pathlib.Path) -> None:
        self.run("get", path, str(local))

    def rename(self, source: str, target: str) -> None:
        self.run("mv", source, target)

    def delete(self, path: str, recursive: bool) -> None:
        if not recursive:
            raise NotImplementedError("hdfs-cli deletes no directory without -r")
        self.run("rm", "-r", path)

    def delete_file(self, path: str) -> None:
        self.run("rm", path)

    def change_mode(self, path: str, mode: int) -> None:
        self.run("chmod", f"{mode:o}", path)

    def list(self, path: str) -> list[Entry]:
        entries = []
        for line in self.run("ls", "-la", path).splitlines():
            mode, owner, group, size, _, _, _, name = line.split(maxsplit=7)
            if name not in (".", ".."):
                entries.append(Entry(name, mode, int(size), owner, group))
        return sorted(entries)

    def usage(self, path: str) -> int:
        return int(self.run("du", "-s", path).split()[0])

    def capacity(self) -> int:
        return int(self.run("df").splitlines()[1].split()[0])

    def close(self) -> None:
        """Nothing runs between commands."""


class NativeOperator:
    """The library hdfs-native, in this process."""
    name = "native"
    PIECE = 4 << 20

    def __init__(self, conf: pathlib.Path, user: str = ""):
        # The library takes the user from the environment when it connects.
        os.environ["HADOOP_USER_NAME"] = user or clients.USER
        self.client = hdfs_native.Client(config_dir=str(conf))
        self._call(self.client.get_file_info, "/")
        os.environ.pop("HADOOP_USER_NAME")

    @staticmethod
    def _call(function, *arguments, **named):
        try:
            return function(*arguments, **named)
        except Exception as refusal:  # its exceptions have no class of their own
            raise Refused(f"{type(refusal).__name__}: {refusal}") from refusal

    def make_directory(self, path: str) -> None:
        self._call(self.client.mkdirs, path, create_parent=True)

    def put(self, local: pathlib.Path, path: str) -> None:
        with open(local, "rb") as source:
            writer = self._call(self.client.create, path)
            while piece := source.read(self.PIECE):
                self._call(writer.write, piece)
            self._call(writer.close)

    def get(self, path: str, local: pathlib.Path) -> None:
        reader = self._call(self.client.read, path)
        with open(local, "wb") as target:
            for piece in self._call(reader.read_range_stream, 0, len(reader)):
                target.write(piece)

    def rename(self, source: str, target: str) -> None:
        self._call(self.client.rename, source, target)

    def delete(self, path: str, recursive: bool) -> None:
        if not self._call(self.client.delete, path, recursive):
            raise Refused(f"{path} was not deleted")

    def delete_file(self, path: str) -> None:
        self.delete(path, False)

    def change_mode(self, path: str, mode: int) -> None:
        self._call(self.client.set_permission, path, mode)

    def list(self, path: str) -> list[Entry]:
        entries = []
        for status in self._call(lambda: list(self.client.list_status(path))):
            letters = "".join(letter if status.permission >> (8 - i) & 1 else "-"
                              for i, letter in enumerate("rwxrwxrwx"))
            entries.append(Entry(status.path.rsplit("/", 1)[1], ("d" if status.isdir else "-") + letters,
                                 status.length, status.owner, status.group))
        return sorted(entries)

    def usage(self, path: str) -> int:
        return self._call(self.client.get_content_summary, path).length

    def capacity(self) -> int:
        raise NotImplementedError("hdfs-native does not ask for it")

    def close(self) -> None:
        """Its connections end with the process."""


def all_operators(conf: pathlib.Path, user: str = "") -> list:
    """One of each."""
    return [ShellOperator(clients.TuskShell(conf, user)), ShellOperator(clients.JavaShell(conf, user)),
            GoOperator(conf, user), NativeOperator(conf, user)]


def words_of(refusal: str) -> str:
    """A refusal without what differs from run to run, for the report."""
    return re.sub(r"\s+", " ", refusal)[:300]
