#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "cli/cluster_plan.h"
#include "cli/daemon_process.h"
#include "tests/jobs/job_process.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_dir.h"

// `tusk cluster` with real processes.

namespace tusk::cli {
namespace {

using mapreduce::Ended;
using testing::AllOf;
using testing::HasSubstr;

Ended Tusk(const std::vector<std::string>& arguments,
           const std::map<std::string, std::string>& environment = {}) {
  return mapreduce::RunProgram("tusk", arguments, environment);
}

/// A port from which on a cluster's are free, below the range that the system gives out.
int FreeBasePort() {
  constexpr int kLowest = 12'000;
  constexpr int kRanges = 90;
  for (int i = 0; i < kRanges; ++i) {
    ClusterPlan plan;
    plan.base_port = kLowest + (getpid() + i) % kRanges * ClusterPlan::kPortSpan;
    bool is_free = true;
    for (const PlannedDaemon& daemon : DaemonsOf(plan)) {
      for (const PlannedAddress& each : daemon.addresses) is_free &= PortIsFree(each.port);
    }
    if (is_free) return plan.base_port;
  }
  ADD_FAILURE() << "no free ports";
  return kLowest;
}

/// A small cluster that is stopped when the test ends.
class TestCluster {
 public:
  ~TestCluster() { Run("stop"); }

  Ended Run(const std::string& command, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"cluster", command, "--dir", directory()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Tusk(arguments);
  }
  Ended Start(std::vector<std::string> more = {}) {
    more.insert(more.end(),
                {"--datanodes", "2", "--trackers", "1", "--base-port", std::to_string(base_port_)});
    return Run("start", more);
  }
  Ended Fs(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "fs");
    return Tusk(arguments, {{"HADOOP_CONF_DIR", directory() + "/conf"}});
  }
  boost::json::value Status() { return boost::json::parse(Run("status", {"--json"}).out); }
  /// The pid of a daemon; 0 when it does not run.
  pid_t Pid(const std::string& name) {
    const boost::json::value status = Status();
    for (const boost::json::value& each : status.at("daemons").as_array()) {
      if (each.at("name").as_string() != name || !each.at("running").as_bool()) continue;
      return static_cast<pid_t>(each.at("pid").as_int64());
    }
    return 0;
  }
  void Kill(const std::string& name) {
    const pid_t pid = Pid(name);
    ASSERT_GT(pid, 0) << name;
    ASSERT_EQ(kill(pid, SIGKILL), 0);
    ASSERT_TRUE(Eventually([&] { return Pid(name) == 0; }));
  }

  std::string directory() const { return dir_ / "c"; }
  int base_port() const { return base_port_; }

 private:
  TempDir dir_;
  const int base_port_ = FreeBasePort();
};

TEST(Cluster, StartIsMendedAfterACrashAndKeepsAllDataOverAStop) {
  TestCluster cluster;
  const Ended started = cluster.Start();
  ASSERT_EQ(started.exit_status, 0) << started.err;
  EXPECT_THAT(started.out,
              AllOf(HasSubstr("hdfs://127.0.0.1:" + std::to_string(cluster.base_port())),
                    HasSubstr("export HADOOP_CONF_DIR=" + cluster.directory() + "/conf")));
  const TempDir dir;
  std::ofstream(dir / "text") << "what must stay\n";
  ASSERT_EQ(cluster.Fs({"-put", dir / "text", "/text"}).exit_status, 0);
  EXPECT_EQ(cluster.Run("status").exit_status, 0);

  cluster.Kill("datanode-1");
  const pid_t untouched = cluster.Pid("datanode-2");
  const Ended broken = cluster.Run("status");
  EXPECT_EQ(broken.exit_status, 1);
  EXPECT_THAT(broken.out, HasSubstr("datanode-1     down"));
  cluster.Kill("namenode");
  ASSERT_EQ(cluster.Start().exit_status, 0);
  EXPECT_EQ(cluster.Pid("datanode-2"), untouched);
  EXPECT_EQ(cluster.Fs({"-cat", "/text"}).out, "what must stay\n");

  const Ended stopped = cluster.Run("stop");
  EXPECT_EQ(stopped.exit_status, 0) << stopped.err;
  EXPECT_THAT(stopped.out, HasSubstr("stopped 5 daemons"));
  EXPECT_EQ(cluster.Run("status").exit_status, 1);
  EXPECT_THAT(cluster.Run("stop").out, HasSubstr("nothing runs"));
  // The directory remembers how the cluster was.
  ASSERT_EQ(cluster.Run("start").exit_status, 0);
  EXPECT_EQ(cluster.Status().at("live_datanodes").as_int64(), 2);
  EXPECT_EQ(cluster.Fs({"-cat", "/text"}).out, "what must stay\n");
}

TEST(Cluster, PortInUseIsNamed) {
  TestCluster first;
  ASSERT_EQ(first.Start().exit_status, 0);
  const TempDir dir;
  const Ended second = Tusk(
      {"cluster", "start", "--dir", dir / "d", "--base-port", std::to_string(first.base_port())});
  EXPECT_EQ(second.exit_status, 1);
  const std::string port = std::to_string(first.base_port());
  EXPECT_THAT(second.err,
              AllOf(HasSubstr("error: port " + port + " (rpc of the namenode) is in use"),
                    HasSubstr("do: tusk cluster start --dir " + (dir / "d") + " --base-port ")));
}

TEST(Cluster, GrowsWhileItRunsButChangesNothingElse) {
  TestCluster cluster;
  ASSERT_EQ(cluster.Start({"-D", "dfs.blocksize=2m"}).exit_status, 0);
  const Ended grown = cluster.Run("start", {"--datanodes", "3"});
  ASSERT_EQ(grown.exit_status, 0) << grown.err;
  EXPECT_EQ(cluster.Status().at("live_datanodes").as_int64(), 3);
  const Ended refused = cluster.Run("start", {"-D", "dfs.blocksize=4m"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("do: tusk cluster stop --dir " + cluster.directory()));
  const Ended config = Tusk({"--conf", cluster.directory() + "/conf", "config", "diff"});
  EXPECT_THAT(config.out, HasSubstr("dfs.blocksize = 2m"));
}

TEST(Cluster, ADaemonThatCannotStartSaysWhy) {
  TestCluster cluster;
  const Ended ended = cluster.Start({"-D", "dfs.namenode.name.dir=relative"});
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr("error: namenode did not start (exit status 5): namenode:"),
                    HasSubstr("relative"), HasSubstr("logs: " + cluster.directory())));
}

}  // namespace
}  // namespace tusk::cli
