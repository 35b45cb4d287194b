#!/usr/bin/env bash
# Start the namenode here, then datanodes on the hosts of conf/workers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here"/daemon.sh start namenode
"$here"/workers.sh start datanode
