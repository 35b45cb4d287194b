#!/usr/bin/env bash
# Stop the tasktrackers, then the jobtracker.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here"/workers.sh stop tasktracker
"$here"/daemon.sh stop jobtracker
