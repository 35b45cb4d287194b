#!/usr/bin/env bash
# Prints the files that changed since a commit and still exist, newest change first.
#   sbin/changed-files.sh BASE GLOB      without such a commit (a shallow clone): every file of the tree
set -euo pipefail
cd "$(dirname "$0")/.."
base=${1:?a commit is needed} glob=${2:?a pattern is needed}
if git rev-parse --verify -q "$base" >/dev/null; then
  git log --format= --name-only --diff-filter=d "$base..HEAD" -- "$glob"
else
  git ls-files -- "$glob"
fi | awk 'NF && !seen[$0]++' | while read -r file; do [ -f "$file" ] && echo "$file"; done
