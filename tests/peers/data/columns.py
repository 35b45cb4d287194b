"""Seeded column streams and file writers shared by the table generators.

Random numbers come from the raw 64-bit output of PCG64, which NumPy keeps stable between versions, and are
scaled here. So a data set depends on the seed and the size only, and the expected digests stay valid.
"""

from pathlib import Path

import duckdb
import numpy as np

CHUNK_ROWS = 1_000_000


class Stream:
    """One independent stream of random numbers per (seed, column name)."""

    def __init__(self, seed: int, name: str):
        self._bits = np.random.PCG64([seed, *name.encode()])

    def integers(self, low: int, high: int, size: int) -> np.ndarray:
        """Uniform integers in [low, high]; the span must be below 2^32."""
        high_half = self._bits.random_raw(size) >> np.uint64(32)
        return ((high_half * np.uint64(high - low + 1)) >> np.uint64(32)).astype(np.int64) + low

    def decimals(self, maximum: int, digits: int, size: int) -> np.ndarray:
        """Uniform float64 in [0, maximum) with that many decimal digits."""
        unit = 10**digits
        return self.integers(0, maximum * unit - 1, size) / unit

    def shuffled(self, values: np.ndarray) -> np.ndarray:
        """A random permutation of values."""
        return values[np.argsort(self._bits.random_raw(len(values)), kind="stable")]


def text_id(column: str, width: int = 0) -> str:
    """SQL for the strings "id" + number, zero padded to width digits."""
    digits = f"CAST({column} AS VARCHAR)"
    return f"'id' || " + (f"lpad({digits}, {width}, '0')" if width else digits)


class TableWriter:
    """Collects chunks of columns and writes them to CSV and Parquet files at its end; use as a context manager.

    `columns` are the table's columns as SQL over the names of the chunks' arrays, for example
    {"id1": "CAST(a AS INTEGER)"}.
    """

    def __init__(self, base: Path, columns: dict[str, str], formats: list[str]):
        self._base, self._formats = base, formats
        self._select = ", ".join(f"{expression} AS {name}" for name, expression in columns.items())
        self._connection = duckdb.connect()
        self._empty = True

    def write(self, chunk: dict[str, np.ndarray]) -> None:
        self._connection.register("chunk", chunk)
        into = "CREATE TABLE rows AS" if self._empty else "INSERT INTO rows"
        self._connection.execute(f"{into} SELECT {self._select} FROM chunk")
        self._connection.unregister("chunk")
        self._empty = False

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure is None:
            for file_format in self._formats:
                path = str(self._base.with_name(f"{self._base.name}.{file_format}")).replace("'", "''")
                options = "FORMAT parquet, COMPRESSION snappy" if file_format == "parquet" else "FORMAT csv, HEADER"
                self._connection.execute(f"COPY rows TO '{path}' ({options})")
        self._connection.close()


def scientific(number: int) -> str:
    """1e7 for 10,000,000: the spelling used in db-benchmark's file names; plain digits if not exact."""
    text = str(number)
    zeros = len(text) - len(text.rstrip("0"))
    return f"{text[0]}e{zeros}" if len(text) == zeros + 1 else text


def count(text: str) -> int:
    """Parses a row count written as 1e7 or 10000000."""
    value = int(float(text))
    if value < 1:
        raise ValueError("must be at least 1")
    return value


def add_common_arguments(parser) -> None:
    parser.add_argument("--rows", type=count, default=10_000_000, help="rows (1e7 is the 0.5 GB size)")
    parser.add_argument("--seed", type=int, default=108)
    parser.add_argument("--format", choices=["csv", "parquet", "both"], default="both")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")


def formats(choice: str) -> list[str]:
    return ["csv", "parquet"] if choice == "both" else [choice]
