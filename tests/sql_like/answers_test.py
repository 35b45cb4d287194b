"""Self-test of answers.py and statements.py: a comparison that lets everything pass proves nothing."""
import decimal
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from answers import csv_records, difference, json_rows, written_cell
from statements import Script


class AnswersTest(unittest.TestCase):
    def test_csv_tells_null_from_empty_text(self):
        self.assertEqual(csv_records('a,b\n,""\n"x,""y""\n",\n\n'),
                         [["a", "b"], [None, ""], ['x,"y"\n', None], [None]])

    def test_json_keeps_numbers_as_written(self):
        self.assertEqual(json_rows(['{"a":1.50,"a":null,"c":[1,null],"d":true}']), [["1.50", None, "[1, NULL]", "true"]])

    def test_cells(self):
        self.assertEqual(difference([[0.1 + 0.2]], [["0.3"]], True), "")
        self.assertEqual(difference([[decimal.Decimal("1.5")]], [["1.50"]], True), "")
        self.assertEqual(difference([[float("nan")]], [["nan"]], True), "")
        for expected, found in [("1", "2"), ("", None), (None, ""), (None, "0"), (0.5, "0.6"), (0.5, "x"), ("a", "A"),
                                (float("nan"), None), (decimal.Decimal("1.5"), "1.51"), (1.0, "nan")]:
            self.assertNotEqual(difference([[expected]], [[found]], True), "", (expected, found))

    def test_rows(self):
        rows = [["1", None], ["2", "x"], ["2", "x"]]
        self.assertEqual(difference(rows, rows[::-1], False), "")
        self.assertNotEqual(difference(rows, rows[::-1], True), "")
        self.assertNotEqual(difference(rows, rows[:2], False), "")
        self.assertNotEqual(difference(rows, [rows[0], rows[0], rows[1]], False), "")
        self.assertNotEqual(difference([["1"]], [["1", "2"]], True), "")

    def test_written_cells(self):
        self.assertEqual([written_cell(text) for text in ("NULL", "''", "~0.5", "x")], [None, "", 0.5, "x"])


class StatementsTest(unittest.TestCase):
    def script(self, text: str) -> Script:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "x.sql"
            path.write_text(text)
            return Script(path)

    def test_blocks(self):
        script = self.script("-- setup\nCREATE VIEW v AS SELECT 1;\n\nSELECT 'a;b',\n  2;\n--> a;b | 2\n"
                             "-- oracle\nSELECT 3;\n\nSELECT x;\n--! no column\n\nSELECT 4 WHERE false;\n--> none\n")
        self.assertEqual([block.line for block in script.queries()], [4, 8, 13])
        self.assertEqual(script.queries()[0].rows, [["a;b", "2"]])
        self.assertEqual(script.queries()[1].oracle, "SELECT 3;")
        self.assertEqual(script.queries()[2].rows, [])
        self.assertEqual(script.failing()[0].errors, ["no column"])
        self.assertEqual(len(script.setups()), 1)

    def test_a_statement_needs_an_expectation(self):
        for text in ("SELECT 1;\n", "-- oracle\nSELECT 1;\n--> 1\n", "SELECT 1\n"):
            self.assertRaises(ValueError, self.script, text)

    def test_order(self):
        for sql, ordered in [("SELECT 1 ORDER BY 1", True), ("SELECT * FROM (SELECT 1 ORDER BY 1) AS x", False),
                             ("SELECT ' ORDER BY '", False), ("SELECT sum(1) OVER (ORDER BY 1)", False)]:
            self.assertEqual(self.script(f"-- oracle\n{sql};\n").queries()[0].ordered, ordered, sql)


if __name__ == "__main__":
    unittest.main()
