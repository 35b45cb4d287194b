"""`tusk fs` and Hadoop's FsShell on one file system: the same commands, the same answers.

    shell_parity.py CONF_DIR [SCENARIO...]      against a file system that runs
"""
import getpass
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
    """One shell with a root directory and local files of its own."""

    def __init__(self, shell, root: str, local: pathlib.Path, authority: str):
        self.shell = shell
        self.root = root
        self.local = local
        self.authority = authority

    def answers(self, lines: str) -> list[tuple[str, str]]:
        """Runs the lines; for each, the line and a text of all that can be seen of it."""
        make_local_files(self.local)
        answers = []
        for line in filter(None, map(str.strip, lines.splitlines())):
            arguments, stdin = split(line.format(R=self.root, L=self.local, F=self.authority))
            outcome = self.shell.run(*arguments, stdin=stdin)
            # Usage errors print the list of all commands, which differ by those we do not have.
            err = normalize(outcome.err, self.root)
            if "Unknown command" in err:
                err = err.split("\n")[0]
            out = normalize(outcome.out, self.root)
            if arguments[0] == "-df":
                out = re.sub(r"\d+(\.\d+)?( [KMGT])?", "N", re.sub(" +", " ", out))
            if line.startswith("~"):
                out = err = ""
            # A local directory has no order: what is said of its files comes in any.
            err = "\n".join(sorted(err.splitlines()))
            answers.append((line, f"status {outcome.status}\n{out}\n--\n{err}"))
        found = sorted(path.relative_to(self.local) for path in self.local.rglob("*") if path.suffix != ".crc")
        answers.append(("local files", "\n".join(
            f"{path} {(self.local / path).read_bytes() if (self.local / path).is_file() else ''}" for path in found)))
        return answers


def compare(report: Report, title: str, sides: list[Side], lines: str) -> None:
    expected, found = (side.answers(lines) for side in sides)
    for (line, wanted), (_, got) in zip(expected, found):
        local = str(sides[0].local)
        report.equal(got.replace(str(sides[1].local), "LOCAL"), wanted.replace(local, "LOCAL"), f"{title}: {line}")


def prepare_refusals(shell, root: str, small: pathlib.Path) -> None:
    for line in (f"-mkdir -p {root}/private {root}/open", f"-put {small} {root}/private/f",
                 f"-put {small} {root}/locked", f"-put {small} {root}/readable", f"-chmod 700 {root}/private",
                 f"-chmod 777 {root}/open", f"-chmod 600 {root}/locked", f"-chmod 755 {root}"):
        outcome = shell.run(*line.split())
        if outcome.status != 0:
            raise RuntimeError(f"{line}: {outcome.err}")


def run(report: Report, conf: pathlib.Path, wanted: list[str]) -> None:
    """Runs all scenarios, or the wanted ones, against the file system of `conf`."""
    core = (conf / "core-site.xml").read_text()
    authority = re.search(r"fs\.defaultFS</name>\s*<value>(hdfs://[^<]+?)/?</value>", core).group(1)
    java, tusk = clients.JavaShell(conf), clients.TuskShell(conf)
    home = f"/user/{getpass.getuser()}"
    java.run("-rm", "-r", "-f", "-skipTrash", "/parity", home)
    java.run("-mkdir", "-p", "/parity/java", "/parity/tusk", home, f"/user/{GUEST}")
    with tempfile.TemporaryDirectory(prefix="tusk-parity-") as folder:
        sides = [Side(shell, "", pathlib.Path(folder) / shell.name, authority) for shell in (java, tusk)]
        for number, (title, lines) in enumerate(parity_cases.SCENARIOS.items()):
            if wanted and title not in wanted:
                continue
            for side in sides:
                side.root = f"/parity/{side.shell.name}/s{number}"
                java.run("-mkdir", side.root)
            compare(report, title, sides, lines)
        if not wanted or "refused" in wanted:
            guests = [clients.JavaShell(conf, GUEST), clients.TuskShell(conf, GUEST)]
            for side, guest in zip(sides, guests):
                side.root = f"/parity/{side.shell.name}/refused"
                prepare_refusals(java, side.root, side.local / "small")
                side.shell = guest
            compare(report, "refused", sides, parity_cases.REFUSED)
            guests[0].close()
    java.run("-rm", "-r", "-skipTrash", "/parity", home)
    java.close()


if __name__ == "__main__":
    outcome = Report("shell_parity")
    run(outcome, pathlib.Path(sys.argv[1]), sys.argv[2:])
    outcome.finish()
