"""TPC-H on dataframes: the program jobs/tpch on this machine's files and on a cluster, against known answers.

    run.sh dataframe_program.py                             SF 0.01, by ways that are for big tables
    run.sh dataframe_program.py --scale 1 --data DIR        SF 1, with the options that users have
"""
import argparse
import os
import pathlib
import subprocess

from suite_run import AS_IF_BIG, EXPECTED, PEERS, compare, run_generator, stage_tables, workloads
from check import Report
from sql_program import QUERY_SECONDS, settings
from tusk_cluster import BIN, TUSK, cluster_in_new_folder

PROGRAM = BIN / "examples" / "tpch"
SMALL = "0.01"
QUERIES = ("q1", "q3", "q5", "q6", "q9", "q13", "q18", "q21")


def run(arguments: list, environment: dict) -> subprocess.CompletedProcess:
    return subprocess.run([str(each) for each in (PROGRAM, *arguments)], env={**os.environ, **environment},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=QUERY_SECONDS, check=False)


def check_query(report: Report, query: str, arguments: list, environment: dict, where: str, work: pathlib.Path,
                answers: pathlib.Path) -> None:
    what = f"{query}, {where}"
    done = run([*arguments[:-1], query, arguments[-1]], environment)
    if not report.check(done.returncode == 0, f"{what}: exit status {done.returncode}", done.stderr[-2000:]):
        return
    answer = work / "answer.csv"
    answer.write_text(done.stdout)
    whole = answers / f"q{int(query[1:]):02}.csv"
    try:
        compare.compare_files(compare.parse_arguments([str(whole), str(answer)]))
    except (compare.Mismatch, ValueError) as mismatch:
        report.check(False, what, str(mismatch))
    else:
        report.check(True, what)


def check_usage(report: Report, tables: str) -> None:
    unknown = run(["--local", "q99", tables], {})
    report.check(unknown.returncode == 1 and "there is no query q99" in unknown.stderr, "an unknown query",
                 unknown.stderr)
    usage = run(["--local", "q1"], {})
    report.check(usage.returncode == 2 and "usage: tpch" in usage.stderr, "a missing argument", usage.stderr)
    missing = run(["--local", "q1", "/nowhere"], {})
    report.check(missing.returncode == 1 and "/nowhere" in missing.stderr and "at: tpch.cc:" in missing.stderr,
                 "a missing table", missing.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description="TPC-H on dataframes")
    parser.add_argument("--scale", default=SMALL)
    parser.add_argument("--data", type=pathlib.Path, help="folder with the generated files; made there when missing")
    args = parser.parse_args()
    report = Report("dataframe_program")
    suite = workloads.load("tpch", args.scale)
    answers = EXPECTED / f"tpch_sf{args.scale}"
    usual = AS_IF_BIG if args.scale == SMALL else {}
    with cluster_in_new_folder("tables") as (work, cluster):
        report.part("tables")
        data = args.data or work / "data"
        if not (data / "supplier.csv").exists():
            run_generator(PEERS / "data" / "gen_tpch.sh", args.scale, data)
        stage_tables(suite, data, work / "staged")
        tables = work / "staged" / suite.label
        report.part("local, parquet")
        options = settings({**usual, "stage-dir": work / "stages"})
        for query in QUERIES:
            check_query(report, query, ["--local", *options, tables / "parquet"], {}, "local, parquet", work, answers)
        check_usage(report, str(tables / "parquet"))
        report.part("cluster, csv")
        cluster.start()
        cluster.run(TUSK, "fs", "-put", tables / "csv", "/", seconds=QUERY_SECONDS)
        for query in QUERIES:
            check_query(report, query, [*settings(usual), "/csv"], cluster.environment(), "cluster, csv", work, answers)
    report.finish()


main()
