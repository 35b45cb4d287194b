"""Statements of the files beside this one, against rows that stand there and against DuckDB.

    tests/tables/run.sh tests/sql_like/sql_like.py [FILE...]

Every file runs as users run it; with so little memory, so small broadcasts and so many reduces that operators spill and
all joins are partitioned; and without the optimizer's passes. The files of PLANNED also run without each of them.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
for folder in ("tables", "interop"):
    sys.path.insert(0, str(HERE.parent / folder))

import duckdb  # noqa: E402
from answers import csv_records, difference, json_rows, oracle_cell, written_cell  # noqa: E402
from check import Report  # noqa: E402
from sql_program import SqlProgram, settings  # noqa: E402
from statements import Block, Script  # noqa: E402

OPTIMIZER = HERE.parents[1] / "dataframe" / "optimizer" / "optimizer.cc"
PARTS = 3  # files of each table
LITTLE = {"task-memory": "64k", "reduces": 3, "broadcast-bytes": 1}
# Distinct aggregates cannot be run without it.
NEEDED_PASSES = {"rewrite_distinct"}
PLANNED = {"joins.sql", "sets.sql", "subqueries.sql"}


def make_tables(connection: duckdb.DuckDBPyConnection, script: str, folder: pathlib.Path) -> None:
    """Makes the tables of a script in DuckDB, and a folder of Parquet files of each."""
    connection.execute(script)
    for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        (folder / name).mkdir(parents=True)
        for part in range(PARTS):
            rows = f"SELECT * FROM {name} WHERE rowid % {PARTS} = {part}"
            connection.execute(f"COPY ({rows}) TO '{folder / name}/part-{part}.parquet' (FORMAT parquet)")


def optimizer_passes() -> list[str]:
    names = re.findall(r'constexpr Pass k\w+ = \{\s*"(\w+)"', OPTIMIZER.read_text())
    if len(names) < 10:
        raise RuntimeError(f"{OPTIMIZER}: passes are not declared as they were: {names}")
    return [name for name in names if name not in NEEDED_PASSES]


def modes_of(script: Script) -> dict[str, dict]:
    passes = optimizer_passes()
    modes = {"": {}, "with little memory": LITTLE, "without passes": {"optimizer.disable": ",".join(passes)}}
    if script.name in PLANNED:
        modes |= {f"without {name}": {"optimizer.disable": name} for name in passes}
    return modes


def expected_rows(script: Script, connection: duckdb.DuckDBPyConnection) -> dict[int, list[list]]:
    """What each query of a script must give, by its line."""
    expected = {}
    cursor = connection.cursor().begin()
    for block in script.setups():
        cursor.execute(block.sql)
    for block in script.queries():
        if block.oracle is None:
            expected[block.line] = [[written_cell(cell) for cell in row] for row in block.rows]
            continue
        try:
            rows = cursor.execute(block.oracle).fetchall()
        except duckdb.Error as error:
            raise RuntimeError(f"{block.place}: DuckDB: {error}") from None
        expected[block.line] = [[oracle_cell(value) for value in row] for row in rows]
    cursor.rollback()
    return expected


class Run:
    """One file in one mode."""

    def __init__(self, script: Script, mode: str, values: dict, tables: pathlib.Path, work: pathlib.Path):
        self.script, self.mode = script, mode
        self.work = pathlib.Path(tempfile.mkdtemp(dir=work))
        values = {"stage-dir": self.work / "stages", "reuse": "false", **values}
        self.program = SqlProgram([*settings(values), "--tables", tables, "--json" if script.json else "--csv"])
        self.problems: list[tuple[str, str]] = []
        self.passed = 0

    def go(self, expected: dict[int, list[list]]) -> "Run":
        blocks = self.script.queries()
        while blocks:
            blocks = blocks[self._run_some(blocks, expected):]
        for block in self.script.failing() if not self.mode else []:
            self._must_fail(block)
        shutil.rmtree(self.work)
        return self

    def _run_some(self, blocks: list[Block], expected: dict) -> int:
        """Runs blocks until one fails; returns how many are done with."""
        outcome = self._program(blocks)
        summaries = outcome.summaries()
        try:
            results = self._split(outcome.out, [summary.rows for summary in summaries])
        except (ValueError, StopIteration, IndexError) as error:
            self._note(blocks[0], f"the output cannot be read: {error}\n{outcome.out[:500]}")
            return len(blocks)
        for block, rows in zip(blocks, results):
            self._note(block, difference(expected[block.line], rows, block.ordered))
        if outcome.status == 0 and len(summaries) == len(blocks):
            return len(blocks)
        self._note(blocks[len(summaries)], f"exit status {outcome.status}: {outcome.err.rsplit('on disk', 1)[-1].strip()}")
        return len(summaries) + 1

    def _program(self, blocks: list[Block]):
        script = self.work / "script.sql"
        script.write_text("\n".join(block.sql for block in [*self.script.setups(), *blocks]))
        return self.program.run("-f", script)

    def _split(self, text: str, counts: list[int]) -> list[list[list[str | None]]]:
        """The rows of each statement: every one prints as many as it says, in CSV behind a header."""
        header = 0 if self.script.json else 1
        records = json_rows(text.splitlines()) if self.script.json else csv_records(text)
        results, at = [], 0
        for count in counts:
            results.append(records[at + header:at + header + count])
            at += header + count
        if at > len(records):
            raise ValueError(f"{at} lines are announced, {len(records)} are there")
        return results

    def _must_fail(self, block: Block) -> None:
        outcome = self._program([block])
        missing = [words for words in block.errors if words not in outcome.err]
        if outcome.status != 1 or not outcome.err.startswith("error: ") or missing:
            self._note(block, f"exit status {outcome.status}, without {missing}: {outcome.err}")
        else:
            self.passed += 1

    def _note(self, block: Block, problem: str) -> None:
        if problem:
            self.problems.append((f"{block.place} {self.mode}", f"{block.sql}\n{problem}"))
        else:
            self.passed += 1


def stage_root() -> str | None:
    """Thousands of little results, each brought to disk for good, are slow on a disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def main() -> None:
    report = Report("sql_like")
    chosen = sys.argv[1:]
    scripts = [Script(path) for path in sorted(HERE.glob("*.sql")) if path.name != "tables.sql"
               and (not chosen or path.name in chosen)]
    if missing := set(chosen) - {script.name for script in scripts}:
        sys.exit(f"sql_like.py: there is no {', '.join(sorted(missing))} in {HERE}")
    work = pathlib.Path(tempfile.mkdtemp(prefix="tusk-sql-like-", dir=stage_root()))
    try:
        report.part("tables and expected rows")
        connection = duckdb.connect()
        make_tables(connection, (HERE / "tables.sql").read_text(), work / "tables")
        expected = {script.name: expected_rows(script, connection) for script in scripts}
        report.part("statements")
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = [pool.submit(Run(script, mode, values, work / "tables", work).go, expected[script.name])
                    for script in scripts for mode, values in modes_of(script).items()]
            for each in concurrent.futures.as_completed(runs):
                run = each.result()
                report.passed += run.passed
                for what, details in run.problems:
                    report.check(False, what, details)
    finally:
        shutil.rmtree(work)
    report.finish()


if __name__ == "__main__":
    main()
