"""Foreign clients on one file system: each does everything, and all others see it.

    foreign_clients.py                 starts a Tusk cluster for itself
    foreign_clients.py CONF_DIR        uses the file system of that configuration
"""
import hashlib
import os
import pathlib
import random
import re
import sys
import tempfile
import time

import clients
import clusters
from check import Report
from operators import Entry, NativeOperator, Refused, all_operators, words_of

BIG_BYTES = 300_000_000
GUEST = "guest"


def digest(path: pathlib.Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()


class Suite:
    """The parts of the test; each works in a directory of its own."""

    def __init__(self, report: Report, conf: pathlib.Path, folder: pathlib.Path):
        self.report = report
        self.conf = conf
        self.folder = folder
        self.operators = all_operators(conf)
        self.tusk = clients.TuskShell(conf)
        self.java = self.operators[1].shell

    def attempt(self, what: str, function, *arguments):
        """Runs one operation; a refusal is a failed check. Returns its result, or nothing."""
        try:
            result = function(*arguments)
        except (Refused, RuntimeError) as refusal:
            self.report.check(False, what, words_of(str(refusal)))
            return None
        self.report.check(True, what)
        return result

    def everybody_sees(self, path: str, expected: list[Entry], what: str) -> None:
        for viewer in self.operators:
            seen = self.attempt(f"{what}, listed by {viewer.name}", viewer.list, path)
            if seen is not None:
                self.report.equal(seen, sorted(expected), f"{what}, as {viewer.name} sees it")

    def operations(self) -> None:
        """List, make directory, put, get, rename, delete, chmod, disk usage, by each client."""
        small = self.folder / "small"
        small.write_bytes(b"hello\nworld\n" * 1000)
        owner = clients.USER
        self.tusk.run("-mkdir", "-p", "/matrix")
        group = self.operators[0].list("/")[0].group
        for actor in self.operators:
            name, top = actor.name, f"/matrix/{actor.name}"
            directory = Entry("d", "drwxr-xr-x", 0, owner, group)
            file = Entry("f", "-rw-r--r--", 12000, owner, group)
            self.attempt(f"{name} mkdir", actor.make_directory, f"{top}/d")
            self.everybody_sees(top, [directory], f"directory of {name}")
            self.attempt(f"{name} put", actor.put, small, f"{top}/d/f")
            self.everybody_sees(f"{top}/d", [file], f"file of {name}")
            for reader in self.operators:
                copy = self.folder / f"{name}-{reader.name}"
                self.attempt(f"{reader.name} gets of {name}", reader.get, f"{top}/d/f", copy)
                self.report.check(copy.exists() and copy.read_bytes() == small.read_bytes(),
                                  f"content of {name} as {reader.name} gets it")
            self.attempt(f"{name} rename", actor.rename, f"{top}/d/f", f"{top}/g")
            self.attempt(f"{name} chmod", actor.change_mode, f"{top}/g", 0o640)
            self.attempt(f"{name} chmod of a directory", actor.change_mode, f"{top}/d", 0o770)
            self.everybody_sees(top, [directory._replace(mode="drwxrwx---"),
                                      file._replace(name="g", mode="-rw-r-----")], f"changes of {name}")
            for viewer in self.operators:
                self.report.equal(self.attempt(f"{viewer.name} du", viewer.usage, top), 12000,
                                  f"usage of {name}'s as {viewer.name} sees it")
            self.attempt(f"{name} deletes a file", actor.delete_file, f"{top}/g")
            self.attempt(f"{name} deletes a tree", actor.delete, f"{top}/d", True)
            self.everybody_sees(top, [], f"deletions of {name}")
        capacities = {actor.name: actor.capacity() for actor in self.operators if actor.name != "native"}
        self.report.check(len(set(capacities.values())) == 1 and min(capacities.values()) > 0,
                          "df", f"{capacities}")

    def refusals(self) -> None:
        """Errors arrive as what they are: clients recognise them by the exception's class."""
        small = self.folder / "small"
        self.tusk.run("-mkdir", "-p", "/refused/full/x", "/refused/open")
        self.tusk.run("-put", str(small), "/refused/private")
        self.tusk.run("-chmod", "600", "/refused/private")
        guests = all_operators(self.conf, GUEST)
        missing = r"No such file|not found|not exist|NotFound|was not deleted"
        denied = r"[Pp]ermission denied|AccessControlException"
        exists = r"[Ee]xists"
        cases = [
            ("list of nothing", missing, lambda actor: actor.list("/refused/nothing")),
            ("get of nothing", missing, lambda actor: actor.get("/refused/nothing", self.folder / "nothing")),
            ("rename of nothing", missing, lambda actor: actor.rename("/refused/nothing", "/refused/new")),
            ("delete of nothing", missing, lambda actor: actor.delete_file("/refused/nothing")),
            ("mode of nothing", missing, lambda actor: actor.change_mode("/refused/nothing", 0o600)),
            ("put over a file", exists, lambda actor: actor.put(small, "/refused/private")),
        ]
        guest_cases = [
            ("foreign get", denied, lambda actor: actor.get("/refused/private", self.folder / "private")),
            ("foreign put", denied, lambda actor: actor.put(small, "/refused/mine")),
            ("foreign mkdir", denied, lambda actor: actor.make_directory("/refused/mine")),
            ("foreign delete", denied, lambda actor: actor.delete_file("/refused/private")),
            ("foreign rename", denied, lambda actor: actor.rename("/refused/private", "/refused/stolen")),
            ("foreign chmod", denied, lambda actor: actor.change_mode("/refused/private", 0o777)),
        ]
        for actors, wanted in ((self.operators, cases), (guests, guest_cases)):
            for actor in actors:
                for what, pattern, act in wanted:
                    try:
                        act(actor)
                        self.report.check(False, f"{what} by {actor.name}", "it was not refused")
                    except Refused as refusal:
                        self.report.check(re.search(pattern, str(refusal)) is not None,
                                          f"{what} by {actor.name}", words_of(str(refusal)))
        native = self.operators[3]
        try:
            native.delete("/refused/full", False)
            self.report.check(False, "native deletes a full directory", "it was not refused")
        except Refused as refusal:
            self.report.check("not empty" in str(refusal).lower(), "native deletes a full directory",
                              words_of(str(refusal)))
        guests[1].close()

    def appends(self) -> None:
        """Appends and reads in the middle, over the border of a block and of a checksum's chunk."""
        native: NativeOperator = self.operators[3]
        pieces = [random.Random(seed).randbytes(size) for seed, size in enumerate((700, 1, 511, 70_000, 1_500_000))]
        path, whole = "/matrix/appended", b""
        expect_bytes = self.folder / "appended"
        for number, piece in enumerate(pieces):
            whole += piece
            part = self.folder / f"piece{number}"
            part.write_bytes(piece)
            if number % 3 == 0:
                outcome = self.tusk.run("-appendToFile", str(part), path)
                self.report.equal((outcome.status, outcome.err), (0, ""), f"tusk appends piece {number}")
            elif number % 3 == 1:
                outcome = self.java.run("-appendToFile", str(part), path)
                self.report.equal((outcome.status, outcome.err), (0, ""), f"java appends piece {number}")
            else:
                def append(data=piece):
                    writer = native.client.append(path)
                    writer.write(data)
                    writer.close()
                self.attempt(f"native appends piece {number}", append)
        for reader in self.operators:
            expect_bytes.unlink(missing_ok=True)
            self.attempt(f"{reader.name} gets the appended file", reader.get, path, expect_bytes)
            self.report.check(expect_bytes.exists() and expect_bytes.read_bytes() == whole,
                              f"the appended file as {reader.name} gets it")
        opened = self.attempt("native opens", native.client.read, path)
        if opened is not None:
            numbers = random.Random(7)
            for _ in range(20):
                offset = numbers.randrange(len(whole))
                length = numbers.randrange(1, len(whole) - offset + 1)
                self.report.check(opened.read_range(offset, length) == whole[offset:offset + length],
                                  f"native reads {length} bytes at {offset}")

    def open_files(self) -> None:
        """What a writer has synced others can read; what a writer has left they can take over."""
        native: NativeOperator = self.operators[3]
        writer = self.attempt("native creates", native.client.create, "/matrix/open")
        whole = b""
        for piece in (b"x" * 100_000, b"y" * 7, b"z" * 5000):
            whole += piece
            self.attempt("native writes", writer.write, piece)
            self.attempt("native syncs", writer.hsync)
            for shell in (self.tusk, self.java):
                self.report.check(shell.run("-cat", "/matrix/open").out == whole.decode(),
                                  f"{shell.name} reads {len(whole)} synced bytes of an open file")
        self.attempt("native closes", writer.close)
        leave = ("import hdfs_native, os, sys\n"
                 "writer = hdfs_native.Client(config_dir=sys.argv[1]).create('/matrix/left')\n"
                 "writer.write(b'z' * 70_000); writer.hsync(); os._exit(0)\n")
        left = clients.run([sys.executable, "-c", leave, self.conf], {})
        self.report.equal((left.status, left.err), (0, ""), "a writer ends without closing")
        small = str(self.folder / "small")
        for shell in (self.tusk, self.java):
            refused = shell.run("-appendToFile", small, "/matrix/left")
            self.report.check(refused.status == 1 and "because this file lease is currently owned by" in refused.err,
                              f"{shell.name} appends to a file that another writes", refused.err)
        deadline = time.monotonic() + 30
        while not self.attempt("native recovers the lease", native.client.recover_lease, "/matrix/left"):
            if not self.report.check(time.monotonic() < deadline, "the lease is recovered in 30 s"):
                return
            time.sleep(0.2)
        self.report.equal(self.java.run("-cat", "/matrix/left").out, "z" * 70_000, "what was synced is kept")
        self.report.equal(self.java.run("-appendToFile", small, "/matrix/left").status, 0, "append after recovery")

    def checksums(self) -> None:
        """The checksum of a file is the same for each client that asks, whoever wrote it."""
        local = self.folder / "checked"
        local.write_bytes(random.Random(3).randbytes(3_000_000))
        sums: dict[str, str] = {}
        for writer in self.operators:
            path = f"/matrix/checked-{writer.name}"
            self.attempt(f"{writer.name} puts", writer.put, local, path)
            java = self.java.run("-checksum", path)
            go = self.attempt(f"go asks for the checksum of {writer.name}'s", self.operators[2].run, "checksum", path)
            found = re.search(r"MD5-of-\S+\s+[0-9a-f]{24}([0-9a-f]{32})", java.out)
            self.report.check(found is not None, f"java asks for the checksum of {writer.name}'s", java.out + java.err)
            if found and go:
                self.report.equal(go.split()[0], found.group(1), f"checksum of {writer.name}'s by go and by java")
                sums[writer.name] = found.group(1)
        # The Go client writes checksums of another type.
        sums.pop("go", None)
        self.report.check(len(set(sums.values())) == 1, "checksums do not tell who wrote", f"{sums}")

    def many_entries(self) -> None:
        """A directory that takes more than one answer to list."""
        names = [f"/many/entry-{i:04}" for i in range(1200)]
        self.tusk.run("-mkdir", "/many")
        outcome = self.tusk.run("-touchz", *names)
        self.report.equal((outcome.status, outcome.err), (0, ""), f"{len(names)} files")
        for viewer in self.operators:
            seen = self.attempt(f"{viewer.name} lists many", viewer.list, "/many")
            if seen is not None:
                self.report.equal(len(seen), len(names), f"entries that {viewer.name} lists")
        self.operators[2].run("rm", "-r", "/many")

    def big_file(self) -> None:
        """300 MB with replication 3: written by each, read by each, the same to the byte."""
        local, copy = self.folder / "big", self.folder / "copy"
        source = random.Random(300)
        with open(local, "wb") as file:
            for _ in range(BIG_BYTES // 1_000_000):
                file.write(source.randbytes(1_000_000))
        wanted = digest(local)
        self.tusk.run("-mkdir", "/big")
        for writer in self.operators:
            path = f"/big/{writer.name}"
            self.attempt(f"{writer.name} puts 300 MB", writer.put, local, path)
            self.report.equal(self.tusk.run("-stat", "%b %r", path).out, f"{BIG_BYTES} 3\n",
                              f"length and replication of {writer.name}'s 300 MB")
            for reader in self.operators:
                self.attempt(f"{reader.name} gets 300 MB of {writer.name}", reader.get, path, copy)
                self.report.equal(copy.exists() and digest(copy), wanted,
                                  f"300 MB of {writer.name} as {reader.name} gets them")
                copy.unlink(missing_ok=True)
            self.report.equal(self.tusk.run("-rm", "-skipTrash", path).status, 0, f"delete of {writer.name}'s")
        local.unlink()

    def run(self) -> None:
        for part in (self.operations, self.refusals, self.appends, self.open_files, self.checksums,
                     self.many_entries, self.big_file):
            self.report.part(part.__name__.replace("_", " "))
            part()
        self.tusk.run("-rm", "-r", "-skipTrash", "/matrix", "/refused", "/big")
        for operator in self.operators:
            operator.close()


def main() -> None:
    report = Report("foreign_clients")
    with tempfile.TemporaryDirectory(prefix="tusk-interop-", dir=os.environ.get("TEST_TMPDIR")) as folder:
        top = pathlib.Path(folder)
        (top / "files").mkdir()
        if len(sys.argv) > 1:
            Suite(report, pathlib.Path(sys.argv[1]), top / "files").run()
        else:
            report.part("start a cluster")
            with clusters.TuskCluster(top / "tusk") as cluster:
                Suite(report, cluster.conf, top / "files").run()
    report.finish()


main()
