"""Statements that must fail: as a query, as COPY and as CREATE TABLE, with one error that says what is wrong, and with
nothing half-written left."""
import typing

from check import Report
from sql_program import SqlProgram


class Case(typing.NamedTuple):
    """A query, and words that its error must have."""
    what: str
    query: str
    words: list[str]


class Checker:
    """Runs the cases in one place."""

    def __init__(self, report: Report, place: str, program: SqlProgram, list_files: typing.Callable[[], str]):
        self.report, self.place, self.program, self.list_files = report, place, program, list_files

    def check(self, case: Case, written: str) -> None:
        before = self.list_files()
        self._fails(case, case.query, "query")
        self._fails(case, f"COPY ({case.query}) TO '{written}/copied' (FORMAT csv)", "COPY")
        self._fails(case, f"CREATE TABLE made AS {case.query}", "CREATE TABLE")
        self.report.equal(self.list_files(), before, f"{case.what}, {self.place}: nothing is left behind")

    def _fails(self, case: Case, statement: str, how: str) -> None:
        outcome = self.program.run("--csv", statement)
        what = f"{case.what}, {self.place}, {how}"
        self.report.check(outcome.status == 1, f"{what}: exit status {outcome.status}", statement)
        self.report.check(outcome.out == "", f"{what}: prints no rows", outcome.out[:500])
        errors = [line for line in outcome.err.splitlines() if line.startswith("error: ")]
        missing = [word for word in case.words if word not in outcome.err]
        last = outcome.err[outcome.err.find("error: "):]
        self.report.check(len(errors) == 1 and not missing, f"{what}: one error with all words, not {missing}",
                          f"{statement}\n{last[:1500]}")
