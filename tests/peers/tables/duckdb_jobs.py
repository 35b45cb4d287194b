#!/usr/bin/env python3
"""Word count and sort in DuckDB's SQL, to measure our jobs against.

    duckdb_jobs.py JOB INPUT OUTPUT [--runs N] [--threads N] [--memory-gb N]

JOB: wordcount (splits on any white space, as our job does), wordcount_space (splits on single spaces, which is all
that generated text has, and far cheaper), sort (lines by their first ten bytes).

Each run reads the file, and writes "word TAB count" or the lines to OUTPUT. A line with the seconds of the run goes
to standard output. Importing the library and opening the session are not part of the time.
"""

import argparse
import os
import sys
import time

import duckdb

KEY_BYTES = 10
NEVER = "\x01"  # A column separator that the inputs do not contain: each line is one column.


def literal(text) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def lines_of(path: str) -> str:
    options = f"header = false, delim = {literal(NEVER)}, quote = '', escape = '', columns = {{'line': 'VARCHAR'}}"
    return f"read_csv({literal(path)}, auto_detect = false, {options})"


def word_count(words: str, path: str) -> str:
    return f"SELECT word, count(*) FROM (SELECT unnest({words}) AS word FROM {lines_of(path)}) WHERE word <> '' GROUP BY word"


JOBS = {
    "wordcount": (lambda path: word_count(r"regexp_split_to_array(line, '\s+')", path), "\t"),
    "wordcount_space": (lambda path: word_count("string_split(line, ' ')", path), "\t"),
    "sort": (lambda path: f"SELECT line FROM {lines_of(path)} ORDER BY left(line, {KEY_BYTES})", NEVER),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Word count and sort in DuckDB.")
    parser.add_argument("job", choices=sorted(JOBS))
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--memory-gb", type=int, default=16)
    args = parser.parse_args()
    settings = {
        "threads": args.threads,
        "memory_limit": f"{args.memory_gb}GB",
        "temp_directory": args.output + ".spill",
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
    connection = duckdb.connect(config=settings)
    sql, delimiter = JOBS[args.job][0](args.input), JOBS[args.job][1]
    options = f"FORMAT csv, HEADER false, DELIMITER {literal(delimiter)}, QUOTE '', ESCAPE ''"
    for _ in range(args.runs):
        start = time.perf_counter()
        connection.execute(f"COPY ({sql}) TO {literal(args.output)} ({options})")
        print(f"{time.perf_counter() - start:.3f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
