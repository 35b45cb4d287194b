#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "dfs/datanode/datanode.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namenode.h"
#include "tests/integration/cluster_files.h"
#include "tests/support/eventually.h"
#include "tests/support/in_process_cluster.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

TEST(DfsRecoveryTest, ALostDatanodeIsReplaced) {
  ClusterOptions options = ClusterOptions::ShortIntervals();
  options.datanodes = 4;
  InProcessCluster cluster(options);
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  const std::string content = RandomBytes(1, 5u << 20);
  ASSERT_OK(WriteFile(*fs, "/kept", content));
  cluster.StopDatanode(0);
  ASSERT_TRUE(Eventually([&] { return cluster.namenode().blocks().Stats().dead_datanodes == 1; }));
  EXPECT_TRUE(cluster.WaitReplicated());
  uint64_t replicas = 0;
  for (int i = 1; i < 4; ++i) replicas += cluster.datanode(i).store().ReplicaCount();
  EXPECT_EQ(replicas, 15u);
  ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/kept"));
  EXPECT_TRUE(back == content);
  // It comes back: what is too much is deleted.
  ASSERT_OK(cluster.StartDatanode(0));
  ASSERT_TRUE(cluster.WaitReady());
  EXPECT_TRUE(Eventually([&] {
    uint64_t all = 0;
    for (int i = 0; i < 4; ++i) all += cluster.datanode(i).store().ReplicaCount();
    return all == 15;
  }));
}

TEST(DfsRecoveryTest, MoreAndFewerCopiesByOrder) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  CreateOptions create;
  create.replication = 1;
  ASSERT_OK(WriteFile(*fs, "/file", RandomBytes(1, 2u << 20), create));
  const auto replicas = [&] {
    uint64_t all = 0;
    for (int i = 0; i < 3; ++i) all += cluster.datanode(i).store().ReplicaCount();
    return all;
  };
  EXPECT_EQ(replicas(), 2u);
  EXPECT_TRUE(fs->SetReplication("/file", 3).value());
  EXPECT_TRUE(Eventually([&] { return replicas() == 6; }));
  EXPECT_TRUE(fs->SetReplication("/file", 2).value());
  EXPECT_TRUE(Eventually([&] { return replicas() == 4; }));
}

TEST(DfsRecoveryTest, AWriterGoesOnWithoutALostDatanode) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  const std::string first = RandomBytes(1, 700'000);
  const std::string second = RandomBytes(2, 1'900'000);
  ASSERT_OK_AND_ASSIGN(const auto out, fs->Create("/broken"));
  ASSERT_OK(out->Write(AsBytes(first)));
  ASSERT_OK(out->Flush());
  cluster.StopDatanode(1);
  ASSERT_OK(out->Write(AsBytes(second)));
  ASSERT_OK(out->Close());
  ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/broken"));
  EXPECT_TRUE(back == first + second);
  ASSERT_OK(cluster.StartDatanode(1));
  ASSERT_TRUE(cluster.WaitReady());
  EXPECT_TRUE(cluster.WaitReplicated());
}

/// Writes `content` and vanishes without closing.
void WriteAndVanish(InProcessCluster& cluster, const std::string& path,
                    const std::string& content) {
  const auto client = cluster.NewClient();
  ASSERT_OK_AND_ASSIGN(auto out, client->Create(path));
  ASSERT_OK(out->Write(AsBytes(content)));
  ASSERT_OK(out->Flush());
  out.reset();
}

TEST(DfsRecoveryTest, TheFileOfAVanishedClientIsClosed) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const std::string content = RandomBytes(4, 1'234'567);
  WriteAndVanish(cluster, "/orphan", content);
  const auto fs = cluster.NewClient();
  ASSERT_TRUE(Eventually([&] { return fs->Stat("/orphan")->length == content.size(); }));
  ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/orphan"));
  EXPECT_TRUE(back == content);
  EXPECT_TRUE(cluster.WaitReplicated());
}

TEST(DfsRecoveryTest, AnotherClientTakesOverAfterTheSoftLimit) {
  ClusterOptions options = ClusterOptions::ShortIntervals();
  options.namenode.ns.lease_hard_limit = std::chrono::minutes(10);
  InProcessCluster cluster(options);
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const std::string content = RandomBytes(4, 456'789);
  WriteAndVanish(cluster, "/orphan", content);
  const auto fs = cluster.NewClient();
  std::unique_ptr<OutputStream> out;
  ASSERT_TRUE(Eventually([&] {
    Result<std::unique_ptr<OutputStream>> opened = fs->Append("/orphan");
    if (opened.ok()) out = std::move(*opened);
    return out != nullptr;
  }));
  ASSERT_OK(out->Write(AsBytes(std::string("more"))));
  ASSERT_OK(out->Close());
  ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/orphan"));
  EXPECT_TRUE(back == content + "more");
}

TEST(DfsRecoveryTest, RecoveryGoesOnAfterRestartsOfAll) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const std::string content = RandomBytes(6, 800'000);
  WriteAndVanish(cluster, "/orphan", content);
  for (int i = 0; i < 3; ++i) cluster.StopDatanode(i);
  cluster.StopNamenode();
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  ASSERT_TRUE(Eventually([&] { return fs->Stat("/orphan")->length == content.size(); },
                         std::chrono::seconds(40)));
  ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/orphan"));
  EXPECT_TRUE(back == content);
}

/// The data files of replicas below a directory.
std::vector<std::filesystem::path> DataFiles(const std::string& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("blk_") && !name.ends_with(".meta")) files.push_back(entry.path());
  }
  return files;
}

TEST(DfsRecoveryTest, ADamagedReplicaIsFoundByItsReaderAndReplaced) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  const std::string content = RandomBytes(6, 500'000);
  ASSERT_OK(WriteFile(*fs, "/bits", content));
  // One byte of the replicas at the two datanodes that readers are sent to first.
  ASSERT_OK_AND_ASSIGN(const auto locations, fs->GetBlockLocations("/bits", 0, 1));
  ASSERT_EQ(locations.at(0).names.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    const std::string name = "127.0.0.1:" + std::to_string(cluster.datanode(i).transfer_port());
    if (name == locations[0].names[2]) continue;
    const auto files = DataFiles(cluster.data_directory(i));
    ASSERT_EQ(files.size(), 1u);
    std::fstream file(files[0], std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(1000);
    file.put(static_cast<char>(content[1000] + 1));
  }
  // Each reader finds the good bytes whatever it meets first, and in the end all replicas are good.
  EXPECT_TRUE(Eventually([&] {
    const auto reader = cluster.NewClient();
    const Result<std::string> back = ReadFile(*reader, "/bits");
    EXPECT_OK(back);
    EXPECT_TRUE(back.ok() && *back == content);
    int good = 0;
    for (int i = 0; i < 3; ++i) {
      for (const std::filesystem::path& path : DataFiles(cluster.data_directory(i))) {
        std::ifstream file(path, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)),
                                std::istreambuf_iterator<char>());
        good += bytes == content ? 1 : 0;
      }
    }
    return good == 3;
  }));
  EXPECT_TRUE(cluster.WaitReplicated());
  EXPECT_EQ(cluster.namenode().blocks().Stats().corrupt, 0u);
}

}  // namespace
}  // namespace tusk::dfs
