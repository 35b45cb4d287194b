"""Every test and every source is in a CMakeLists.txt: nothing is quietly not built."""
import os
import re

from source import files, report, text


def main() -> None:
    listed = set()
    for cmake in files("CMakeLists.txt", ".cmake"):
        for name in re.findall(r"[\w./-]+\.(?:cc|c|test|proto)\b", text(cmake)):
            listed.add(os.path.normpath(cmake.parent / name))
    problems = [f"{path}: in no CMakeLists.txt" for path in files(".cc", ".test", ".proto")
                if str(path) not in listed and path.parts[0] != "cmake"
                and path.parts[:2] != ("tests", "peers")]
    for path in files(".cc", under=("tests",)):
        if re.search(r"\bDISABLED_|GTEST_SKIP", text(path)):
            problems.append(f"{path}: a test that is switched off")
    report("registered", problems)


main()
