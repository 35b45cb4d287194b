"""No file or class is called utils, helpers, misc, common, or a manager of nothing in particular."""
import re

from source import files, report, text, without_comments_and_literals

BAD_FILE = re.compile(r"(^|_)(utils?|helpers?|misc|common|stuff)$|^manager$")
BAD_CLASS = re.compile(r"\b(?:class|struct)\s+(\w*(?:Utils?|Helpers?|Misc)|Manager)\b")


def main() -> None:
    problems = []
    for path in files(".h", ".cc", ".py", ".sh", ".proto"):
        if path.parts[:2] == ("tests", "peers"):
            continue
        if BAD_FILE.search(path.stem.removesuffix("_test")):
            problems.append(f"{path}: a name that says nothing of what is in the file")
        if path.suffix in (".h", ".cc"):
            for name in BAD_CLASS.findall(without_comments_and_literals(text(path))):
                problems.append(f"{path}: class {name}: a name that says nothing of what it is")
    for folder in {path.parent for path in files(".h", ".cc")}:
        if BAD_FILE.search(folder.name) and str(folder) not in ("common", "tests/common"):
            problems.append(f"{folder}: a folder name that says nothing")
    report("names", problems)


main()
