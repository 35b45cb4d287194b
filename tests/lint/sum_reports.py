"""Prints how many tests of all JUnit reports in a folder passed and failed.

usage: sum_reports.py FOLDER FAILED      FAILED is 1 when a step outside the tests failed

Exit status 1 when anything failed or nothing ran. The last line, "N passed, N failed", is also
written to FOLDER/sum.txt.
"""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def main() -> int:
    folder, steps_failed = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    passed = failed = 0
    for report in sorted(folder.glob("*.xml")):
        counts = {"passed": 0, "failed": 0}
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            # A test that was skipped or did not run proves nothing: it counts as failed.
            counts["passed" if case.get("status") == "run" else "failed"] += 1
        print(f"{report.stem}: {counts['passed']} passed, {counts['failed']} failed")
        passed += counts["passed"]
        failed += counts["failed"]
    if steps_failed and not failed:
        failed = 1
    line = f"{passed} passed, {failed} failed"
    (folder / "sum.txt").write_text(line + "\n")
    print(line)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
