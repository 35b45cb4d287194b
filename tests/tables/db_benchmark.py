"""The ten questions of grouping and the five of joins of db-benchmark over Parquet and CSV, on this machine's files
and on a cluster, against known answers.

    run.sh db_benchmark.py                                      10^5 rows, by ways that are for big tables
    run.sh db_benchmark.py --rows 1e7 --data DIR --suites join  10^7 rows; a table of seconds, jobs and bytes
"""
import sys

from suite_run import PEERS, parse_arguments, run_generator, run_suites, workloads


def main() -> None:
    args = parse_arguments("db-benchmark", "--rows", "1e5")
    suites = [workloads.load(name, args.size) for name in ("groupby", "join")]

    def generate(data) -> None:
        for script, suite in zip(("gen_groupby.py", "gen_join.py"), suites):
            if not all(table.path(data, "csv").exists() for table in suite.tables):
                run_generator(sys.executable, PEERS / "data" / script, "--rows", args.size, "--out", data)

    run_suites("db_benchmark", suites, generate, args)


main()
