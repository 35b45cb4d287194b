#!/usr/bin/env bash
# Configures and builds one preset.   sbin/build.sh [PRESET] [TARGET...]     default: release, all
# The target all is every library and program; tests/all is what tests, benches and fuzzing add.
# NINJAFLAGS, for instance "-k 0", goes to ninja. Two builds of one preset wait for each other.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true
mkdir -p build
exec 9>"build/.$preset.lock"
flock 9
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
read -ra flags <<<"${NINJAFLAGS:-}"
cmake --build "build/$preset" --target "${@:-all}" -- "${flags[@]}" 9>&-
