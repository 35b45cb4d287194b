#!/usr/bin/env bash
# A Hadoop cluster of plain processes on this machine's loopback.
#
#   cluster.sh start DIR [--datanodes N] [--tuned] [--port BASE] [--no-yarn] [--history]
#   cluster.sh stop DIR
#   cluster.sh status DIR
#
# start writes DIR/conf, formats DIR/data if it is empty, starts a NameNode, N
# (1) DataNodes, a ResourceManager and a NodeManager with the MapReduce shuffle,
# and returns once the file system takes writes and the node takes containers
# (READY_SECONDS, 300, at most). All ports lie in BASE..BASE+99; without --port the
# hundred DIR had before is taken if it is free, else the first free one from 28000 on.
# stop ends exactly the processes that start began, by their pid and start time.
#
#   --tuned    conf/*.xml with our best settings, else the distribution's defaults
#   --no-yarn  the file system alone
#   --history  the JobHistoryServer too
#
# Jars come from DIR, or from HADOOP_JARS (see common.sh).
# Afterwards DIR/conf works with any HDFS client; DIR/run/env holds the addresses.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

ready_seconds=${READY_SECONDS:-300}

# ---- configuration ---------------------------------------------------------

# xml FILE NAME=VALUE...: a Hadoop configuration file.
xml() {
  local file=$1 pair
  shift
  {
    echo '<?xml version="1.0"?>'
    echo '<configuration>'
    for pair in "$@"; do
      printf '  <property><name>%s</name><value>%s</value></property>\n' "${pair%%=*}" "${pair#*=}"
    done
    echo '</configuration>'
  } >"$file"
}

write_conf() {
  local task_flags tuned_core=() tuned_hdfs=() tuned_mapred=() tuned_yarn=()
  mkdir -p "$conf"
  printf '127.0.0.1 localhost %s\n' "$(hostname)" >"$conf/hosts"
  task_flags=$(loopback_flags)
  if ((tuned)); then tuned_settings; fi

  xml "$conf/core-site.xml" \
    fs.defaultFS="hdfs://127.0.0.1:$base" \
    hadoop.tmp.dir="$dir/data" \
    "${tuned_core[@]}"

  xml "$conf/hdfs-site.xml" \
    dfs.namenode.http-address="127.0.0.1:$((base + 1))" \
    dfs.replication="$((datanodes < 3 ? datanodes : 3))" \
    "${tuned_hdfs[@]}"

  xml "$conf/mapred-site.xml" \
    mapreduce.framework.name=yarn \
    mapreduce.application.classpath="$jars/lib/*" \
    mapred.child.java.opts="$task_flags" \
    yarn.app.mapreduce.am.command-opts="-Xmx1024m $task_flags" \
    mapreduce.jobhistory.address="127.0.0.1:$((base + 12))" \
    mapreduce.jobhistory.webapp.address="127.0.0.1:$((base + 13))" \
    mapreduce.jobhistory.admin.address="127.0.0.1:$((base + 14))" \
    mapreduce.shuffle.port="$((base + 10))" \
    "${tuned_mapred[@]}"

  xml "$conf/yarn-site.xml" \
    yarn.resourcemanager.address="127.0.0.1:$((base + 2))" \
    yarn.resourcemanager.scheduler.address="127.0.0.1:$((base + 3))" \
    yarn.resourcemanager.resource-tracker.address="127.0.0.1:$((base + 4))" \
    yarn.resourcemanager.admin.address="127.0.0.1:$((base + 5))" \
    yarn.resourcemanager.webapp.address="127.0.0.1:$((base + 6))" \
    yarn.nodemanager.hostname=localhost \
    yarn.nodemanager.address="127.0.0.1:$((base + 7))" \
    yarn.nodemanager.localizer.address="127.0.0.1:$((base + 8))" \
    yarn.nodemanager.webapp.address="127.0.0.1:$((base + 9))" \
    yarn.nodemanager.log-dirs="$dir/logs/containers" \
    yarn.nodemanager.aux-services=mapreduce_shuffle \
    yarn.nodemanager.vmem-check-enabled=false \
    yarn.application.classpath="$conf,$jars/lib/*" \
    "${tuned_yarn[@]}"

  # The one queue of the distribution's own capacity-scheduler.xml.
  xml "$conf/capacity-scheduler.xml" \
    yarn.scheduler.capacity.maximum-am-resource-percent="$( ((tuned)) && echo 0.5 || echo 0.1)" \
    yarn.scheduler.capacity.root.queues=default \
    yarn.scheduler.capacity.root.default.capacity=100 \
    yarn.scheduler.capacity.root.default.maximum-capacity=100 \
    yarn.scheduler.capacity.root.default.state=RUNNING \
    yarn.scheduler.capacity.node-locality-delay="$( ((tuned)) && echo -1 || echo 40)"

  cat >"$conf/log4j.properties" <<'END'
hadoop.root.logger=INFO,console
log4j.rootLogger=${hadoop.root.logger}
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
log4j.appender.none=org.apache.log4j.varia.NullAppender
log4j.logger.org.apache.hadoop.hdfs.server.namenode.FSNamesystem.audit=INFO,none
log4j.additivity.org.apache.hadoop.hdfs.server.namenode.FSNamesystem.audit=false
log4j.logger.org.apache.hadoop.util.NativeCodeLoader=ERROR
END
  if ((tuned)); then # one line per file closed and per block moved costs the NameNode dearly
    printf 'log4j.logger.%s=WARN\n' org.apache.hadoop.hdfs.StateChange BlockStateChange >>"$conf/log4j.properties"
  fi
}

