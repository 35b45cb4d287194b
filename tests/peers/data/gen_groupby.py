#!/usr/bin/env python3
"""Generates db-benchmark's group-by table: no missing values, not sorted.

    gen_groupby.py --rows 1e7 --groups 1e2 --out DIR

writes DIR/G1_1e7_1e2_0_0.csv and .parquet. With N rows and K groups the columns are

    id1, id2   string "id%03d", K values        id4, id5   int in [1, K]
    id3        string "id%010d", N/K values     id6        int in [1, N/K]
    v1         int in [1, 5]                    v2         int in [1, 15]
    v3         float in [0, 100), six decimals

as db-benchmark defines them. The numbers are another stream than R's, so digests published elsewhere do not apply.
"""

import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np

from columns import CHUNK_ROWS, Stream, TableWriter, add_common_arguments, count, formats, scientific, text_id

INTEGERS = ["id4", "id5", "id6", "v1", "v2"]
COLUMNS = {
    "id1": text_id("id1", 3),
    "id2": text_id("id2", 3),
    "id3": text_id("id3", 10),
    **{name: f"CAST({name} AS INTEGER)" for name in INTEGERS},
    "v3": "v3",
}


def chunk(streams: dict[str, Stream], rows: int, groups: int, small_groups: int) -> dict[str, np.ndarray]:
    highest = {"id1": groups, "id2": groups, "id3": small_groups, "id4": groups, "id5": groups,
               "id6": small_groups, "v1": 5, "v2": 15}
    columns = {name: streams[name].integers(1, high, rows) for name, high in highest.items()}
    return {**columns, "v3": streams["v3"].decimals(100, 6, rows)}


def generate(rows: int, groups: int, seed: int, out: Path, kinds: list[str]) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    base = out / f"G1_{scientific(rows)}_{scientific(groups)}_0_0"
    streams = {name: Stream(seed, name) for name in COLUMNS}
    with TableWriter(base, COLUMNS, kinds) as writer:
        for start in range(0, rows, CHUNK_ROWS):
            writer.write(chunk(streams, min(CHUNK_ROWS, rows - start), groups, max(rows // groups, 1)))
    return base


def main() -> None:
    parser = argparse.ArgumentParser(description="db-benchmark group-by data")
    add_common_arguments(parser)
    parser.add_argument("--groups", type=count, default=100, help="K, the number of large groups")
    args = parser.parse_args()
    print(generate(args.rows, args.groups, args.seed, args.out, formats(args.format)))


if __name__ == "__main__":
    main()
