#!/usr/bin/env bash
# Configures and builds one preset.   sbin/build.sh [PRESET] [TARGET...]     default: release, all
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
cmake --build "build/$preset" --target "${@:-all}"
