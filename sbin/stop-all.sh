#!/usr/bin/env bash
# Stop MapReduce, then the file system.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here"/stop-mapred.sh
"$here"/stop-dfs.sh
