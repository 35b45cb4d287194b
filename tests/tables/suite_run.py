"""Runs the queries of a suite with `tusk sql`, on this machine's files and on a cluster, and compares the answers."""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import typing

HERE = pathlib.Path(__file__).resolve().parent
PEERS = HERE.parent / "peers"
for folder in (HERE, HERE.parent / "support", HERE.parent / "interop", PEERS / "tables"):
    sys.path.insert(0, str(folder))

import compare  # noqa: E402
import digest  # noqa: E402
import duckdb  # noqa: E402
import workloads  # noqa: E402
from check import Report  # noqa: E402
from sql_program import Outcome, SqlProgram, Summary, settings  # noqa: E402
from tusk_cluster import TUSK, Cluster, cluster_in_new_folder  # noqa: E402

EXPECTED = PEERS / "tables" / "expected"
FORMATS = ("parquet", "csv")
# So that little tables take the way of big ones: jobs on the cluster, joins and groups in several reduces.
REDUCES = 3
AS_IF_BIG = {"small-query-bytes": "0", "broadcast-bytes": "1k", "reduces": REDUCES}
COPY_SECONDS = 600


class Place(typing.NamedTuple):
    """Where queries run: a program, and how its answers get here."""
    name: str
    program: SqlProgram
    root: str  # of the tables: ROOT/LABEL/FORMAT/TABLE.FORMAT
    cluster: Cluster | None

    def fetch(self, path: str, local: pathlib.Path) -> None:
        """Brings a file or folder of the place here and deletes it there."""
        if self.cluster is None:
            pathlib.Path(path).rename(local)
            return
        self.cluster.run(TUSK, "fs", "-get", path, local, seconds=COPY_SECONDS)
        self.cluster.run(TUSK, "fs", "-rm", "-r", "-skipTrash", path)


class Figures(typing.NamedTuple):
    """A line of the table."""
    query: str
    place: str
    file_format: str
    wall: float
    summary: Summary
    shuffled: float
    spilled: float


def stage_tables(suite, data: pathlib.Path, root: pathlib.Path) -> None:
    """Puts generated files where the tables have the names that queries know."""
    for file_format in FORMATS:
        folder = root / suite.label / file_format
        folder.mkdir(parents=True)
        for table in suite.tables:
            source, link = table.path(data, file_format), folder / f"{table.name}.{file_format}"
            try:
                os.link(source, link)
            except OSError:  # another file system
                shutil.copyfile(source, link)


class SuiteRun:
    """Runs suites; failures go to a report, figures into a list."""

    def __init__(self, report: Report, work: pathlib.Path, as_if_big: bool):
        self.report, self.work, self.as_if_big = report, work, as_if_big
        self.figures: list[Figures] = []
        self.most_reduces = 0

    def run(self, suite, place: Place, file_format: str, chosen: list[str]) -> None:
        expected = json.loads((EXPECTED / suite.label / "digests.json").read_text())
        tables = f"{place.root}/{suite.label}/{file_format}"
        for query in suite.queries:
            if not chosen or query.name in chosen:
                self._one(suite, query, expected[query.name], place, file_format, tables)

    def again(self, suite, place: Place, file_format: str) -> None:
        """A query that has been answered is answered from what it left behind."""
        script = self._script(suite.queries[0].sql)
        for _ in range(2):
            outcome = place.program.run("--csv", "--tables", f"{place.root}/{suite.label}/{file_format}", "-f", script)
        summaries = outcome.summaries()
        reused = len(summaries) == 1 and summaries[0].jobs == 0 and summaries[0].reused > 0
        self.report.check(reused, f"{suite.label} once more, {place.name}: stages are reused", outcome.err)

    def _one(self, suite, query, entry: dict, place: Place, file_format: str, tables: str) -> None:
        what = f"{suite.label} {query.name}, {place.name}, {file_format}"
        whole = EXPECTED / suite.label / f"{query.name}.csv"
        kept = whole.exists()
        outcome = (self._compare_text if kept else self._compare_digest)(query, whole, entry, place, tables, what)
        summaries = outcome.summaries()
        if not self.report.check(len(summaries) == 1, f"{what}: one closing line", outcome.err[-2000:]):
            return
        summary, stages = summaries[0], outcome.stages()
        good = summary.rows == entry["rows"] and summary.disk_bytes > 0 and not (self.as_if_big and summary.in_process)
        self.report.check(good and summary.jobs > 0 and summary.jobs + summary.reused == len(stages),
                          f"{what}: the closing line is true", outcome.err[-2000:])
        self.most_reduces = max([self.most_reduces, *(stage.reduces for stage in stages)])
        self.figures.append(Figures(query.name, place.name, file_format, outcome.seconds, summary,
                                    sum(stage.shuffled_bytes for stage in stages),
                                    sum(stage.spilled_bytes for stage in stages)))

    def _script(self, sql: str) -> pathlib.Path:
        script = self.work / "query.sql"
        script.write_text(sql)
        return script

    def _compare_text(self, query, whole: pathlib.Path, entry: dict, place: Place, tables: str, what: str) -> Outcome:
        """The rows on standard output against those of the file `whole`."""
        del entry
        outcome = place.program.run("--stats", "--csv", "--tables", tables, "-f", self._script(query.sql))
        answer = self.work / "answer.csv"
        answer.write_text(outcome.out, errors="surrogateescape")
        self._settle(outcome, what, lambda: compare.compare_files(compare.parse_arguments([str(whole), str(answer)])))
        return outcome

    def _compare_digest(self, query, whole: pathlib.Path, entry: dict, place: Place, tables: str,
                        what: str) -> Outcome:
        """The rows written as Parquet against a digest."""
        del whole
        there = "/answer" if place.cluster else str(self.work / "written")
        copy = f"COPY ({query.sql}) TO '{there}' (FORMAT parquet)"
        outcome = place.program.run("--stats", "--tables", tables, "-f", self._script(copy))

        def differ() -> None:
            answer = self.work / "answer"
            place.fetch(there, answer)
            found = digest.digest_parquet(duckdb.connect(), answer, entry["columns"])
            shutil.rmtree(answer) if answer.is_dir() else answer.unlink()
            compare.compare_digests(entry, found)

        self._settle(outcome, what, differ)
        return outcome

    def _settle(self, outcome: Outcome, what: str, differ: typing.Callable[[], None]) -> None:
        if not self.report.check(outcome.status == 0, f"{what}: exit status {outcome.status}", outcome.err[-2000:]):
            return
        try:
            differ()
        except (compare.Mismatch, ValueError, RuntimeError, duckdb.Error) as mismatch:
            self.report.check(False, what, str(mismatch))
        else:
            self.report.check(True, what)


