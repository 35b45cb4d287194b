#!/usr/bin/env python3
"""Generates db-benchmark's join tables: no missing values, not sorted.

    gen_join.py --rows 1e7 --out DIR

writes the left table J1_1e7_NA_0_0 and the right tables J1_1e7_1e1_0_0 (small, N/10^6 rows), J1_1e7_1e4_0_0
(medium, N/10^3) and J1_1e7_1e7_0_0 (big, N), each as .csv and .parquet:

    left    id1 id2 id3 id4 id5 id6 v1         medium  id1 id2 id4 id5 v2
    small   id1 id4 v2                         big     id1 id2 id3 id4 id5 id6 v2

id1, id2, id3 are integer keys with N/10^6, N/10^3 and N distinct values; id4, id5, id6 are the same keys as
strings "id%d"; v1 and v2 are floats in [0, 100) with six decimals. Of the keys of each level, 90 % are on both
sides, 10 % on the left only and as many on the right only. Below 10^7 rows the small table keeps 10 keys and the
medium one at least 100, so that a small test still has them all.
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np

from columns import CHUNK_ROWS, Stream, TableWriter, add_common_arguments, formats, scientific, text_id

TEXT_OF = {"id1": "id4", "id2": "id5", "id3": "id6"}


class Keys:
    """The keys of one level, split into common, left only and right only."""

    def __init__(self, seed: int, name: str, distinct: int):
        self.distinct = distinct
        both = distinct * 9 // 10
        keys = Stream(seed, f"keys {name}").shuffled(np.arange(1, 2 * distinct - both + 1, dtype=np.int64))
        self.left = keys[:distinct]
        self.right = np.concatenate([keys[:both], keys[distinct:]])


def sample_all(stream: Stream, keys: np.ndarray, size: int) -> np.ndarray:
    """A sample with replacement that holds every key at least once."""
    extra = keys[stream.integers(0, len(keys) - 1, size - len(keys))]
    return stream.shuffled(np.concatenate([keys, extra]))


def columns_of(ids: list[str], value: str) -> dict[str, str]:
    columns = {name: f"CAST({name} AS INTEGER)" for name in ids}
    columns |= {TEXT_OF[name]: text_id(name) for name in ids}
    return {**columns, value: value}


def write_table(base: Path, columns: dict[str, np.ndarray], values: np.ndarray, value: str, kinds: list[str]) -> None:
    with TableWriter(base, columns_of(list(columns), value), kinds) as writer:
        for start in range(0, len(values), CHUNK_ROWS):
            part = slice(start, start + CHUNK_ROWS)
            chunk = {name: column[part] for name, column in columns.items()}
            writer.write({**chunk, value: values[part]})


def generate(rows: int, seed: int, out: Path, kinds: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    small, medium = max(rows // 1_000_000, 10), max(rows // 1_000, 100)
    levels = {"id1": Keys(seed, "id1", small), "id2": Keys(seed, "id2", medium), "id3": Keys(seed, "id3", rows)}

    def table(name: str, side: str, ids: list[str], size: int, value: str) -> None:
        columns = {i: sample_all(Stream(seed, f"{side} {size} {i}"), getattr(levels[i], side), size) for i in ids}
        values = Stream(seed, f"{side} {size} {value}").decimals(100, 6, size)
        write_table(out / name, columns, values, value, kinds)
        print(out / name)

    prefix = f"J1_{scientific(rows)}_"
    table(prefix + "NA_0_0", "left", ["id1", "id2", "id3"], rows, "v1")
    table(prefix + scientific(small) + "_0_0", "right", ["id1"], small, "v2")
    table(prefix + scientific(medium) + "_0_0", "right", ["id1", "id2"], medium, "v2")
    table(prefix + scientific(rows) + "_0_0", "right", ["id1", "id2", "id3"], rows, "v2")


def main() -> None:
    parser = argparse.ArgumentParser(description="db-benchmark join data")
    add_common_arguments(parser)
    args = parser.parse_args()
    if args.rows < 1000:
        parser.error("--rows must be at least 1000")
    generate(args.rows, args.seed, args.out, formats(args.format))


if __name__ == "__main__":
    main()