# What --tuned adds: two tasks of one core at once, short heartbeats and polls.
tuned_settings() {
  tuned_core=(
    io.file.buffer.size=131072
  )
  tuned_hdfs=(
    dfs.blocksize=268435456
    dfs.namenode.handler.count=32
    dfs.namenode.safemode.extension=0
    # A close that comes before the DataNode's report sleeps 400 ms and tries again.
    dfs.client.block.write.locateFollowingBlock.initial.delay.ms=20
    dfs.client.block.write.locateFollowingBlock.retries=10
  )
  tuned_mapred=(
    yarn.app.mapreduce.am.resource.mb=1024
    yarn.app.mapreduce.am.command-opts="-Xmx768m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 $task_flags"
    yarn.app.mapreduce.am.scheduler.heartbeat.interval-ms=100
    mapreduce.map.memory.mb=4096
    mapreduce.reduce.memory.mb=4096
    mapreduce.map.java.opts="-Xmx3g -XX:+UseParallelGC -XX:ParallelGCThreads=2 $task_flags"
    mapreduce.reduce.java.opts="-Xmx3g -XX:+UseParallelGC -XX:ParallelGCThreads=2 $task_flags"
    mapreduce.map.speculative=false
    mapreduce.reduce.speculative=false
    mapreduce.task.io.sort.mb=256
    mapreduce.task.io.sort.factor=64
    mapreduce.job.reduces=2
    mapreduce.job.reduce.slowstart.completedmaps=0.95
    mapreduce.client.progressmonitor.pollinterval=200
    mapreduce.client.completion.pollinterval=100
  )
  tuned_yarn=(
    yarn.nodemanager.resource.memory-mb=10240
    yarn.nodemanager.resource.cpu-vcores=4
    yarn.scheduler.minimum-allocation-mb=512
    yarn.resourcemanager.nodemanagers.heartbeat-interval-ms=100
    yarn.client.application-client-protocol.poll-interval-ms=20
    yarn.nodemanager.container-metrics.enable=false
  )
}

# ---- ports -----------------------------------------------------------------

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

hundred_free() { # BASE
  local offset
  for offset in {0..14} $(seq 20 $((19 + 4 * datanodes))); do
    ! port_taken $(($1 + offset)) || return 1
  done
}

choose_base() {
  local before
  if [[ -n $base ]]; then
    hundred_free "$base" || die "a port in $base..$((base + 99)) is in use: choose another --port"
    return
  fi
  before=$(sed -n 's/^base=//p' "$dir/run/env" 2>/dev/null || true)
  if [[ -n $before ]] && hundred_free "$before"; then
    base=$before
    return
  fi
  for base in $(seq 28000 100 32600); do
    ! hundred_free "$base" || return 0
  done
  die "no free hundred of ports between 28000 and 32700"
}

