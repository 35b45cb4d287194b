"""Tests of sum_reports.py: what is shown of failed tests, and how much."""
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import sum_reports
from sum_reports import Failure

SCRIPT = pathlib.Path(sum_reports.__file__)


class Excerpt(unittest.TestCase):
    def test_a_short_output_is_shown_whole(self):
        self.assertEqual(sum_reports.excerpt("one\ntwo\n", 10), ["one", "two"])

    def test_telling_lines_come_with_what_follows_them(self):
        noise = [f"noise {i}" for i in range(500)]
        output = [*noise, "FAILED -ls of a file", "    -wanted", "    +found", *noise]
        shown = sum_reports.excerpt("\n".join(output), 60)
        self.assertEqual(shown[:5], ["...", "FAILED -ls of a file", "    -wanted", "    +found", "noise 0"])
        self.assertEqual(len(shown), 2 + sum_reports.LINES_AFTER)

    def test_neighbours_are_shown_once(self):
        output = ["quiet"] * 100 + ["a.cc:1: Failure", "values", "b.cc:2: Failure", "values"]
        self.assertEqual(sum_reports.excerpt("\n".join(output), 60), ["...", *output[-4:]])

    def test_without_telling_lines_the_end_is_shown(self):
        output = [f"line {i}" for i in range(500)]
        self.assertEqual(sum_reports.excerpt("\n".join(output), 60), output[-40:])

    def test_words_that_say_nothing_are_no_telling_lines(self):
        output = ["quiet"] * 100 + ["10 passed, 0 failed", "[  FAILED  ] Some.Test", "end"]
        self.assertEqual(sum_reports.excerpt("\n".join(output), 60), output[-40:])

    def test_many_telling_lines_are_cut_in_the_middle(self):
        output = [f"FAILED {i}" for i in range(1000)]
        shown = sum_reports.excerpt("\n".join(output), 60)
        self.assertEqual(len(shown), 60)
        self.assertIn("FAILED 0", shown)
        self.assertIn("FAILED 999", shown)

    def test_a_long_line_is_cut(self):
        self.assertEqual(len(sum_reports.excerpt("x" * 100_000, 60)[0]), sum_reports.LINE_LENGTH)


class Show(unittest.TestCase):
    def test_however_many_fail_the_lines_are_bounded(self):
        for count in (1, 2, 3, 4, 7, 20, 21, 50, 1000):
            failures = [Failure(f"test {i}", "an error\n" * 1000) for i in range(count)]
            shown = sum_reports.show(failures)
            self.assertLessEqual(len(shown), sum_reports.TOTAL_LINES + 10, count)
            self.assertEqual(shown[0], "-- test 0")
            self.assertIn(f"-- test {count - 1}", shown)

    def test_nothing_failed(self):
        self.assertEqual(sum_reports.show([]), [])


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name: str, statuses: dict[str, str]) -> None:
        suite = ElementTree.Element("testsuite")
        for test, status in statuses.items():
            case = ElementTree.SubElement(suite, "testcase", name=test, status=status, time="1.5")
            if status == "fail":
                ElementTree.SubElement(case, "failure", message="Timeout")
            if status == "notrun":
                ElementTree.SubElement(case, "skipped", message="no program")
            ElementTree.SubElement(case, "system-out").text = f"{test} has an error"
        ElementTree.ElementTree(suite).write(self.folder / f"{name}.xml")

    def sum(self, *steps: str) -> tuple[int, list[str]]:
        done = subprocess.run([sys.executable, SCRIPT, self.folder, *steps], stdout=subprocess.PIPE, text=True,
                              check=False)
        return done.returncode, done.stdout.splitlines()

    def test_all_passed(self):
        self.write("unit", {"a": "run", "b": "run"})
        self.assertEqual(self.sum(), (0, ["unit: 2 passed, 0 failed", "2 passed, 0 failed"]))
        self.assertEqual((self.folder / "sum.txt").read_text(), "2 passed, 0 failed\n")

    def test_failed_tests_speak_right_before_the_sums(self):
        self.write("unit", {"a": "run", "b": "fail"})
        self.write("large", {"c": "notrun"})
        self.assertEqual(self.sum(), (1, [
            "-- large: c: no program after 1.5 s", "   c has an error",
            "-- unit: b: Timeout after 1.5 s", "   b has an error",
            "large: 0 passed, 1 failed", "unit: 1 passed, 1 failed", "1 passed, 2 failed"]))

    def test_a_step_that_failed_speaks_too(self):
        self.write("unit", {"a": "run"})
        (self.folder / "tidy.log").write_text("a.cc:1: error: wrong\n")
        self.assertEqual(self.sum(f"clang-tidy={self.folder}/tidy.log", "fuzz"), (1, [
            "-- clang-tidy", "   a.cc:1: error: wrong", "-- fuzz",
            "unit: 1 passed, 0 failed", "1 passed, 1 failed"]))

    def test_nothing_ran(self):
        self.assertEqual(self.sum(), (1, ["0 passed, 0 failed"]))


if __name__ == "__main__":
    unittest.main()
