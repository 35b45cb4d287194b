"""The ten questions of grouping and the five of joins of db-benchmark over Parquet and CSV, on this machine's files
and on a cluster, against known answers.

    run.sh db_benchmark.py                                      10^5 rows, by ways that are for big tables
    run.sh db_benchmark.py --rows 1e7 --data DIR --suites join  10^7 rows; a table of seconds, jobs and bytes
"""
import sys

from suite_run import PEERS, parse_arguments, run_generator, run_suites, workloads

GENERATORS = {"groupby": "gen_groupby.py", "join": "gen_join.py"}


def main() -> None:
    args = parse_arguments("db-benchmark", "--rows", "1e5", list(GENERATORS))
    suites = [workloads.load(name, args.size) for name in args.suites]

    def generate(data) -> None:
        for suite in suites:
            if not all(table.path(data, "csv").exists() for table in suite.tables):
                run_generator(sys.executable, PEERS / "data" / GENERATORS[suite.name], "--rows", args.size, "--out", data)

    run_suites("db_benchmark", suites, generate, args)


main()
