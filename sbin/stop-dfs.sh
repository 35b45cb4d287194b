#!/usr/bin/env bash
# Stop the datanodes, then the namenode; all data stays.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here"/workers.sh stop datanode
"$here"/daemon.sh stop namenode
