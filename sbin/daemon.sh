#!/usr/bin/env bash
# Starts, stops or shows one daemon of this host by its pid file.
#
#   sbin/daemon.sh start|stop|status namenode|datanode|jobtracker|tasktracker [OPTION...]
#
# Environment: TUSK_CONF_DIR (default: conf beside sbin), TUSK_PID_DIR and TUSK_LOG_DIR (default:
# var/run and var/log beside sbin). OPTIONs go to the daemon, for instance -D key=value.
set -euo pipefail
home=$(cd "$(dirname "$0")/.." && pwd)

[ $# -ge 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
action=$1
name=$2
shift 2

conf=${TUSK_CONF_DIR:-$home/conf}
pids=${TUSK_PID_DIR:-$home/var/run}
logs=${TUSK_LOG_DIR:-$home/var/log}
pid_file=$pids/$name.pid

# The program of this installation or checkout first: an older one may be on the path.
for tusk in "$home/bin/tusk" "$home/build/release/bin/tusk" "$(command -v tusk)"; do
  [ -x "$tusk" ] && break
done

# Pids are used again: the command line tells whether it is ours.
running() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  [ -n "$pid" ] && grep -qzFx -- "$pid_file" "/proc/$pid/cmdline" 2>/dev/null
}

start() {
  if running; then
    echo "$name runs as process $(cat "$pid_file")"
    return
  fi
  mkdir -p "$pids" "$logs"
  local ready=$logs/$name.ready
  : >"$ready"
  setsid "$tusk" "$name" --conf "$conf" --pid-file "$pid_file" --log-dir "$logs" "$@" \
    >"$ready" 2>"$logs/$name.err" </dev/null &
  local pid=$!
  # The ready line ends the wait; so does the daemon's end.
  timeout 60 tail -s 0.1 --pid=$pid -n +1 -F "$ready" 2>/dev/null | sed '/^ready /q' >/dev/null || true
  if grep -q '^ready ' "$ready"; then
    cat "$ready"
  else
    echo "error: $name did not start: $(tail -n 1 "$logs/$name.err")" >&2
    exit 1
  fi
}

stop() {
  if ! running; then
    echo "$name does not run"
    return
  fi
  # The daemon holds a lock on the file as long as it lives; opened before it is told to go, since
  # it removes the file.
  exec 8<"$pid_file"
  kill "$(cat "$pid_file")"
  flock -w 40 8 || { echo "error: $name does not stop" >&2; exit 1; }
  exec 8<&-
  echo "$name stopped"
}

case "$action" in
  start) start "$@" ;;
  stop) stop ;;
  status) if running; then echo "$name runs as process $(cat "$pid_file")"; else echo "$name does not run"; exit 1; fi ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
