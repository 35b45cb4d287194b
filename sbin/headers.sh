#!/usr/bin/env bash
# Compiles headers alone, each as the only file of a source.   sbin/headers.sh [--all | BASE [MOST]]
#
# Those that changed since BASE (HEAD~20) and those that include them directly, newest change first, at
# most MOST (120); the number of those left out is printed. --all takes every header of the tree.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "${1:-}" = --all ] && exec sbin/build.sh release all_verify_interface_header_sets
base=${1:-HEAD~20} most=${2:-120}
[ -f build/release/build.ninja ] || cmake --preset release >/dev/null

# Of each header, the object that its check makes.
declare -A objects
while IFS=: read -r object _; do
  header=${object##*_verify_interface_header_sets/}
  objects[${header%.cxx.o}]=$object
done < <(ninja -C build/release -t targets all | grep '_verify_interface_header_sets/.*\.cxx\.o:')

mapfile -t changed < <(sbin/changed-files.sh "$base" '*.h')
mapfile -t users < <(printf '#include "%s"\n' "${changed[@]}" | git grep -lFf - -- '*.h' || true)
mapfile -t headers < <(printf '%s\n' "${changed[@]}" "${users[@]}" | awk 'NF && !seen[$0]++')
targets=()
for header in "${headers[@]}"; do
  [ -n "${objects[$header]:-}" ] && targets+=("${objects[$header]}")
done
left=$((${#targets[@]} > most ? ${#targets[@]} - most : 0))
targets=("${targets[@]:0:most}")
echo "headers: ${#targets[@]} changed since $base or include one that did, $left left out"
[ ${#targets[@]} -eq 0 ] || sbin/build.sh release "${targets[@]}"
