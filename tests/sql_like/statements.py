"""Files of SQL statements with what they must give.

A statement begins on a line of its own and ends with a semicolon at the end of a line. In front of it, lines of
comment may say

    -- oracle                     DuckDB gives the expected rows
    -- oracle: SELECT ...         so it does, for another text (one line)
    -- setup                      it gives no rows, and is run before all others of the file

Behind it stand the expected rows, or the words that its error must have:

    --> 1 | text | NULL | ~0.333     a row; ~ in front of a number: about; '' is the empty text
    --> none                         no rows at all
    --! division by zero             one line for each piece of the message

A line "-- format: json" anywhere asks for JSON instead of CSV: it has lists, but no NaN.
Rows are compared in order when the statement ends in an ORDER BY of its own, otherwise as a bag.
"""
import dataclasses
import pathlib
import re

ORDER_BY = re.compile(r"\border\s+by\b", re.IGNORECASE)


@dataclasses.dataclass
class Block:
    """One statement and what is known of it."""
    file: str
    line: int
    sql: str
    setup: bool = False
    oracle: str | None = None
    rows: list[list[str]] | None = None
    errors: list[str] = dataclasses.field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def ordered(self) -> bool:
        """True when an ORDER BY stands outside of all parentheses."""
        depth, outside = 0, []
        for part in re.split(r"('(?:[^']|'')*'|[()])", self.sql):
            depth += (part == "(") - (part == ")")
            if depth == 0 and not part.startswith("'"):
                outside.append(part)
        return ORDER_BY.search(" ".join(outside)) is not None


class Script:
    """The statements of one file."""

    def __init__(self, path: pathlib.Path):
        self.name = path.name
        self.json = False
        self.blocks: list[Block] = []
        self._oracle: str | None = None
        self._setup = False
        self._sql: list[str] = []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            self._read(number, line.rstrip())
        if self._sql:
            raise ValueError(f"{path}: the last statement has no semicolon")
        for block in self.blocks:
            kinds = block.setup + (block.oracle is not None) + (block.rows is not None) + bool(block.errors)
            if kinds != 1:
                raise ValueError(f"{block.place}: needs one of setup, oracle, rows and an error")

    def setups(self) -> list[Block]:
        return [block for block in self.blocks if block.setup]

    def queries(self) -> list[Block]:
        return [block for block in self.blocks if not block.setup and not block.errors]

    def failing(self) -> list[Block]:
        return [block for block in self.blocks if block.errors]

    def _read(self, number: int, line: str) -> None:
        if self._sql or not (line.startswith("--") or not line):
            self._read_sql(number, line)
        elif line == "-- format: json":
            self.json = True
        elif line == "-- setup":
            self._setup = True
        elif line == "-- oracle":
            self._oracle = ""
        elif line.startswith("-- oracle: "):
            self._oracle = line.removeprefix("-- oracle: ")
        elif line.startswith("-->"):
            self._read_row(line.removeprefix("-->").strip())
        elif line.startswith("--!"):
            self.blocks[-1].errors.append(line.removeprefix("--!").strip())

    def _read_sql(self, number: int, line: str) -> None:
        if not self._sql:
            self._line = number
        self._sql.append(line)
        if not line.endswith(";"):
            return
        sql = "\n".join(self._sql)
        oracle = None if self._oracle is None else self._oracle or sql
        self.blocks.append(Block(self.name, self._line, sql, self._setup, oracle))
        self._sql, self._oracle, self._setup = [], None, False

    def _read_row(self, text: str) -> None:
        block = self.blocks[-1]
        if block.rows is None:
            block.rows = []
        if text != "none":
            block.rows.append([cell.strip() for cell in text.split("|")])
