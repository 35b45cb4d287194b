"""Counts what held and what did not, and says how long each part took."""
import difflib
import sys
import time


class Report:
    """The outcome of one test program. A failure is printed at once and the program goes on."""

    def __init__(self, name: str):
        self.name = name
        self.passed = 0
        self.failed = 0
        self._begin = self._part_begin = time.monotonic()
        self._part = ""

    def part(self, title: str) -> None:
        """Ends the part before and begins the part `title`."""
        now = time.monotonic()
        if self._part:
            print(f"   {self._part}: {now - self._part_begin:.1f} s")
        self._part, self._part_begin = title, now
        if title:
            print(f"== {title}")

    def check(self, holds: bool, what: str, details: str = "") -> bool:
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {what}")
            if details:
                print("    " + details.rstrip().replace("\n", "\n    "))
        return holds

    def equal(self, found, expected, what: str) -> bool:
        """Checks that two values are the same; texts that differ are shown line by line."""
        if found == expected:
            return self.check(True, what)
        if isinstance(found, str) and isinstance(expected, str):
            lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), "expected", "found",
                                         lineterm="", n=1)
            return self.check(False, what, "\n".join(lines))
        return self.check(False, what, f"expected {expected!r}\nfound    {found!r}")

    def finish(self) -> None:
        """Prints the sum and ends the process: 1 when something failed or nothing was checked."""
        self.part("")
        print(f"{self.name}: {self.passed} passed, {self.failed} failed "
              f"in {time.monotonic() - self._begin:.1f} s")
        sys.exit(0 if self.failed == 0 and self.passed > 0 else 1)
