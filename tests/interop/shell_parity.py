"""`tusk fs` and Hadoop's FsShell: the same commands, the same answers, whoever's namenode answers.

    shell_parity.py CONF_DIR[,CONF_DIR...] [SCENARIO...]      on file systems that run

Each shell runs the scenarios of parity_cases.py on each file system. What Hadoop's shell says on
the first is what all must say: there Hadoop's own HDFS belongs.
"""
import concurrent.futures
import pathlib
import re
import shutil
import sys
import tempfile

import clients
import parity_cases
from check import Report

GUEST = "guest"


def make_local_files(folder: pathlib.Path) -> None:
    """The same files anew for each shell: a command may change or move them."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tree" / "a" / "deep").mkdir(parents=True)
    (folder / "scratch").mkdir()
    (folder / "out").mkdir()
    (folder / "small").write_text("hello\nworld\n")
    (folder / "empty").write_text("")
    (folder / "bytes").write_bytes(bytes(i * 7 % 256 for i in range(3000)))
    (folder / "lines").write_text("".join(f"line {i}\n" for i in range(1000)))
    (folder / "tree" / "a" / "one").write_text("one\n")
    (folder / "tree" / "a" / "deep" / "two").write_text("two\n")
    (folder / "tree" / "three").write_text("three\n")
    (folder / "tree" / "zero").write_text("")
    (folder / "scratch" / "one").write_text("one\n")
    (folder / "scratch" / "two").write_text("two\n")


def split(line: str) -> tuple[list[str], bytes]:
    """The arguments of a line of a scenario, and what it gives to standard input."""
    stdin = b""
    line = line.removeprefix("~ ")
    if line.startswith("<"):
        text, line = line[1:].split("> ", 1)
        stdin = text.encode().decode("unicode_escape").encode()
    return [word.replace("\\x20", " ") for word in line.split(" ")], stdin


def normalize(text: str, root: str) -> str:
    """Takes out what may differ: times, the directory, the program's name, the JVM's log lines."""
    lines = [line for line in text.splitlines() if not re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ ", line)]
    text = "\n".join(lines).replace(root, "ROOT")
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "TIME", text)
    text = re.sub(r"\b(hadoop|tusk) fs \[generic options\]", "fs [generic options]", text)
    # Wrong usage: Hadoop shows the list of all commands before that of the one. Options that we do not have
    # are missing in ours.
    text = re.sub(r"Usage: fs \[generic options\]\n.*?command \[genericOptions\] \[commandOptions\]\n\n", "", text,
                  flags=re.DOTALL)
    text = re.sub(r"Usage: fs \[generic options\] (-\w+).*", r"Usage: \1", text)
    text = re.sub(r"(Waiting for .*?) \.\.\.+.*? done", r"\1 ... done", text, flags=re.DOTALL)
    return text


class Side:
    """One shell on one file system, with a directory there and local files of its own."""

    def __init__(self, shell, conf: pathlib.Path, local: pathlib.Path):
        self.shell = shell
        self.conf = conf
        self.local = local
        self.root = ""
        core = (conf / "core-site.xml").read_text()
        self.authority = re.search(r"fs\.defaultFS</name>\s*<value>(hdfs://[^<]+?)/?</value>", core).group(1)

    def normalize(self, text: str) -> str:
        return normalize(text, self.root).replace(self.authority, "HDFS").replace(str(self.local), "LOCAL")

    def answers(self, lines: str) -> list[tuple[str, str]]:
        """Runs the lines; for each, the line and a text of all that can be seen of it."""
        make_local_files(self.local)
        answers = []
        for line in filter(None, map(str.strip, lines.splitlines())):
            arguments, stdin = split(line.format(R=self.root, L=self.local, F=self.authority))
            answers.append((line, self.seen(line, self.shell.run(*arguments, stdin=stdin))))
        found = sorted(path.relative_to(self.local) for path in self.local.rglob("*") if path.suffix != ".crc")
        answers.append(("local files", "\n".join(
            f"{path} {(self.local / path).read_bytes() if (self.local / path).is_file() else ''}" for path in found)))
        return answers

    def seen(self, line: str, outcome: clients.Outcome) -> str:
        if line.startswith("~"):
            return f"status {outcome.status}"
        err = self.normalize(outcome.err)
        # Here the list of all commands follows, and we do not have all.
        if "Unknown command" in err:
            err = err.split("\n")[0]
        # A local directory has no order: what is said of its files comes in any.
        err = "\n".join(sorted(err.splitlines()))
        out = self.normalize(outcome.out)
        if line.startswith("-df"):
            out = re.sub(r"\d+(\.\d+)?( [KMGT])?", "N", re.sub(" +", " ", out))
        return f"status {outcome.status}\n{out}\n--\n{err}"


class FileSystemRun:
    """The scenarios on one file system, by one shell after the other: they share the home directory."""

    def __init__(self, conf: pathlib.Path, folder: pathlib.Path, title: str):
        self.title = title
        self.java = clients.JavaShell(conf)
        self.sides = [Side(shell, conf, folder / shell.name)
                      for shell in (self.java, clients.TuskShell(conf))]
        self.home = f"/user/{clients.USER}"
        self.java.run("-rm", "-r", "-f", "-skipTrash", "/parity", self.home)
        self.java.run("-mkdir", "-p", "/parity/java", "/parity/tusk", self.home, f"/user/{GUEST}")

    def answers(self, number: int, lines: str) -> list[list[tuple[str, str]]]:
        """What each side says to one scenario."""
        for side in self.sides:
            side.root = f"/parity/{side.shell.name}/s{number}"
            self.java.run("-mkdir", side.root)
        return [side.answers(lines) for side in self.sides]

    def java_answers(self, number: int, lines: str) -> list[list[tuple[str, str]]]:
        """What Hadoop's shell says."""
        side = self.sides[0]
        side.root = f"/parity/java/j{number}"
        self.java.run("-mkdir", side.root)
        return [side.answers(lines)]

    def refusals(self) -> list[list[tuple[str, str]]]:
        """What each side says to a user who may not."""
        guests = [clients.JavaShell(self.sides[0].conf, GUEST), clients.TuskShell(self.sides[0].conf, GUEST)]
        for side, guest in zip(self.sides, guests):
            side.root = f"/parity/{side.shell.name}/refused"
            make_local_files(side.local)
            self.prepare_refusals(side.root, side.local / "small")
            side.shell = guest
        answers = [side.answers(parity_cases.REFUSED) for side in self.sides]
        guests[0].close()
        return answers

    def prepare_refusals(self, root: str, small: pathlib.Path) -> None:
        for line in (f"-mkdir -p {root}/private {root}/open", f"-put {small} {root}/private/f",
                     f"-put {small} {root}/locked", f"-put {small} {root}/readable", f"-chmod 700 {root}/private",
                     f"-chmod 777 {root}/open", f"-chmod 600 {root}/locked", f"-chmod 755 {root}"):
            outcome = self.java.run(*line.split())
            if outcome.status != 0:
                raise RuntimeError(f"{line}: {outcome.err}")

    def close(self) -> None:
        self.java.run("-rm", "-r", "-skipTrash", "/parity", self.home)
        self.java.close()


