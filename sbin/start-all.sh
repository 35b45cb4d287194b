#!/usr/bin/env bash
# Start the file system, then MapReduce.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here"/start-dfs.sh
"$here"/start-mapred.sh
