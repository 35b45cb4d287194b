#!/usr/bin/env bash
# Runs every fuzz target of a build for some seconds, two at a time, from the recorded conversations.
#   tests/fuzz/run.sh BUILD_DIR SECONDS      exit status 1 when one finds something
set -euo pipefail
build=$(realpath "${1:?a build directory is needed}")
seconds=${2:?seconds are needed}
cd "$(dirname "$0")/../.."
work=$build/fuzz
rm -rf "$work"
mkdir -p "$work/seeds"
# Single directions of the recordings, cut to what one input may hold.
n=0
for recording in tests/golden/hdfs/*/*.[cs]2[cs]; do
  n=$((n + 1))
  head -c 4096 "$recording" >"$work/seeds/$n"
done

run_one() {
  local target=$1 name
  name=$(basename "$target")
  mkdir -p "$work/$name"
  if "$target" -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=2049 -print_final_stats=1 \
    -artifact_prefix="$work/$name-" "$work/$name" "$work/seeds" >"$work/$name.log" 2>&1; then
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log") runs"
  else
    # What it is stands above its stack.
    grep -m 3 -E ' failed(:|$)|ERROR: |runtime error' "$work/$name.log"
    tail -30 "$work/$name.log"
    echo "error: $name found something; the input is beside $work/$name.log"
    return 1
  fi
}
export -f run_one
export work seconds
targets=("$build"/bin/*_fuzz)
[ -x "${targets[0]}" ] || { echo "error: no fuzz targets in $build/bin" >&2; exit 1; }
# shellcheck disable=SC2016  # the inner shell expands it
printf '%s\0' "${targets[@]}" | xargs -0 -n 1 -P 2 bash -c 'run_one "$0"'
