#!/usr/bin/env bash
# Measures this machine against the targets and the peers, and prints one table.
#
#   sbin/bench.sh [--no-build] [--keep] [--json] [--runs N] [--gb N] [--base-port P] [MEASUREMENT...]
#
# Measurements: start memory noop metadata blocks wordcount parts        default: these; then, by name alone:
#   sql         TPC-H SF 1 from Parquet, db-benchmark from 0.5 GB of CSV, a question to 10 MB; about 15 minutes
#   sql-spill   sort, join and group-by over data of 20 times the memory of the tasks
# Starts a cluster of its own (one datanode, one tracker, replication 1) below build/bench, on free ports above
# --base-port. DuckDB runs beside it, from a virtual environment that is made when it is missing. Figures are medians of
# --runs (3) runs, the raw disk's are of the same run. --gb (1) scales the data for a try; the targets are of 1.
# --json prints one object instead of the table.
set -euo pipefail
cd "$(dirname "$0")/.."

build=1 keep=0 runs=3 gb=1 base_port=29000 format=table
chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --no-build) build=0 ;;
    --keep) keep=1 ;;
    --json) format=json ;;
    --runs) runs=$2; shift ;;
    --gb) gb=$2; shift ;;
    --base-port) base_port=$2; shift ;;
    -*) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) chosen+=("$1") ;;
  esac
  shift
done
[ ${#chosen[@]} -gt 0 ] || chosen=(start memory noop metadata blocks wordcount parts)

work=$PWD/build/bench
bin=$work/bin
programs=(tusk)
for name in "${chosen[@]}"; do
  case $name in
    noop | wordcount) programs+=(examples/wordcount) ;;
    metadata) programs+=(disk_bench namenode_bench) ;;
    blocks) programs+=(disk_bench) ;;
    parts) programs+=(codec_bench rpc_bench sort_bench) ;;
    sql | sql-spill) programs+=(tusk-sql) ;;
    start | memory) ;;
    *) echo "bench.sh: there is no measurement $name" >&2; exit 2 ;;
  esac
done
cluster=$work/cluster
results=$work/results.tsv
bytes=$(awk -v gb="$gb" 'BEGIN { printf "%d", gb * 1e9 }')
# The tuned Hadoop 3.4.2 on two cores; its word count of 1 GB takes longer than all the rest of this script.
hadoop_wordcount=297
export PATH=$PATH:$bin:$bin/examples HADOOP_CONF_DIR=$cluster/conf

say() { echo "bench: $*" >&2; }
seconds() { # COMMAND...: how long it takes, on standard output; its own output goes to a log
  local begin=$EPOCHREALTIME
  "$@" >>"$work/log" 2>&1 || { say "failed: $* (see $work/log)"; tail -5 "$work/log" >&2; return 1; }
  awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.6f\n", b - a }'
}
summary() { # numbers on standard input -> median TAB least TAB greatest
  sort -g | awk '{ v[NR] = $1 } END { m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
                                      printf "%.6g\t%.6g\t%.6g\n", m, v[1], v[NR] }'
}
record() { # NAME TARGET UNIT MEDIAN LEAST GREATEST; TARGET: "<= 5", ">= 30" or "-"
  printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$results"
}
record_times() { # NAME TARGET FACTOR UNIT: seconds on standard input, FACTOR / seconds or seconds * -FACTOR
  local line
  line=$(awk -v f="$3" '{ printf "%.6g\n", f < 0 ? $1 * -f : f / $1 }' | summary)
  IFS=$'\t' read -r median least greatest <<<"$line"
  record "$1" "$2" "$4" "$median" "$least" "$greatest"
}
record_bench() { # lines of a bench program: name, median, unit, least, greatest
  while IFS=$'\t' read -r name median unit least greatest; do
    record "$name" "$(target_of "$name")" "$unit" "$median" "$least" "$greatest"
  done
}
target_of() {
  case $1 in
    "create calls, 64 in flight") echo ">= 30000" ;;
    *) echo - ;;
  esac
}
figure() { awk -F'\t' -v name="$1" '$1 == name { print $4; exit }' "$results"; }
repeat() { local i; for ((i = 0; i < runs; ++i)); do "$@" "$i"; done; }

measure_start() {
  say "tusk version"
  for _ in $(seq 21); do seconds tusk version; done | record_times "tusk version" "<= 5" -1000 ms
}

