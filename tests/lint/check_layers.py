"""The include law: between layers, inside a layer, and what one layer may see of another."""
import re

from source import files, report, text

# Inside a layer: each rank may include lower ranks; folders of one rank may not include each other.
ORDER = {
    "common": [["base"], ["time"], ["log"], ["fault"], ["env"], ["codec"], ["metrics"], ["config"], ["net"],
               ["rpc", "http"], ["daemon"]],
    "dfs": [["proto"], ["model"], ["wire"], ["client", "datanode", "namenode"], ["tool"]],
    "mapreduce": [["proto"], ["model"], ["sort"], ["api"], ["io"], ["shuffle"], ["task"], ["client"],
                  ["jobtracker", "tasktracker"], ["tool"]],
    "dataframe": [["options"], ["proto"], ["type"], ["expr"], ["plan"], ["source", "sink"], ["optimizer"], ["exec"], ["compiler"],
                  ["api"], ["sql"], ["tool"]],
}
LAYERS = ["common", "dfs", "mapreduce", "dataframe", "jobs", "cli"]
# What a layer may include of one below it, where that is less than everything.
VISIBLE = {
    ("mapreduce", "dfs"): ("dfs/client/", "dfs/model/"),
    ("dataframe", "dfs"): ("dfs/client/", "dfs/model/"),
    ("dataframe", "mapreduce"): ("mapreduce/api/", "mapreduce/client/", "mapreduce/io/", "mapreduce/model/"),
    ("jobs", "mapreduce"): ("mapreduce/api/", "mapreduce/client/", "mapreduce/model/"),
}
CLI_SEES = re.compile(r"(dataframe/options|dfs/(tool|client|model|namenode|datanode)|mapreduce/(tool|client|model|jobtracker|tasktracker))/")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def rank(path: str) -> int | None:
    layer, folder = path.split("/")[:2]
    for index, folders in enumerate(ORDER.get(layer, [])):
        if folder in folders:
            return index
    return None


def between_layers(layer: str, target: str, include: str) -> str | None:
    if LAYERS.index(target) > LAYERS.index(layer):
        return f"{layer} may not include {target}"
    if layer == "cli" and target != "common" and not CLI_SEES.match(include):
        return "cli sees of a layer its tool/, its client and its daemons' commands"
    allowed = VISIBLE.get((layer, target))
    if allowed and not include.startswith(allowed):
        return f"{layer} sees of {target} only {', '.join(allowed)}"
    return None


def problem(source: str, include: str) -> str | None:
    layer, target = source.split("/")[0], include.split("/")[0]
    if target == "tests":
        return "nothing includes tests/"
    if layer not in LAYERS or target not in LAYERS:
        return None
    if layer != target:
        return between_layers(layer, target, include)
    if layer not in ORDER:
        return None
    mine, theirs = rank(source), rank(include)
    if mine is None or theirs is None:
        return "folder is not in the order of tests/lint/check_layers.py"
    if theirs > mine:
        return "against the order of the layer"
    if theirs == mine and source.split("/")[1] != include.split("/")[1]:
        return "siblings may not include each other"
    return None


def main() -> None:
    problems = []
    for path in files(".h", ".cc"):
        if path.parts[0] in ("tests", "include"):
            continue
        for include in INCLUDE.findall(text(path)):
            if "/" not in include:
                problems.append(f"{path}: includes {include}: includes are written from the root")
                continue
            why = problem(str(path), include)
            if why:
                problems.append(f"{path}: includes {include}: {why}")
    report("layers", problems)


main()
