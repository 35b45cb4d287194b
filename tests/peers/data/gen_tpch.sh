#!/usr/bin/env bash
# Generates the eight TPC-H tables as Parquet and CSV with tpchgen-cli.
#
#   gen_tpch.sh SF DIR [FORMAT...]     FORMAT: parquet, csv (default: both)
#
# DIR/<table>.parquet   Snappy, DECIMAL(15,2) money, DATE dates, INT64 keys
# DIR/<table>.csv       comma, header line, quoted comments
#
# The data are a pure function of SF (they follow the TPC's dbgen). tpchgen-cli must be on PATH, or in
# TPCHGEN. Sizes: SF1 is 0.35 GB Parquet and 1.0 GB CSV; SF10 is ten times that.
set -euo pipefail

fail() { echo "gen_tpch.sh: $*" >&2; exit 2; }

[ $# -ge 2 ] || fail "usage: gen_tpch.sh SF DIR [parquet] [csv]"
scale=$1
dir=$2
shift 2
formats=("$@")
[ ${#formats[@]} -gt 0 ] || formats=(parquet csv)
generator=${TPCHGEN:-tpchgen-cli}
command -v "$generator" >/dev/null || fail "$generator not found; see tests/tables/install.sh"

mkdir -p "$dir"
for format in "${formats[@]}"; do
  case $format in
    parquet | csv) "$generator" "$format" --scale-factor "$scale" --output-dir "$dir" --quiet --overwrite ;;
    *) fail "unknown format '$format'" ;;
  esac
done
