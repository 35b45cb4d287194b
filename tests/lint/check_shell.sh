#!/usr/bin/env bash
# Every shell script passes shellcheck.
cd "$(dirname "$0")/../.." || exit 1
mapfile -t scripts < <(git ls-files -co --exclude-standard '*.sh' .ci/run)
exec shellcheck -x "${scripts[@]}"
