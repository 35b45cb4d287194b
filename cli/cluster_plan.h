#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/env/env.h"

namespace tusk::cli {

/// What a cluster on this machine consists of. It is remembered in DIR/cluster.json, so that a
/// start after a stop or a crash brings back the same daemons on the same ports.
struct ClusterPlan {
  static constexpr int kMaxDatanodes = 30;
  static constexpr int kMaxTrackers = 40;
  /// Ports that a cluster with a base port may use, from that one on.
  static constexpr int kPortSpan = 200;

  std::string directory;  // absolute
  int datanodes = 3;
  int trackers = 2;
  int base_port = 0;                           // 0: Hadoop's well-known ports
  std::map<std::string, std::string> options;  // of -D: they are in the conf directory too

  std::string ConfDirectory() const;
  std::string LogDirectory() const;
};

/// One address that a daemon listens on: "rpc", "127.0.0.1", 8020.
struct PlannedAddress {
  std::string name;
  std::string option;  // the option that says it
  uint16_t port = 0;

  std::string ToString() const;
};

/// One daemon of the cluster.
struct PlannedDaemon {
  std::string name;  // "datanode-2": of its pid file, its logs and its own conf file
  std::string verb;  // "datanode"
  std::vector<PlannedAddress> addresses;
  /// Options of this daemon alone, addresses included; empty for those whose options are the
  /// cluster's.
  std::vector<std::pair<std::string, std::string>> options;

  std::string PidFile(const ClusterPlan& plan) const;
  std::string LogDirectory(const ClusterPlan& plan) const;
  std::string ConfFile(const ClusterPlan& plan) const;
  /// Port of its address of that name.
  uint16_t Port(std::string_view address) const;
};

/// The daemons: namenode, datanodes, jobtracker, tasktrackers.
std::vector<PlannedDaemon> DaemonsOf(const ClusterPlan& plan);

/// kInvalidArgument when a number is out of range, or the directory has a name that cannot stand in
/// a list of directories.
Status CheckPlan(const ClusterPlan& plan);

/// The plan that `directory` remembers; kNotFound when it is no cluster's.
Result<ClusterPlan> ReadPlan(Env& env, const std::string& directory);
Status WritePlan(Env& env, const ClusterPlan& plan);

/// Writes DIR/conf: site files that clients take as HADOOP_CONF_DIR, and one file for each daemon
/// that has options of its own. tusk-site.xml, which is read last, is the user's: it is never
/// touched.
Status WriteConfDirectory(Env& env, const ClusterPlan& plan);

}  // namespace tusk::cli