resident_mb() { awk '/^VmRSS/ { print $2 / 1000 }' "/proc/$(cat "$cluster/run/$1.pid")/status"; }
measure_memory() {
  say "memory of idle daemons"
  local daemon target
  for daemon in namenode:64 datanode-1:48 jobtracker:- tasktracker-1:-; do
    target=${daemon#*:}
    [ "$target" = - ] || target="< $target"
    resident_mb "${daemon%:*}" | record_times "idle ${daemon%:*}, resident" "$target" -1 MB
  done
}

noop() { seconds wordcount /bench/one.txt "/bench/noop$1"; }
measure_noop() {
  say "latency of a job of one line"
  echo "one line" >"$work/one.txt"
  tusk fs -put -f "$work/one.txt" /bench/one.txt
  for i in $(seq 5); do noop "w$i" >/dev/null; done
  for i in $(seq 31); do noop "$i"; done | record_times "no-op job" "<= 100" -1000 ms
}

measure_metadata() {
  say "namenode, calls by the second"
  local address
  address=$(tusk config get fs.defaultFS 2>/dev/null | sed 's,.*hdfs://,,' || true)
  [ -n "$address" ] || address=$(sed -n 's,.*hdfs://\([0-9.:]*\).*,\1,p' "$cluster/conf/core-site.xml" | head -1)
  disk_bench sync "$work" --runs "$runs" | record_bench
  namenode_bench "$address" --in-flight 64 --runs "$runs" | record_bench
}

put_and_get() { # one round: the raw disk and ours in turn, so that both see the same neighbours
  local blocks
  disk_bench write "$work" "$(stat -c %s "$work/big.bin")" --runs 1 | cut -f2 >>"$work/raw_write"
  seconds tusk fs -put "$work/big.bin" "/bench/big$1" >>"$work/put"
  disk_bench write "$work" "$(stat -c %s "$work/big.bin")" --runs 1 --threads 4 | cut -f2 >>"$work/raw_write_4"
  seconds sh -c "tusk fs -cat /bench/big$1 >/dev/null" >>"$work/get_warm"
  mapfile -t blocks < <(find "$cluster/data" -name 'blk_*' -size +1M ! -name '*.meta' -newer "$work/round")
  disk_bench evict "${blocks[@]}"
  disk_bench read "${blocks[0]}" --runs 3 | cut -f2 >>"$work/raw_read"
  disk_bench evict "${blocks[@]}"
  seconds sh -c "tusk fs -cat /bench/big$1 >/dev/null" >>"$work/get_cold"
  disk_bench read "${blocks[0]}" --runs 3 --threads 4 | cut -f2 >>"$work/raw_read_4"
  rm -f "$work/big.back"
  seconds tusk fs -get "/bench/big$1" "$work/big.back" >>"$work/get_file"
  cmp "$work/big.bin" "$work/big.back"
  tusk fs -rm -skipTrash "/bench/big$1" >>"$work/log" 2>&1
  touch "$work/round"
}
share_of_raw() { # NAME TIMES RAW: percent of the raw disk's rate, round by round
  paste "$work/$2" "$work/$3" | awk -v m=$((2 * bytes / 1000000)) '{ print m / $1 / $2 * 100 }' |
    record_times "$1" "$4" -1 %
}
measure_blocks() {
  say "put and get of $((2 * bytes / 1000000)) MB, beside the raw disk"
  cat "$work/text" "$work/text" >"$work/big.bin"
  rm -f "$work"/raw_* "$work"/get_* "$work/put"
  touch "$work/round"
  repeat put_and_get
  local megabytes=$((2 * bytes / 1000000))
  record_times "raw disk write, then fdatasync" - -1 MB/s <"$work/raw_write"
  record_times "raw disk write, direct, 4 at once" - -1 MB/s <"$work/raw_write_4"
  record_times "raw disk read, direct, 1 at once" - -1 MB/s <"$work/raw_read"
  record_times "raw disk read, direct, 4 at once" - -1 MB/s <"$work/raw_read_4"
  record_times "put of 2 GB" - "$megabytes" MB/s <"$work/put"
  record_times "get of 2 GB, cold, to /dev/null" - "$megabytes" MB/s <"$work/get_cold"
  record_times "get of 2 GB, cached, to /dev/null" - "$megabytes" MB/s <"$work/get_warm"
  record_times "get of 2 GB, cached, to a file" - "$megabytes" MB/s <"$work/get_file"
  share_of_raw "put, of the raw disk with fdatasync" put raw_write ">= 30"
  share_of_raw "put, of the raw disk direct, 4 at once" put raw_write_4 -
  share_of_raw "get, cold, of the raw disk direct, 1 at once" get_cold raw_read ">= 30"
  share_of_raw "get, cold, of the raw disk direct, 4 at once" get_cold raw_read_4 -
  rm -f "$work/big.bin" "$work/big.back"
}

check_counts() { # FILE: equal to the counts the generator wrote
  LC_ALL=C sort "$1" | cmp - "$work/counts" || { say "$1: wrong counts"; return 1; }
}
count_words() {
  rm -rf "$work/local" "$work/counted"
  seconds wordcount /bench/text "/bench/counts$1" >>"$work/wc_cluster"
  seconds wordcount --local "$work/text" "$work/local" >>"$work/wc_local"
  "$python" tests/peers/tables/duckdb_jobs.py wordcount_space "$work/text" "$work/duckdb_space" >>"$work/wc_duckdb_space"
  "$python" tests/peers/tables/duckdb_jobs.py wordcount "$work/text" "$work/duckdb" >>"$work/wc_duckdb"
  tusk fs -cat "/bench/counts$1/part-r-*" >"$work/counted"
  check_counts "$work/counted"
  cat "$work"/local/part-r-* >"$work/counted" && check_counts "$work/counted"
  check_counts "$work/duckdb_space"
}
measure_wordcount() {
  say "word count of $((bytes / 1000000)) MB, DuckDB beside it"
  python=$work/venv/bin/python
  "$python" -c 'import duckdb' 2>/dev/null || tests/peers/tables/install.sh "$work/venv" >&2
  rm -f "$work"/wc_*
  tusk fs -put -f "$work/text" /bench/text
  repeat count_words
  record_times "word count, DuckDB, split on one space" - -1 s <"$work/wc_duckdb_space"
  record_times "word count, DuckDB, split on white space" - -1 s <"$work/wc_duckdb"
  local best
  best=$(awk -v a="$(figure "word count, DuckDB, split on one space")" -v h=$hadoop_wordcount \
    'BEGIN { print (a < h / 15 ? a : h / 15) }')
  record_times "word count on the cluster" "<= $best" -1 s <"$work/wc_cluster"
  record_times "word count, --local" "<= $best" -1 s <"$work/wc_local"
  echo $hadoop_wordcount | record_times "word count, Hadoop 3.4.2 tuned (recorded 2026-11-22)" - -1 s
}

measure_parts() {
  say "parts: map side, RPC, codecs"
  sort_bench --text "$work/text" --directory "$work" --runs "$runs" | record_bench
  rpc_bench --runs "$runs" | record_bench
  codec_bench --runs "$runs" | record_bench
}

sql_bench() { # PROGRAM ARGUMENT...: a bench of tests/bench/sql, whose lines are results
  tests/tables/install.sh >>"$work/log"
  TUSK_BINARY_DIR=$work tests/tables/run.sh "tests/bench/sql/$1" --work "$work/sql" --runs "$runs" "${@:2}" >>"$results"
}
measure_sql() {
  sql_bench sql_bench.py --scale "$gb" --rows "$(awk -v gb="$gb" 'BEGIN { printf "%d", gb * 1e7 }')"
}
measure_sql_spill() { sql_bench spill_bench.py --scale "$gb"; }

if [ $build = 1 ]; then
  sbin/build.sh release "${programs[@]##*/}" >&2
fi
# Copies, so that a build meanwhile changes nothing that is being measured.
mkdir -p "$bin"
for program in "${programs[@]}"; do install "build/release/bin/$program" "$bin"; done
: >"$results"
: >"$work/log"
if [[ " ${chosen[*]} " =~ " "(blocks|wordcount|parts)" " ]] &&
  [ "$(stat -c %s "$work/text" 2>/dev/null || echo 0)" -lt "$bytes" ]; then
  say "generating $((bytes / 1000000)) MB of text"
  g++ -O2 -std=c++20 -o "$work/gen_text" tests/peers/data/gen_text.cc
  "$work/gen_text" "$bytes" --counts "$work/counts" >"$work/text"
fi
[ ! -d "$cluster" ] || tusk cluster stop --dir "$cluster" >>"$work/log" 2>&1 || true
rm -rf "$cluster"
for port in $(seq "$base_port" 200 38000); do
  if tusk cluster start --dir "$cluster" --datanodes 1 --trackers 1 --base-port "$port" \
    -D dfs.replication=1 >>"$work/log" 2>&1; then break; fi
done
tusk cluster status --dir "$cluster" >>"$work/log" || { say "no cluster (see $work/log)"; exit 1; }
if [ $keep = 0 ]; then
  trap 'tusk cluster stop --dir "$cluster" >>"$work/log" 2>&1; rm -rf "$cluster"' EXIT
fi
tusk fs -mkdir -p /bench
for name in "${chosen[@]}"; do "measure_${name//-/_}"; done
python3 tests/bench/print_results.py "$results" --format "$format" --runs "$runs"
