"""Reads what `tusk sql` prints, and compares rows."""
import datetime
import decimal
import json
import math
import re

RELATIVE, ABSOLUTE = 1e-9, 1e-9
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
SHOWN_ROWS = 8


def csv_records(text: str) -> list[list[str | None]]:
    """The records of CSV by RFC 4180. Unlike Python's reader this one tells NULL (nothing) from "" (empty text)."""
    records, record, at = [], [], 0
    while at < len(text):
        if text[at] == '"':
            cell, at = quoted_cell(text, at + 1)
        else:
            end = next(i for i in range(at, len(text)) if text[i] in ",\n")
            cell, at = text[at:end] or None, end
        record.append(cell)
        if text[at] == "\n":
            records.append(record)
            record = []
        at += 1
    return records


def quoted_cell(text: str, at: int) -> tuple[str, int]:
    parts = []
    while True:
        end = text.index('"', at)
        parts.append(text[at:end])
        if text[end + 1:end + 2] != '"':
            return "".join(parts), end + 1
        parts.append('"')
        at = end + 2


def json_rows(lines: list[str]) -> list[list[str | None]]:
    """Objects as rows; numbers stay as they are written."""
    def cell(value):
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        return "[" + ", ".join("NULL" if each is None else cell(each) for each in value) + "]"

    decoder = json.JSONDecoder(object_pairs_hook=lambda pairs: [value for _, value in pairs], parse_float=str,
                               parse_int=str)
    return [[cell(value) for value in decoder.decode(line)] for line in lines]


def oracle_cell(value):
    """A value of DuckDB as a cell: text, a float, or None."""
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        text = value.isoformat(sep=" ")
        return text.rstrip("0") if value.microsecond else text
    if isinstance(value, (list, tuple)):
        cells = [oracle_cell(each) for each in value]
        return "[" + ", ".join("NULL" if each is None else str(each) for each in cells) + "]"
    return value if isinstance(value, decimal.Decimal) else str(value)


def written_cell(text: str):
    """A cell of a line "-->"."""
    if text == "NULL":
        return None
    if text.startswith("~"):
        return float(text[1:])
    return "" if text == "''" else text


def cells_equal(expected, found: str | None) -> bool:
    if expected is None or found is None:
        return expected is None and found is None
    if isinstance(expected, str):
        return expected == found
    if not NUMBER.fullmatch(found):
        return False
    if isinstance(expected, decimal.Decimal):
        return decimal.Decimal(found) == expected
    value = float(found)
    if math.isnan(expected) or math.isnan(value):
        return math.isnan(expected) and math.isnan(value)
    return math.isclose(expected, value, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def sort_key(row: list) -> tuple:
    """Rows of a bag in one order whoever has written them: numbers by rounded value."""
    def key(cell):
        if cell is None:
            return (0, "")
        text = str(cell)
        if isinstance(cell, (float, decimal.Decimal)) or NUMBER.fullmatch(text):
            value = float(cell)
            return (1, "nan" if math.isnan(value) else f"{value:.6e}")
        return (2, text)

    return tuple(key(cell) for cell in row)


def difference(expected: list[list], found: list[list[str | None]], ordered: bool) -> str:
    """What differs, for people; nothing when the rows agree."""
    if not ordered:
        expected, found = sorted(expected, key=sort_key), sorted(found, key=sort_key)
    problems = []
    if len(expected) != len(found):
        problems.append(f"{len(expected)} rows expected, {len(found)} found")
    for number, (want, got) in enumerate(zip(expected, found)):
        if len(want) != len(got) or not all(map(cells_equal, want, got)):
            problems.append(f"row {number}\n  expected {show(want)}\n  found    {show(got)}")
    if problems and len(expected) != len(found):
        problems += [f"  expected {show(row)}" for row in expected[:SHOWN_ROWS]]
        problems += [f"  found    {show(row)}" for row in found[:SHOWN_ROWS]]
    return "\n".join(problems[:3 * SHOWN_ROWS])


def show(row: list) -> str:
    return " | ".join("NULL" if cell is None else "''" if cell == "" else str(cell) for cell in row)
