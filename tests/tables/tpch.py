"""The 22 queries of TPC-H over Parquet and CSV, on this machine's files and on a cluster, against known answers.

    run.sh tpch.py                                        SF 0.01, by ways that are for big tables
    run.sh tpch.py --scale 1 --data DIR --places cluster  SF 1; a table of seconds, jobs and bytes
"""
from suite_run import PEERS, parse_arguments, run_generator, run_suites, workloads


def main() -> None:
    args = parse_arguments("TPC-H", "--scale", "0.01", ["tpch"])
    suite = workloads.load("tpch", args.size)

    def generate(data) -> None:
        if not (data / "supplier.csv").exists():
            run_generator(PEERS / "data" / "gen_tpch.sh", args.size, data)

    run_suites("tpch", [suite], generate, args)


main()
