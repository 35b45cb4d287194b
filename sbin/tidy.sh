#!/usr/bin/env bash
# clang-tidy on the sources that changed since a commit.   sbin/tidy.sh [BASE] [MOST]
#
# BASE defaults to the twentieth commit back; at most MOST files (40), newest change first; the number
# of those left out is printed. Needs build/debug to be configured.
set -euo pipefail
cd "$(dirname "$0")/.."
base=${1:-HEAD~20}
most=${2:-40}
mapfile -t changed < <(sbin/changed-files.sh "$base" '*.cc')
files=()
for file in "${changed[@]}"; do
  grep -q "\"file\": \"$PWD/$file\"" build/debug/compile_commands.json && files+=("$file")
done
left=$((${#files[@]} > most ? ${#files[@]} - most : 0))
files=("${files[@]:0:most}")
echo "tidy: ${#files[@]} files changed since $base, $left left out"
[ ${#files[@]} -eq 0 ] && exit 0
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 -p build/debug --quiet