# ---- processes -------------------------------------------------------------

start_time() { # PID: clock ticks since boot, empty when there is no such process
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  stat=${stat##*) }
  cut -d' ' -f20 <<<"$stat"
}

alive() { # NAME: is the process of DIR/run/NAME.pid still the one we started?
  local pid started
  read -r pid started 2>/dev/null <"$dir/run/$1.pid" || return 1
  [[ -n $started && $(start_time "$pid") == "$started" ]]
}

spawn() { # NAME HEAP_FLAGS CLASS ARGS...
  local name=$1 heap=$2 opens loopback
  shift 2
  read -ra opens <<<"$(add_opens)"
  read -ra loopback <<<"$(loopback_flags)"
  # shellcheck disable=SC2086  # heap is a list of flags
  setsid "$(java_bin)" -Dproc_"$name" "${opens[@]}" "${loopback[@]}" $heap \
    -Dhadoop.log.dir="$dir/logs" -cp "$conf:$jars/lib/*:$jars/web" "$@" \
    >>"$dir/logs/$name.log" 2>&1 </dev/null &
  local pid=$!
  disown "$pid"
  echo "$pid $(start_time "$pid")" >"$dir/run/$name.pid"
}

jmx() { # PORT BEAN: its JSON
  curl -sf --max-time 5 "http://127.0.0.1:$1/jmx?qry=$2"
}

namenode_ready() {
  jmx $((base + 1)) Hadoop:service=NameNode,name=FSNamesystemState |
    grep -q "\"NumLiveDataNodes\" : $datanodes," &&
    jmx $((base + 1)) Hadoop:service=NameNode,name=NameNodeInfo | grep -q '"Safemode" : ""'
}

resourcemanager_ready() {
  curl -sf --max-time 5 -H 'Accept: application/json' \
    "http://127.0.0.1:$((base + 6))/ws/v1/cluster/metrics" | grep -q '"activeNodes":1'
}

history_ready() { port_taken $((base + 12)); }

give_up() { stop; die "$*"; }

wait_for() { # CONDITION NAME...: until the condition holds; the names must stay alive
  local condition=$1 deadline=$((SECONDS + ready_seconds)) name
  shift
  until "$condition"; do
    for name in "$@"; do
      alive "$name" || { tail -n 3 "$dir/logs/$name.log" >&2; give_up "$name ended; see $dir/logs/$name.log"; }
    done
    ((SECONDS < deadline)) || give_up "$condition not reached in $ready_seconds s; see $dir/logs"
    sleep 0.2
  done
}

names() { find "$dir/run" -name '*.pid' -printf '%f\n' 2>/dev/null | sed 's/\.pid$//' | LC_ALL=C sort; }

# ---- commands --------------------------------------------------------------

start() {
  local nn_heap='' dn_heap='' yarn_heap='' i name
  for name in $(names); do ! alive "$name" || die "already running: $name (cluster.sh stop $dir)"; done
  command -v curl >/dev/null || die "curl is missing"
  mkdir -p "$dir"/{data,logs,run}
  choose_base
  conf=$dir/conf
  write_conf
  if ((tuned)); then
    nn_heap='-Xms1g -Xmx1g -XX:+UseParallelGC'
    dn_heap='-Xms512m -Xmx512m -XX:+UseParallelGC'
    yarn_heap='-Xmx512m -XX:+UseParallelGC'
  fi
  printf 'base=%s\ndatanodes=%s\ntuned=%s\nfs=hdfs://127.0.0.1:%s\nwebhdfs=http://127.0.0.1:%s\n' \
    "$base" "$datanodes" "$tuned" "$base" "$((base + 1))" >"$dir/run/env"

  if [[ ! -f $dir/data/dfs/name/current/VERSION ]]; then
    (hadoop_java org.apache.hadoop.hdfs.server.namenode.NameNode -format -nonInteractive) \
      >"$dir/logs/format.log" 2>&1 || die "format failed; see $dir/logs/format.log"
  fi
  spawn namenode "$nn_heap" org.apache.hadoop.hdfs.server.namenode.NameNode
  for ((i = 0; i < datanodes; i++)); do
    spawn "datanode$i" "$dn_heap" org.apache.hadoop.hdfs.server.datanode.DataNode \
      -Ddfs.datanode.data.dir="$dir/data/dfs/dn$i" \
      -Ddfs.datanode.hostname=localhost \
      -Ddfs.datanode.address="127.0.0.1:$((base + 20 + 4 * i))" \
      -Ddfs.datanode.http.address="127.0.0.1:$((base + 21 + 4 * i))" \
      -Ddfs.datanode.ipc.address="127.0.0.1:$((base + 22 + 4 * i))"
  done
  if ((yarn)); then
    spawn resourcemanager "$yarn_heap" org.apache.hadoop.yarn.server.resourcemanager.ResourceManager
    spawn nodemanager "$yarn_heap" org.apache.hadoop.yarn.server.nodemanager.NodeManager
  fi
  if ((history)); then
    spawn historyserver "$yarn_heap" org.apache.hadoop.mapreduce.v2.hs.JobHistoryServer
  fi
  # shellcheck disable=SC2046  # names hold no blanks
  wait_for namenode_ready $(names)
  if ((yarn)); then wait_for resourcemanager_ready resourcemanager nodemanager; fi
  if ((history)); then wait_for history_ready historyserver; fi
  echo "Hadoop $(cat "$jars/VERSION") runs: hdfs://127.0.0.1:$base, HADOOP_CONF_DIR=$conf"
}

end() { # NAME...: asks them to end, kills what is left after 30 s
  local name pid deadline=$((SECONDS + 30))
  for name in "$@"; do
    if alive "$name"; then read -r pid _ <"$dir/run/$name.pid" && kill "$pid"; fi
  done
  for name in "$@"; do
    while alive "$name" && ((SECONDS < deadline)); do sleep 0.05; done
    if alive "$name"; then
      read -r pid _ <"$dir/run/$name.pid"
      echo "cluster.sh: $name does not end, killing $pid" >&2
      kill -9 "$pid"
    fi
    rm -f "$dir/run/$name.pid"
  done
}

stop() { # workers first: they sign off from their masters
  local masters='^(namenode|resourcemanager)$'
  # shellcheck disable=SC2046  # names hold no blanks
  end $(names | grep -Ev "$masters" || true)
  # shellcheck disable=SC2046
  end $(names)
}

status() {
  local name pid down=0
  [[ -n $(names) ]] || { echo "stopped"; return 3; }
  for name in $(names); do
    if alive "$name"; then
      read -r pid _ <"$dir/run/$name.pid"
      printf '%-16s pid %-8s rss %5d MB\n' "$name" "$pid" \
        "$(($(sed -n 's/^VmRSS:\s*\([0-9]*\) kB/\1/p' "/proc/$pid/status") / 1024))"
    else
      echo "$name: ended"
      down=1
    fi
  done
  cat "$dir/run/env"
  return "$down"
}

main() {
  [[ $# -ge 2 ]] || die "usage: cluster.sh start|stop|status DIR [--datanodes N] [--tuned] [--port BASE] [--no-yarn] [--history]"
  local command=$1
  datanodes=1 tuned=0 base='' yarn=1 history=0
  use_dir "$2"
  conf=$dir/conf
  shift 2
  while (($#)); do
    case $1 in
      --datanodes) datanodes=${2:?--datanodes wants a number}; shift ;;
      --port)      base=${2:?--port wants a number}; shift ;;
      --tuned)     tuned=1 ;;
      --no-yarn)   yarn=0 ;;
      --history)   history=1 ;;
      *)           die "unknown option $1" ;;
    esac
    shift
  done
  ((datanodes >= 1 && datanodes <= 20)) || die "--datanodes is 1 to 20"
  case $command in
    start)  start ;;
    stop)   stop ;;
    status) status ;;
    *)      die "unknown command $command" ;;
  esac
}

main "$@"
