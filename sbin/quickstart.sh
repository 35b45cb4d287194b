#!/usr/bin/env bash
# From a fresh Debian 12 to a word count of a real book and a query over real tables on a replicated file
# system: installs what is missing (as root), builds, starts a namenode, 3 datanodes, a jobtracker and 2
# tasktrackers under ./var/quickstart, copies book and tables in. Can be run again; never asks.
#
#   sbin/quickstart.sh [--base-port P]      default: 18020 and the ports above it
set -euo pipefail
cd "$(dirname "$0")/.."

base_port=18020
case "${1:-}" in
  "") ;;
  --base-port) base_port=${2:?a port is needed} ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

dir=$PWD/var/quickstart
book=$dir/king-james-bible.txt
start=$(date +%s)
bold='' plain=''
[ -t 1 ] && bold=$'\033[1m' plain=$'\033[0m'
step() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }

step "1 of 5  install and build"
sbin/install-dependencies.sh build
sbin/install-arrow.sh
sbin/build.sh release tusk tusk-sql wordcount grep pi evaluate
export PATH="$PWD/build/release/bin:$PATH"
built=$(date +%s)

step "2 of 5  start the cluster"
tusk cluster start --dir "$dir" --datanodes 3 --trackers 2 --base-port "$base_port"
export HADOOP_CONF_DIR=$dir/conf

step "3 of 5  copy a book into the file system"
[ -s "$book" ] || bible -f 'Gen1:1-Rev22:21' </dev/null >"$book.part"
[ -s "$book" ] || mv "$book.part" "$book"
tusk fs -mkdir -p /books
tusk fs -put -f "$book" /books/
tusk fs -ls /books

step "4 of 5  count its words"
tusk fs -rm -r -f -skipTrash /counts
tusk jar "$PWD/build/release/bin/examples/wordcount" /books /counts
echo
echo "the ten most frequent words:"
tusk fs -cat '/counts/part-r-*' | sort -t "$(printf '\t')" -k2,2nr | sed -n 1,10p

step "5 of 5  ask SQL about all flights that left New York in 2013"
sbin/fetch-flights.sh "$dir/flights"
tusk fs -mkdir -p /flights
tusk fs -put -f "$dir"/flights/*.csv /flights/
tusk sql --tables /flights "
  SELECT a.name AS airline, count(*) AS flights, round(avg(f.dep_delay), 1) AS mean_delay, max(f.dep_delay) AS worst
  FROM flights f JOIN airlines a ON f.carrier = a.carrier
  WHERE f.dep_delay IS NOT NULL
  GROUP BY a.name ORDER BY mean_delay DESC LIMIT 8"

cat <<EOF

built in $((built - start)) s, everything in $(($(date +%s) - start)) s

Next:
  export PATH=$PWD/build/release/bin:\$PATH HADOOP_CONF_DIR=$dir/conf
  tusk fs -ls /                          the file system; 'hdfs dfs -ls /' works as well
  tusk example pi 4 1000000              more jobs: tusk example
  tusk shell --tables /flights           a prompt for SQL: SHOW TABLES; DESCRIBE flights;
  tusk job -list all                     what ran
  tusk cluster status --dir var/quickstart
  tusk cluster stop --dir var/quickstart
EOF
