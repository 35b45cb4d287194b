#!/usr/bin/env bash
# Runs sbin/daemon.sh on every host of conf/workers: over ssh on other hosts, as plain processes on
# this one.   sbin/workers.sh start|stop|status datanode|tasktracker [OPTION...]
set -uo pipefail
home=$(cd "$(dirname "$0")/.." && pwd) || exit 1
workers=${TUSK_CONF_DIR:-$home/conf}/workers
status=0
while read -r host _; do
  case "$host" in
    "" | "#"*) continue ;;
    localhost | 127.0.0.1 | "$(hostname)") "$home/sbin/daemon.sh" "$@" || status=1 ;;
    *) ssh -n -o BatchMode=yes "$host" "$home/sbin/daemon.sh" "$@" 2>&1 | sed "s/^/$host: /" || status=1 ;;
  esac
done <"$workers"
exit "$status"
