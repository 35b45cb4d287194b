"""Prints how many tests of all JUnit reports in a folder passed and failed.

usage: sum_reports.py FOLDER [STEP[=LOG]]...   each STEP outside the tests failed, and said why in LOG

Whoever sees only the end of a long output must still learn what went wrong. So the sums come last,
and right before them what each failed test and step said, in no more than TOTAL_LINES lines.

Exit status 1 when anything failed or nothing ran. The last line, "N passed, N failed", is also
written to FOLDER/sum.txt.
"""
import pathlib
import re
import sys
import typing
import xml.etree.ElementTree as ElementTree

TOTAL_LINES = 200
LINES_OF_ONE = 60
LINES_OF_AN_END = 40
LINE_LENGTH = 240
# What follows a telling line belongs to it: values of a check, frames of a stack.
LINES_AFTER = 10
TELLING = re.compile(r"FAIL|Failure|ERROR|[Ee]rror\b|Exception\b|[Tt]raceback|Sanitizer|Assertion|terminate called"
                     r"|\bSIG[A-Z]+\b|[Tt]imed? ?out|Timeout|differ")
# Says that a test failed, and nothing of why. The end of a Google Test repeats the names.
EMPTY_WORDS = re.compile(r"^\[  FAILED  \] (\d+ tests?, listed below:|[\w/.]+)$|\b0 failed\b")


class Failure(typing.NamedTuple):
    """A test or a step that failed, and what it printed."""
    name: str
    output: str


def cut(lines: list[str], limit: int) -> list[str]:
    """At most `limit` lines: the first ones, for there it began, and some of the end."""
    if len(lines) <= limit:
        return lines
    end = limit // 3
    begin = limit - end - 1
    return [*lines[:begin], f"... {len(lines) - begin - end} lines ...", *lines[len(lines) - end:]]


def excerpt(output: str, limit: int) -> list[str]:
    """The most telling lines of an output and what follows them; without such, its end."""
    lines = [line[:LINE_LENGTH].rstrip() for line in output.strip().splitlines()]
    if len(lines) <= limit:
        return lines
    chosen: list[str] = []
    last = -1
    for number, line in enumerate(lines):
        if not TELLING.search(line) or EMPTY_WORDS.search(line):
            continue
        if number > last + 1:
            chosen.append("...")
        chosen += lines[max(number, last + 1):number + LINES_AFTER + 1]
        last = max(last, min(number + LINES_AFTER, len(lines) - 1))
    return cut(chosen, limit) if chosen else lines[-min(limit, LINES_OF_AN_END):]


def show(failures: list[Failure]) -> list[str]:
    """What each said, the fewer lines the more they are; the names of those without room are last."""
    if not failures:
        return []
    share = max(10, min(LINES_OF_ONE, TOTAL_LINES // len(failures) - 2))
    shown: list[str] = []
    for number, failure in enumerate(failures):
        if len(shown) + share + 2 > TOTAL_LINES:
            rest = [f"-- {other.name}" for other in failures[number:]]
            return [*shown, *cut(rest, max(10, TOTAL_LINES - len(shown)))]
        shown.append(f"-- {failure.name}")
        shown += [f"   {line}" for line in excerpt(failure.output, share)]
    return shown


def read(report: pathlib.Path) -> tuple[int, list[Failure]]:
    """How many tests of a report passed, and those that did not."""
    passed, failures = 0, []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        # A test that was skipped or did not run proves nothing: it counts as failed.
        if case.get("status") == "run":
            passed += 1
            continue
        reasons = [child.get("message") for child in case if child.tag in ("failure", "skipped")]
        reason = next(filter(None, reasons), case.get("status"))
        seconds = float(case.get("time") or 0)
        failures.append(Failure(f"{report.stem}: {case.get('name')}: {reason} after {seconds:.1f} s",
                                case.findtext("system-out") or ""))
    return passed, failures


def read_step(text: str) -> Failure:
    """A failed step, from an argument of the command line."""
    step, _, log = text.partition("=")
    path = pathlib.Path(log)
    return Failure(step, path.read_text(errors="replace") if log and path.is_file() else "")


def main() -> int:
    folder, steps = pathlib.Path(sys.argv[1]), [read_step(step) for step in sys.argv[2:]]
    passed, failures, sums = 0, [], []
    for report in sorted(folder.glob("*.xml")):
        passed_here, failures_here = read(report)
        sums.append(f"{report.stem}: {passed_here} passed, {len(failures_here)} failed")
        passed += passed_here
        failures += failures_here
    failed = len(failures) or min(1, len(steps))
    line = f"{passed} passed, {failed} failed"
    print("\n".join([*show(failures + steps), *sums, line]))
    (folder / "sum.txt").write_text(line + "\n")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
