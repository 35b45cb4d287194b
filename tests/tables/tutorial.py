"""Runs the commands of docs/tutorial.md in one shell and compares what they print with what is shown.

    run.sh tutorial.py [--write]

Commands stand behind "$ " in blocks ```console, their continuations behind "> ", and what they print on standard output
below them. "..." stands for any text within a line, and alone on a line for any lines. The shell starts in a folder where `sbin`
and `build/release/bin` are what was built. A block ```cpp that names a file in its first line must be that file.
--write puts what was printed into the document, where it does not fit.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import typing

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("support", "interop"):
    sys.path.insert(0, str(HERE.parent / folder))

from check import Report  # noqa: E402
from tusk_cluster import BIN, ROOT, free_base_port  # noqa: E402

DOCUMENT = ROOT / "docs" / "tutorial.md"
COMMAND_SECONDS = 120
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Command(typing.NamedTuple):
    """A command, the lines that are shown below it, and where these stand in the document."""
    text: str
    shown: list[str]
    begin: int
    end: int


def commands_of(document: str) -> list[Command]:
    found = []
    for block in BLOCK.finditer(document):
        if block.group(1) != "console":
            continue
        at = block.start(2)
        text, shown, begin = None, [], at
        for line in block.group(2).splitlines(keepends=True):
            at += len(line)
            if line.startswith("$ "):
                if text is not None:
                    found.append(Command(text, shown, begin, at - len(line)))
                text, shown, begin = line[2:].rstrip("\n"), [], at
            elif line.startswith("> ") and not shown:
                text, begin = f"{text}\n{line[2:].rstrip()}", at
            else:
                shown.append(line.rstrip("\n"))
        found.append(Command(text, shown, begin, at))
    return found


def fits(shown: list[str], printed: list[str]) -> bool:
    lines = [r"(?:.*\n)*?" if line == "..." else ".*?".join(map(re.escape, line.rstrip().split("..."))) + "\n" for line in shown]
    return re.fullmatch("".join(lines), "".join(line.rstrip() + "\n" for line in printed)) is not None


class Shell:
    """One bash for all commands: folders, variables and functions stay."""

    def __init__(self, folder: pathlib.Path):
        self._out = folder / ".printed"
        environment = {name: value for name, value in os.environ.items() if name != "HADOOP_CONF_DIR"}
        self._bash = subprocess.Popen(["bash", "--norc"], cwd=folder, env={**environment, "LC_ALL": "C.UTF-8"},
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def run(self, command: str) -> tuple[int, list[str], str]:
        """Exit status, and the lines of standard output and standard error."""
        errors = self._out.with_suffix(".errors")
        self._bash.stdin.write(f"{{\n{command}\n}} >'{self._out}' 2>'{errors}' </dev/null\necho $?\n")
        self._bash.stdin.flush()
        status = self._bash.stdout.readline()
        return int(status or -1), self._out.read_text().splitlines(), errors.read_text()

    def close(self) -> None:
        self._bash.stdin.close()
        self._bash.wait(timeout=COMMAND_SECONDS)


def make_folder(work: pathlib.Path) -> None:
    (work / "build" / "release").mkdir(parents=True)
    (work / "build" / "release" / "bin").symlink_to(BIN)
    for name in ("sbin", "docs"):
        (work / name).symlink_to(ROOT / name)


def check_programs(report: Report, document: str) -> None:
    """Programs that are shown are those that are built and tested."""
    shown = 0
    for block in BLOCK.finditer(document):
        path = re.match(r"// (\S+\.cc)\n", block.group(2))
        if block.group(1) == "cpp" and path:
            shown += 1
            report.equal(block.group(2).split("\n", 1)[1].strip(), (ROOT / path.group(1)).read_text().strip(), path.group(1))
    report.check(shown > 0, "a program is shown")


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--write", action="store_true")
    write = parser.parse_args().write
    report = Report("tutorial")
    document = DOCUMENT.read_text()
    check_programs(report, document)
    work = pathlib.Path(tempfile.mkdtemp(prefix="tusk-tutorial-"))
    make_folder(work)
    shell = Shell(work)
    changes = []
    try:
        for command in commands_of(document):
            # Other clusters may run on this machine.
            text = command.text.replace("tusk cluster start", f"tusk cluster start --base-port {free_base_port()}")
            status, printed, errors = shell.run(text)
            report.check(status == 0 or "error: " in "".join(printed), f"{command.text}: exit status {status}", errors)
            if fits(command.shown, printed):
                report.check(True, command.text)
            elif write:
                changes.append((command, printed))
            else:
                report.equal("\n".join(printed), "\n".join(command.shown), command.text)
    finally:
        shell.run(f"{BIN}/tusk cluster stop --dir cluster")
        shell.close()
        shutil.rmtree(work)
    for command, printed in reversed(changes):
        document = document[:command.begin] + "".join(line.rstrip() + "\n" for line in printed) + document[command.end:]
    if changes:
        DOCUMENT.write_text(document)
    report.finish()


main()
