"""Prints results of sbin/bench.sh, lines of name, target, unit, median, least and greatest, as a table or as JSON."""
import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess

COLUMNS = ("measurement", "target", "figure", "unit", "least", "greatest")


def verdict(target: str, figure: float) -> str:
    """Whether "<= 5", "< 5" or ">= 5" holds; nothing for "-"."""
    sign, _, limit = target.partition(" ")
    if sign not in ("<=", "<", ">="):
        return ""
    return "met" if (figure >= float(limit) if sign == ">=" else figure <= float(limit)) else "MISSED"


def read_results(path: pathlib.Path) -> list[dict]:
    results = []
    for line in path.read_text().splitlines():
        name, target, unit, *figures = line.split("\t")
        median, least, greatest = (float(each) for each in figures)
        results.append({"measurement": name, "target": target, "figure": median, "unit": unit, "least": least,
                        "greatest": greatest, "verdict": verdict(target, median)})
    return results


def circumstances(runs: int) -> dict:
    """Where and when: a figure means nothing without."""
    found = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"), "commit": commit.stdout.strip(),
            "cores": os.cpu_count(), "processor": found.group(1) if found else "unknown",
            "load": round(os.getloadavg()[0], 2), "runs": runs}


def print_table(where: dict, results: list[dict]) -> None:
    print("\n{date}, commit {commit}, {cores} cores ({processor}), load {load}, medians of {runs} runs or more".format(**where))
    width = max([56, *(len(each["measurement"]) for each in results)])
    line = f"{{:{width}}} {{:>12}} {{:>12}} {{:9}} {{:>12}} {{:>12}}  {{}}"
    print(line.format(*COLUMNS, "").rstrip())
    for each in results:
        figures = (f"{each[name]:.6g}" if isinstance(each[name], float) else each[name] for name in COLUMNS)
        print(line.format(*figures, each["verdict"]).rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    where, results = circumstances(args.runs), read_results(args.results)
    if args.format == "json":
        print(json.dumps({**where, "results": results}, indent=1))
    else:
        print_table(where, results)


main()
