#!/usr/bin/env bash
# Builds and runs all tests. From a fresh Debian 12 as root it installs what it needs; it never asks.
#
#   sbin/test.sh                 everything: lint, release, sanitizers, fuzz targets, foreign clients
#   sbin/test.sh --release       lint and the release build's tests alone
#   sbin/test.sh --unit          the quick ones of the release build
#   sbin/test.sh --repeat N      run the release tests N times (to catch the flaky)
#
# The last line is the sum: "N passed, N failed"; before it, what each failed test said. Reports
# lie in build/reports.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

mode=all
repeat=1
while [ $# -gt 0 ]; do
  case "$1" in
    --release) mode=release ;;
    --unit) mode=unit ;;
    --repeat) repeat=$2; shift ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift
done

jobs=$(nproc)
reports=$PWD/build/reports
rm -rf "$reports"
mkdir -p "$reports"
failed_steps=()

step() { printf '\n== %s (%s)\n' "$1" "$(date +%H:%M:%S)"; }

# fail WHAT [LOG]: notes that a step failed; the end of the run says so again, with words of LOG.
fail() { echo "error: $1" >&2; failed_steps+=("$1${2:+=$2}"); }

print_sum() { step "sum"; python3 tests/lint/sum_reports.py "$reports" "${failed_steps[@]}"; }

# does_not_build PRESET: ends the run, for nothing after it would be true.
does_not_build() {
  fail "preset $1 does not build; the whole log is build/reports/build-$1.log" "$reports/build-$1.log"
  print_sum
  exit 1
}

# build PRESET [TARGET...]
build() {
  step "build $*"
  sbin/build.sh "$@" >>"$reports/build-$1.log" 2>&1 || does_not_build "$1"
}

# build_beside PRESET [TARGET...]: builds beside the tests, by what processor time these leave: suites that
# run alone wait for daemons and foreign clients half of their time. One at a time; in a process group
# of its own, so that nothing of it is left when this script ends early.
build_beside() {
  set -m
  chrt --idle 0 sbin/build.sh "$@" >"$reports/build-$1.log" 2>&1 &
  builder=$!
  set +m
}
builder=
trap '[ -z "$builder" ] || kill -- "-$builder"' EXIT

# wait_for_build PRESET: the one that build_beside began.
wait_for_build() {
  step "build $1"
  wait "$builder"
  local status=$?
  builder=
  [ "$status" = 0 ] || does_not_build "$1"
}

# run_tests PRESET NAME CTEST-ARGUMENT...
run_tests() {
  local preset=$1 name=$2
  shift 2
  step "test $name"
  ctest --test-dir "build/$preset" --output-on-failure -j "$jobs" --no-tests=error \
    --output-junit "$reports/$name.xml" "$@" >"$reports/$name.log" 2>&1 || fail "tests of $name failed"
  grep -vE '^ *([0-9]+/[0-9]+ Test|Start) .*(Passed|Start)|^ +Start ' "$reports/$name.log" | tail -150
}

sbin/install-dependencies.sh build test || exit 1
sbin/install-arrow.sh || exit 1
[ "$mode" = all ] && { sbin/install-dependencies.sh interop || exit 1; }
[ "$mode" = all ] && { tests/interop/install-clients.sh || fail "a foreign client could not be installed"; }
[ "$mode" != unit ] && { tests/tables/install.sh || fail "what the tests of tables need could not be installed"; }

build release
build release tests/all
[ "$mode" = all ] && build_beside debug all tests/all
case "$mode" in
  unit) run_tests release unit -L 'unit|lint' ;;
  *)
    run_tests release release -LE '^(interop|fault|large|tables)$'
    for round in $(seq 2 "$repeat"); do
      run_tests release "release-$round" -LE '^(interop|fault|large|tables)$'
    done
    run_tests release faults -L '^fault$' -j 1
    run_tests release large -L '^large$' -j 1
    ;;
esac
if [ "$mode" = all ]; then
  run_tests release interop -L '^interop$' -j 1
  run_tests release tables -L '^tables$' -j 1
  wait_for_build debug
  build_beside tsan tsan_tests
  run_tests debug debug -L '^(unit|integration)$'
  step "fuzz targets"
  tests/fuzz/run.sh build/debug 10 2>&1 | tee "$reports/fuzz.log" ||
    fail "a fuzz target failed" "$reports/fuzz.log"
  step "clang-tidy"
  sbin/tidy.sh >"$reports/tidy.log" 2>&1 || {
    fail "clang-tidy found something" "$reports/tidy.log"
  }
  wait_for_build tsan
  run_tests tsan tsan -R "$(cat build/tsan/tsan_tests.txt)"
  step "headers compile alone"
  sbin/headers.sh >"$reports/headers.log" 2>&1 || {
    fail "a header does not compile alone" "$reports/headers.log"
  }
fi

print_sum
