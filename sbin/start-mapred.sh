#!/usr/bin/env bash
# Start the jobtracker here, then tasktrackers on the hosts of conf/workers.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here"/daemon.sh start jobtracker
"$here"/workers.sh start tasktracker