def compare(report: Report, scenario: str, runs: list[FileSystemRun], ask) -> None:
    """Asks all file systems at once and holds the answers of all sides to the first's."""
    with concurrent.futures.ThreadPoolExecutor(len(runs)) as pool:
        answers = list(pool.map(ask, runs))
    expected = answers[0][0]
    for run, of_sides in zip(runs, answers):
        for side, found in zip(run.sides, of_sides):
            if found is expected:
                continue
            for (line, wanted), (_, got) in zip(expected, found):
                report.equal(got, wanted, f"{side.shell.name} on {run.title}, {scenario}: {line}")


def run_scenarios(report: Report, confs: dict[str, pathlib.Path], wanted: list[str]) -> None:
    """Runs all scenarios, or the wanted ones, on the file systems of `confs`, which have titles."""
    with tempfile.TemporaryDirectory(prefix="tusk-parity-") as folder:
        runs = [FileSystemRun(conf, pathlib.Path(folder) / str(number), title)
                for number, (title, conf) in enumerate(confs.items())]
        for number, (scenario, lines) in enumerate(parity_cases.SCENARIOS.items()):
            if not wanted or scenario in wanted:
                compare(report, scenario, runs, lambda run, n=number, text=lines: run.answers(n, text))
        for number, (scenario, lines) in enumerate(parity_cases.JAVA_SCENARIOS.items()):
            if len(runs) > 1 and (not wanted or scenario in wanted):
                compare(report, scenario, runs, lambda run, n=number, text=lines: run.java_answers(n, text))
        if not wanted or "refused" in wanted:
            compare(report, "refused", runs, FileSystemRun.refusals)
        for run in runs:
            run.close()


def main() -> None:
    report = Report("shell_parity")
    confs = sys.argv[1].split(",")
    run_scenarios(report, {conf: pathlib.Path(conf) for conf in confs}, sys.argv[2:])
    report.finish()


if __name__ == "__main__":
    main()
