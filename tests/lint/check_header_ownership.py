"""Every header is listed in the file set of some target, so that it is compiled alone."""
import os
import re

from source import files, report, text


def main() -> None:
    listed = set()
    for cmake in files("CMakeLists.txt"):
        for name in re.findall(r"[\w./-]+\.h\b", text(cmake)):
            # What follows ${CMAKE_SOURCE_DIR} begins with a slash: a path from the root.
            listed.add(os.path.normpath(name[1:] if name.startswith("/") else cmake.parent / name))
    problems = [f"{path}: in no target's HEADERS" for path in files(".h")
                if str(path) not in listed and path.parts[:2] != ("tests", "peers")]
    report("header ownership", problems)


main()
