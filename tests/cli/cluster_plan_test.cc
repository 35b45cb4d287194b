#include "cli/cluster_plan.h"

#include <gtest/gtest.h>

#include <set>

#include "common/config/config_loader.h"
#include "dfs/client/open_file_system.h"
#include "tests/support/memory_env.h"
#include "tests/support/status_matchers.h"

namespace tusk::cli {
namespace {

ClusterPlan PlanIn(const std::string& directory) {
  ClusterPlan plan;
  plan.directory = directory;
  return plan;
}

std::set<uint16_t> PortsOf(const ClusterPlan& plan) {
  std::set<uint16_t> ports;
  for (const PlannedDaemon& daemon : DaemonsOf(plan)) {
    for (const PlannedAddress& address : daemon.addresses) {
      EXPECT_TRUE(ports.insert(address.port).second) << daemon.name << " " << address.port;
    }
  }
  return ports;
}

TEST(ClusterPlan, PortsOfTheGreatestClusterAreDistinct) {
  for (const int base_port : {0, 18'020}) {
    ClusterPlan plan = PlanIn("/c");
    plan.base_port = base_port;
    plan.datanodes = ClusterPlan::kMaxDatanodes;
    plan.trackers = ClusterPlan::kMaxTrackers;
    ASSERT_OK(CheckPlan(plan));
    const std::set<uint16_t> ports = PortsOf(plan);
    if (base_port == 0) continue;
    EXPECT_EQ(*ports.begin(), base_port);
    EXPECT_LT(*ports.rbegin(), base_port + ClusterPlan::kPortSpan);
  }
}

TEST(ClusterPlan, WithoutBasePortTheFirstDaemonsHaveHadoopsPorts) {
  const std::vector<PlannedDaemon> daemons = DaemonsOf(PlanIn("/c"));
  EXPECT_EQ(daemons[0].Port("rpc"), 8020);
  EXPECT_EQ(daemons[0].Port("http"), 9870);
  EXPECT_EQ(daemons[1].name, "datanode-1");
  EXPECT_EQ(daemons[1].Port("data"), 9866);
  EXPECT_EQ(daemons[1].Port("ipc"), 9867);
  EXPECT_EQ(daemons[1].Port("http"), 9864);
}

TEST(ClusterPlan, LimitsAreChecked) {
  for (const auto& [datanodes, trackers, base_port] :
       {std::tuple(0, 1, 0), std::tuple(1, -1, 0), std::tuple(1, 41, 0), std::tuple(1, 1, 1023),
        std::tuple(1, 1, 65'400)}) {
    ClusterPlan plan = PlanIn("/c");
    plan.datanodes = datanodes;
    plan.trackers = trackers;
    plan.base_port = base_port;
    EXPECT_THAT(CheckPlan(plan), StatusIs(StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(CheckPlan(PlanIn("/a,b")), StatusIs(StatusCode::kInvalidArgument, "\",\""));
}

TEST(ClusterPlan, IsRemembered) {
  MemoryEnv env;
  EXPECT_THAT(ReadPlan(env, "/c"), StatusIs(StatusCode::kNotFound, "no cluster in /c"));
  ASSERT_OK(env.MakeDirectories("/c"));
  ClusterPlan plan = PlanIn("/c");
  plan.datanodes = 5;
  plan.trackers = 0;
  plan.base_port = 18'020;
  plan.options["dfs.blocksize"] = "1m";
  ASSERT_OK(WritePlan(env, plan));
  ASSERT_OK_AND_ASSIGN(const ClusterPlan read, ReadPlan(env, "/c"));
  EXPECT_EQ(read.directory, "/c");
  EXPECT_EQ(read.datanodes, 5);
  EXPECT_EQ(read.trackers, 0);
  EXPECT_EQ(read.base_port, 18'020);
  EXPECT_EQ(read.options, plan.options);
}

TEST(ClusterPlan, DamagedMemoryIsAnErrorWithItsPath) {
  MemoryEnv env;
  ASSERT_OK(env.MakeDirectories("/c"));
  for (const std::string_view text : {"", "[]", "{\"datanodes\": 1000}", "{"}) {
    ASSERT_OK(env.ReplaceFile("/c/cluster.json", AsBytes(text)));
    const Result<ClusterPlan> plan = ReadPlan(env, "/c");
    ASSERT_FALSE(plan.ok()) << text;
    EXPECT_NE(plan.status().code(), StatusCode::kNotFound);
    EXPECT_NE(plan.status().message().find("/c/cluster.json"), std::string::npos);
  }
}

TEST(ClusterPlan, ConfDirectoryIsAClientsToo) {
  MemoryEnv env;
  ClusterPlan plan = PlanIn("/c");
  plan.base_port = 18'020;
  plan.datanodes = 2;
  plan.options = {{"dfs.blocksize", "1m"}, {"hadoop.tmp.dir", "/elsewhere"}};
  ASSERT_OK(env.MakeDirectories("/c/conf"));
  const std::string own =
      "<configuration><property><name>dfs.ls.limit</name><value>7</value>"
      "</property></configuration>";
  ASSERT_OK(env.ReplaceFile("/c/conf/tusk-site.xml", AsBytes(own)));
  ASSERT_OK(WriteConfDirectory(env, plan));
  ConfigSources sources;
  sources.conf_dir = "/c/conf";
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  ASSERT_OK_AND_ASSIGN(const Config config, LoadConfig(env, registry, sources));
  EXPECT_EQ(config.GetText("fs.defaultFS"), "hdfs://127.0.0.1:18020");
  EXPECT_EQ(config.GetText("dfs.replication"), "2");
  EXPECT_EQ(config.GetText("dfs.blocksize"), "1m");
  EXPECT_EQ(config.GetText("hadoop.tmp.dir"), "/elsewhere");
  EXPECT_EQ(config.GetText("dfs.ls.limit"), "7");
  EXPECT_EQ(config.GetText("mapreduce.jobtracker.address"), "127.0.0.1:18022");
  sources.conf_files = {"/c/conf/datanode-2.xml"};
  ASSERT_OK_AND_ASSIGN(const Config second, LoadConfig(env, registry, sources));
  EXPECT_EQ(second.GetText("dfs.datanode.address"), "127.0.0.1:18033");
  EXPECT_EQ(second.GetText("dfs.datanode.data.dir"), "file:///c/data/datanode-2");
}

}  // namespace
}  // namespace tusk::cli
