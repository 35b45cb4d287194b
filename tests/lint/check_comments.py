"""At least 90 % of the classes in headers have a comment above them, in each layer.

Specializations of templates are not counted.
"""
import collections
import re

from source import files, report, text

CLASS = re.compile(r"^[ \t]*(?:class|struct)\s+(?:\[\[\w+\]\]\s*|[A-Z_]{3,}(?:\([^)]*\))?\s+)*(\w+)\b(?!:)[^;()]*\{", re.MULTILINE)


def documented(lines: list[str], index: int) -> bool:
    index -= 1
    while index >= 0 and re.match(r"\s*(template\b|requires\b|\[\[|#if|#else)", lines[index]):
        index -= 1
    return index >= 0 and bool(re.match(r"\s*(//|\*|/\*)|.*\*/\s*$", lines[index]))


def main() -> None:
    good, bad = collections.Counter(), collections.defaultdict(list)
    for path in files(".h"):
        content = text(path)
        lines = content.split("\n")
        layer = path.parts[0]
        for match in CLASS.finditer(content):
            if content[match.end(1)] == "<":
                continue  # a specialization: the primary template says what it is
            line = content.count("\n", 0, match.start())
            if documented(lines, line):
                good[layer] += 1
            else:
                bad[layer].append(f"{path}:{line + 1}: {match.group(1)} has no comment")
    problems = []
    for layer, names in bad.items():
        share = good[layer] / (good[layer] + len(names))
        if share < 0.9:
            problems += names + [f"{layer}: only {share:.0%} of the classes are documented, at least 90 %"]
    report("comments", problems)


main()