def print_figures(figures: list[Figures]) -> None:
    print(f"\n{'query':8}{'where':9}{'format':9}{'rows':>12}{'s':>9}{'wall s':>9}{'jobs':>6}{'on disk':>12}"
          f"{'shuffled':>12}{'spilled':>12}")
    for each in figures:
        row = each.summary
        print(f"{each.query:8}{each.place:9}{each.file_format:9}{row.rows:12,}{row.seconds:9.2f}{each.wall:9.2f}"
              f"{row.jobs:6}{row.disk_bytes / 1e6:10.2f} M{each.shuffled / 1e6:10.2f} M{each.spilled / 1e6:10.2f} M")
    for place, file_format in sorted({(each.place, each.file_format) for each in figures}):
        walls = [each.wall for each in figures if (each.place, each.file_format) == (place, file_format)]
        print(f"{'sum':8}{place:9}{file_format:9}{'':12}{'':9}{sum(walls):9.2f}")


def parse_arguments(description: str, size: str, small: str, suites: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--suites", nargs="+", choices=suites, default=suites)
    parser.add_argument(size, dest="size", default=small, help=f"default {small}")
    parser.add_argument("--data", type=pathlib.Path, help="folder with the generated files; made there when missing")
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--places", default="local,cluster")
    parser.add_argument("--queries", default="", help="for example q01,q05; default all")
    parser.add_argument("--plain", action="store_true", help="the options that users have, not those that make "
                        "little tables take the way of big ones; always so above the default size")
    parser.add_argument("--figures", action="store_true", help="print seconds, jobs and bytes of each query")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="an option of tusk.sql.*")
    args = parser.parse_args()
    args.big = args.size != small
    return args


def run_suites(name: str, suites: list, generate: typing.Callable[[pathlib.Path], None], args) -> typing.NoReturn:
    """Makes the tables, runs all queries where `args` say, and ends the process with what came out."""
    report = Report(name)
    as_if_big = not args.big and not args.plain
    options = settings({**(AS_IF_BIG if as_if_big else {}), **dict(each.split("=", 1) for each in args.set)})
    replication = {"dfs.replication": "1"} if args.big else None
    with cluster_in_new_folder("tables", options=replication) as (work, cluster):
        run = SuiteRun(report, work, as_if_big)
        data = args.data or work / "data"
        report.part("tables")
        generate(data)
        for suite in suites:
            stage_tables(suite, data, work / "staged")
        for where in args.places.split(","):
            place = start_place(where, work, cluster, suites, options)
            for file_format in args.formats.split(","):
                report.part(f"{where}, {file_format}")
                for suite in suites:
                    run.run(suite, place, file_format, [each for each in args.queries.split(",") if each])
        if as_if_big:
            report.check(run.most_reduces == REDUCES, f"queries have {REDUCES} reduces", str(run.most_reduces))
            run.again(suites[0], place, file_format)
    if args.figures or args.big:
        print_figures(run.figures)
    report.finish()


def start_place(where: str, work: pathlib.Path, cluster: Cluster, suites: list, options: list[str]) -> Place:
    if where == "local":
        stages = settings({"stage-dir": work / "stages"})
        return Place(where, SqlProgram([*options, *stages]), str(work / "staged"), None)
    cluster.start()
    for suite in suites:
        cluster.run(TUSK, "fs", "-put", work / "staged" / suite.label, "/", seconds=COPY_SECONDS)
    return Place(where, SqlProgram(options, cluster.environment()), "", cluster)


def run_generator(*command) -> None:
    subprocess.run([str(each) for each in command], check=True, stdout=subprocess.DEVNULL)
