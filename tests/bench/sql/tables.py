"""The tables of a bench: made once, kept under the names that queries know, copied to the cluster."""
import pathlib
import statistics
import subprocess
import sys

from engines import CLUSTER_ROOT, cluster_command, say

PEERS = pathlib.Path(__file__).resolve().parents[2] / "peers"


def emit(name: str, target: str, unit: str, values: list[float]) -> None:
    """A result of sbin/bench.sh: name, target, unit, median, least, greatest."""
    figures = (statistics.median(values), min(values), max(values))
    print(name, target, unit, *(f"{value:.6g}" for value in figures), sep="\t", flush=True)


def run(*command) -> None:
    subprocess.run([str(each) for each in command], check=True, stdout=subprocess.DEVNULL)


def make_tables(suite, size: str, file_format: str, work: pathlib.Path) -> pathlib.Path:
    """The folder with a suite's tables, which is made when it is missing."""
    folder = work / suite.label / file_format
    if folder.exists():
        return folder
    say(f"generating {suite.label} as {file_format}")
    made = work / suite.label / f"{file_format}.part"
    if suite.name == "tpch":
        run(PEERS / "data" / "gen_tpch.sh", size, made, file_format)
    else:
        generator = PEERS / "data" / f"gen_{suite.name}.py"
        run(sys.executable, generator, "--rows", size, "--out", made, "--format", file_format)
    for table in suite.tables:
        table.path(made, file_format).rename(made / f"{table.name}.{file_format}")
    return made.rename(folder)


def put_tables(folder: pathlib.Path, label: str) -> str:
    """Copies a folder of tables to the cluster; returns where they are."""
    there = f"{CLUSTER_ROOT}/{label}"
    cluster_command("fs", "-rm", "-r", "-f", "-skipTrash", there)
    cluster_command("fs", "-mkdir", "-p", there)
    cluster_command("fs", "-put", *sorted(folder.iterdir()), there)
    return there


def megabytes_of(*paths: pathlib.Path) -> float:
    return sum(path.stat().st_size for path in paths) / 1e6
