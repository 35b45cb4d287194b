#!/usr/bin/env bash
# Runs one class of the installed Hadoop as a client.
#
#   hadoop.sh DIR COMMAND ARGS...
#
# COMMAND is a class, or one of the words of the hadoop, hdfs, yarn and mapred
# commands: dfs, dfsadmin, fsck, namenode, haadmin, oiv, oev, balancer, snapshotDiff,
# getconf, ec, storagepolicies, cacheadmin, crypto, jar, job, application, node,
# distcp, streaming; and examples, tests for the jobs of those two jars.
#
# HADOOP_CONF_DIR names another configuration; HADOOP_JARS other jars;
# HADOOP_OPTS adds JVM flags; HADOOP_ROOT_LOGGER (WARN,console) the log.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

main() {
  [[ $# -ge 2 ]] || die "usage: hadoop.sh DIR COMMAND ARGS..."
  use_dir "$1"
  local class_path_tail='' command=$2
  shift 2
  case $command in
    dfs|fs)          set -- org.apache.hadoop.fs.FsShell "$@" ;;
    dfsadmin)        set -- org.apache.hadoop.hdfs.tools.DFSAdmin "$@" ;;
    fsck)            set -- org.apache.hadoop.hdfs.tools.DFSck "$@" ;;
    namenode)        set -- org.apache.hadoop.hdfs.server.namenode.NameNode "$@" ;;
    haadmin)         set -- org.apache.hadoop.hdfs.tools.DFSHAAdmin "$@" ;;
    oiv)             set -- org.apache.hadoop.hdfs.tools.offlineImageViewer.OfflineImageViewerPB "$@" ;;
    oev)             set -- org.apache.hadoop.hdfs.tools.offlineEditsViewer.OfflineEditsViewer "$@" ;;
    balancer)        set -- org.apache.hadoop.hdfs.server.balancer.Balancer "$@" ;;
    snapshotDiff)    set -- org.apache.hadoop.hdfs.tools.snapshot.SnapshotDiff "$@" ;;
    getconf)         set -- org.apache.hadoop.hdfs.tools.GetConf "$@" ;;
    ec)              set -- org.apache.hadoop.hdfs.tools.ECAdmin "$@" ;;
    storagepolicies) set -- org.apache.hadoop.hdfs.tools.StoragePolicyAdmin "$@" ;;
    cacheadmin)      set -- org.apache.hadoop.hdfs.tools.CacheAdmin "$@" ;;
    crypto)          set -- org.apache.hadoop.hdfs.tools.CryptoAdmin "$@" ;;
    jar)             set -- org.apache.hadoop.util.RunJar "$@" ;;
    job)             set -- org.apache.hadoop.mapred.JobClient "$@" ;;
    application)     set -- org.apache.hadoop.yarn.client.cli.ApplicationCLI application "$@" ;;
    node)            set -- org.apache.hadoop.yarn.client.cli.NodeCLI "$@" ;;
    distcp)          set -- org.apache.hadoop.tools.DistCp "$@" ;;
    streaming)       set -- org.apache.hadoop.util.RunJar "$jars"/lib/hadoop-streaming-*.jar "$@" ;;
    examples)        set -- org.apache.hadoop.util.RunJar "$jars"/jobs/hadoop-mapreduce-examples-*.jar "$@" ;;
    tests)           class_path_tail=":$jars/test-lib/*"
                     set -- org.apache.hadoop.util.RunJar "$jars"/test-lib/hadoop-mapreduce-client-jobclient-*-tests.jar "$@" ;;
    *.*)             # a class, or a Java source file
                     class_path_tail=":$jars/jobs/*:$jars/test-lib/*"
                     set -- "$command" "$@" ;;
    *)               die "unknown command $command (give a class, or see the head of this script)" ;;
  esac
  hadoop_java "$@"
}

main "$@"
