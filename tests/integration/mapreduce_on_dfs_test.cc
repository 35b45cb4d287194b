// Jobs over a distributed file system of the same process.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "mapreduce/client/job_client.h"
#include "mapreduce/model/job_codec.h"
#include "tests/integration/cluster_files.h"
#include "tests/jobs/job_process.h"
#include "tests/support/in_process_cluster.h"
#include "tests/support/in_process_mapreduce.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

TEST(MapreduceOnDfs, TasksRunNearTheirBlocksAndOutputsAreFiles) {
  dfs::InProcessCluster files;
  ASSERT_OK(files.Start());
  ASSERT_TRUE(files.WaitReady());
  const auto client = files.NewClient();
  std::string text;
  while (text.size() < (5u << 20)) text += "some words of a line that is repeated\n";
  ASSERT_OK(dfs::WriteFile(*client, "/in/a", text));
  ASSERT_OK(dfs::WriteFile(*client, "/in/b", "without an end"));
  ASSERT_OK_AND_ASSIGN(const auto blocks, client->GetBlockLocations("/in/a", 0, 1));
  ASSERT_FALSE(blocks.empty() || blocks[0].hosts.empty());

  InProcessMapreduce::Options options;
  options.file_system = "hdfs://" + files.namenode_endpoint().ToString();
  options.values["tusk.mapreduce.staging"] = "/tmp/staging";
  options.hosts = {{0, blocks[0].hosts[0]}, {1, blocks[0].hosts[0]}};  // one machine has it all
  InProcessMapreduce cluster(std::move(options));
  ASSERT_OK(cluster.Start());
  const Ended ended = RunProgram("wordcount", {"-D", "mapreduce.job.reduces=2", "/in", "/out"},
                                 cluster.Environment());
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  const uint64_t lines = text.size() / 38;
  ASSERT_OK_AND_ASSIGN(std::string all, dfs::ReadFile(*client, "/out/part-r-00000"));
  ASSERT_OK_AND_ASSIGN(const std::string rest, dfs::ReadFile(*client, "/out/part-r-00001"));
  all += rest;
  EXPECT_THAT(all, testing::HasSubstr("words\t" + std::to_string(lines) + "\n"));
  EXPECT_THAT(all, testing::HasSubstr("without\t1\n"));
  EXPECT_TRUE(client->Exists("/out/_SUCCESS").value_or(false));
  EXPECT_FALSE(client->Exists("/out/_temporary").value_or(true));

  ASSERT_OK_AND_ASSIGN(const auto jobs, cluster.client().List(true));
  ASSERT_EQ(jobs.size(), 1U);
  ASSERT_OK_AND_ASSIGN(const JobId id, FromProto(jobs[0].job()));
  ASSERT_OK_AND_ASSIGN(const auto job, cluster.client().GetStatus(id, true));
  ASSERT_OK_AND_ASSIGN(const Counters counters, FromProto(job.counters()));
  EXPECT_EQ(job.maps().total(), 6U);  // blocks of a megabyte; the last few lines make none
  EXPECT_EQ(counters.Get(BuiltinCounter::kDataLocalMaps), 6);
  EXPECT_EQ(counters.Get(BuiltinCounter::kOtherLocalMaps), 0);
}

TEST(MapreduceOnDfs, GrepIsAChainOverManifests) {
  dfs::InProcessCluster files;
  ASSERT_OK(files.Start());
  ASSERT_TRUE(files.WaitReady());
  InProcessMapreduce::Options options;
  options.file_system = "hdfs://" + files.namenode_endpoint().ToString();
  options.values["tusk.mapreduce.staging"] = "/tmp/staging";
  InProcessMapreduce cluster(std::move(options));
  ASSERT_OK(cluster.Start());
  const auto client = files.NewClient();
  ASSERT_OK(dfs::WriteFile(*client, "/in/a", "dfs.a dfs.b\ndfs.a\n"));
  const Ended ended = RunProgram("grep", {"/in", "/out", "dfs[.a-z]+"}, cluster.Environment());
  ASSERT_EQ(ended.exit_status, 0) << ended.err;
  ASSERT_OK_AND_ASSIGN(const std::string found, dfs::ReadFile(*client, "/out/part-r-00000"));
  EXPECT_EQ(found, "2\tdfs.a\n1\tdfs.b\n");
  ASSERT_OK_AND_ASSIGN(const auto home, client->List(client->HomeDirectory()));
  EXPECT_TRUE(home.empty());  // what went between the two jobs is gone
}

}  // namespace
}  // namespace tusk::mapreduce
