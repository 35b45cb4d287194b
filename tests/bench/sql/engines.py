"""Who answers queries side by side: `tusk sql` in two places, and DuckDB."""
import os
import pathlib
import shutil
import subprocess
import sys
import time
import typing

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parents[1]
for folder in ("tables", "support", "peers/tables"):
    sys.path.insert(0, str(TESTS / folder))

import duckdb  # noqa: E402
from sql_program import Outcome, SqlProgram, settings  # noqa: E402
from tusk_cluster import TUSK  # noqa: E402

# Where tables and answers lie on the cluster.
CLUSTER_ROOT = "/bench/sql"
SQL_TYPES = {"int64": "BIGINT", "int32": "INTEGER", "string": "VARCHAR", "money": "DECIMAL(15,2)", "date": "DATE",
             "double": "DOUBLE"}


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def quoted(text) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def cluster_command(*arguments) -> None:
    """A command of the cluster that HADOOP_CONF_DIR names."""
    done = subprocess.run([str(each) for each in (TUSK, *arguments)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"tusk {arguments}: {done.stderr[-2000:]}")


class Engine(typing.Protocol):
    """Answers queries over one folder of tables; gives the seconds of each."""
    name: str

    def printed(self, sql: str, answer: pathlib.Path) -> float:
        """The rows as CSV into the file `answer`."""

    def written(self, sql: str, answer: pathlib.Path) -> float:
        """The rows as Parquet, a file or a folder, wherever the engine writes them; `fetch` brings them to `answer`."""

    def fetch(self, answer: pathlib.Path, wanted: bool) -> None:
        """Brings to `answer` what was written last if it is wanted; removes it where it was if not."""


class Tusk:
    """`tusk sql`, a process for each query: with --local, or on the cluster of HADOOP_CONF_DIR."""

    def __init__(self, name: str, tables: str, work: pathlib.Path, options: list | None = None,
                 file_format: str = "parquet"):
        """`options` are further arguments of the program; `file_format` is that of what is written."""
        self.name, self.outcome, self._format = name, Outcome(0, "", "", 0.0), file_format
        self._remote, self._script = name == "cluster", work / "query.sql"
        values = {"reuse": "false", **({} if self._remote else {"stage-dir": work / "stages"})}
        environment = {"HADOOP_CONF_DIR": os.environ["HADOOP_CONF_DIR"]} if self._remote else None
        self._program = SqlProgram([*settings(values), *(options or []), "--tables", tables], environment)

    def printed(self, sql: str, answer: pathlib.Path) -> float:
        outcome = self._run(sql, "--csv")
        answer.write_text(outcome.out)
        return outcome.seconds

    def written(self, sql: str, answer: pathlib.Path) -> float:
        return self._run(f"COPY ({sql}) TO {quoted(self._target(answer))} (FORMAT {self._format})", "--stats").seconds

    def fetch(self, answer: pathlib.Path, wanted: bool) -> None:
        if self._remote:
            if wanted:
                cluster_command("fs", "-get", self._target(answer), answer)
            cluster_command("fs", "-rm", "-r", "-skipTrash", self._target(answer))
        elif not wanted:
            remove(answer)

    def _target(self, answer: pathlib.Path) -> str:
        return f"{CLUSTER_ROOT}/answer" if self._remote else str(answer)

    def _run(self, sql: str, *options) -> Outcome:
        self._script.write_text(sql)
        self.outcome = self._program.run(*options, "-f", self._script)
        if self.outcome.status != 0:
            raise RuntimeError(f"{self.name}: {sql}: {self.outcome.err[-2000:]}")
        return self.outcome


class DuckDb:
    """DuckDB in this process, over the same files; it is told the types of CSV columns."""

    name = "DuckDB"

    def __init__(self, suite, folder: pathlib.Path, file_format: str, work: pathlib.Path):
        self.connection = duckdb.connect(config={
            "threads": os.cpu_count(), "memory_limit": "16GB", "temp_directory": str(work / "duckdb.spill"),
            "preserve_insertion_order": False, "autoinstall_known_extensions": False})
        for table in suite.tables:
            path = quoted(folder / f"{table.name}.{file_format}")
            types = ", ".join(f"{quoted(name)}: {quoted(SQL_TYPES[kind])}" for name, kind in table.columns.items())
            rows = f"read_parquet({path})" if file_format == "parquet" else \
                f"read_csv({path}, header = true, delim = ',', quote = '\"', auto_detect = false, columns = {{{types}}})"
            self.connection.execute(f"CREATE VIEW {table.name} AS SELECT * FROM {rows}")

    def printed(self, sql: str, answer: pathlib.Path) -> float:
        return self._copy(sql, answer, "FORMAT csv, HEADER")

    def written(self, sql: str, answer: pathlib.Path) -> float:
        return self._copy(sql, answer, "FORMAT parquet")

    def fetch(self, answer: pathlib.Path, wanted: bool) -> None:
        if not wanted:
            remove(answer)

    def _copy(self, sql: str, answer: pathlib.Path, options: str) -> float:
        begin = time.monotonic()
        self.connection.execute(f"COPY ({sql}) TO {quoted(answer)} ({options})")
        return time.monotonic() - begin


def remove(path: pathlib.Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
