#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "common/net/io_runtime.h"
#include "common/rpc/rpc_client.h"
#include "common/time/system_clock.h"
#include "dfs/datanode/datanode.h"
#include "dfs/datanode/upstream/namenode_session.h"
#include "dfs/model/dfs_options.h"
#include "dfs/namenode/blocks/block_manager.h"
#include "dfs/namenode/namenode.h"
#include "dfs/proto/client_namenode.pb.h"
#include "dfs/wire/remote_exception.h"
#include "tests/integration/cluster_files.h"
#include "tests/support/eventually.h"
#include "tests/support/in_process_cluster.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

TEST(DfsClusterTest, FilesOfAllSizesComeBack) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  const size_t sizes[] = {0, 1, 511, 512, 513, 65'536, (1u << 20) - 1, 1u << 20, (3u << 20) + 77};
  for (const size_t size : sizes) {
    const std::string path = "/sizes/" + std::to_string(size);
    const std::string content = RandomBytes(size, size);
    ASSERT_OK(WriteFile(*fs, path, content)) << size;
    ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, path));
    EXPECT_TRUE(back == content) << size;
    ASSERT_OK_AND_ASSIGN(const FileStatus status, fs->Stat(path));
    EXPECT_EQ(status.length, size);
    EXPECT_EQ(status.replication, 3);
  }
  EXPECT_TRUE(cluster.WaitReplicated());
  ASSERT_OK_AND_ASSIGN(const auto locations, fs->GetBlockLocations("/sizes/3145805", 0, 4u << 20));
  ASSERT_EQ(locations.size(), 4u);
  for (const BlockLocation& location : locations) EXPECT_EQ(location.names.size(), 3u);
}

TEST(DfsClusterTest, FlushedBytesAreSeenByOtherClients) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto writer = cluster.NewClient();
  const auto reader = cluster.NewClient();
  ASSERT_OK_AND_ASSIGN(const auto out, writer->Create("/growing"));
  ASSERT_OK(out->Write(AsBytes(std::string("hello, "))));
  ASSERT_OK(out->Flush());
  EXPECT_EQ(ReadFile(*reader, "/growing").value(), "hello, ");
  ASSERT_OK(out->Write(AsBytes(std::string("world"))));
  ASSERT_OK(out->Sync());
  EXPECT_EQ(ReadFile(*reader, "/growing").value(), "hello, world");
  ASSERT_OK(out->Close());
  EXPECT_EQ(ReadFile(*reader, "/growing").value(), "hello, world");
}

TEST(DfsClusterTest, AppendGoesOnBehindTheEnd) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  std::string expected;
  ASSERT_OK(WriteFile(*fs, "/log", ""));
  for (int i = 0; i < 5; ++i) {
    const std::string part = RandomBytes(static_cast<uint64_t>(i), 300'000);
    ASSERT_OK_AND_ASSIGN(const auto out, fs->Append("/log"));
    ASSERT_OK(out->Write(AsBytes(part)));
    ASSERT_OK(out->Close());
    expected += part;
    ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/log"));
    EXPECT_TRUE(back == expected) << i;
  }
}

TEST(DfsClusterTest, DeletedFilesLeaveTheDisks) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  ASSERT_OK(WriteFile(*fs, "/gone", RandomBytes(1, 2u << 20)));
  EXPECT_EQ(cluster.datanode(0).store().ReplicaCount(), 2u);
  EXPECT_TRUE(fs->Delete("/gone", false).value());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(Eventually([&] { return cluster.datanode(i).store().ReplicaCount() == 0; }));
  }
}

TEST(DfsClusterTest, DatanodesMayComeBeforeTheirNamenode) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.StartNamenode());  // only to take a port
  cluster.StopNamenode();
  for (int i = 0; i < 3; ++i) ASSERT_OK(cluster.StartDatanode(i));
  EXPECT_FALSE(cluster.datanode(0).session().registered());
  ASSERT_OK(cluster.StartNamenode());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  EXPECT_OK(WriteFile(*fs, "/a", "text"));
}

TEST(DfsClusterTest, EachDatanodeRestartsOnItsOldFiles) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  const std::string content = RandomBytes(7, (2u << 20) + 5);
  ASSERT_OK(WriteFile(*fs, "/kept", content));
  for (int i = 0; i < 3; ++i) {
    cluster.StopDatanode(i);
    ASSERT_OK(cluster.StartDatanode(i));
    ASSERT_TRUE(Eventually([&] { return cluster.datanode(i).full_reports() == 1; }));
    EXPECT_EQ(cluster.datanode(i).store().ReplicaCount(), 3u);
    ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/kept"));
    EXPECT_TRUE(back == content) << i;
  }
  ASSERT_TRUE(cluster.WaitReady());
  EXPECT_TRUE(cluster.WaitReplicated());
  EXPECT_EQ(cluster.namenode().blocks().Stats().dead_datanodes, 0u);
}

TEST(DfsClusterTest, DatanodesRegisterAgainWithARestartedNamenode) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  const std::string content = RandomBytes(8, (1u << 20) + 5);
  ASSERT_OK(WriteFile(*fs, "/kept", content));
  for (int round = 0; round < 2; ++round) {
    cluster.StopNamenode();
    ASSERT_OK(cluster.StartNamenode());
    // Two blocks must be reported before safe mode ends, which it does by itself.
    ASSERT_TRUE(cluster.WaitReady());
    EXPECT_TRUE(cluster.WaitReplicated());
    ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/kept"));
    EXPECT_TRUE(back == content) << round;
    ASSERT_OK(WriteFile(*fs, "/new" + std::to_string(round), content));
  }
}

TEST(DfsClusterTest, AFileIsWrittenAcrossARestartOfTheNamenode) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  const std::string first = RandomBytes(9, 1'500'000);
  const std::string second = RandomBytes(10, 1'500'000);
  ASSERT_OK_AND_ASSIGN(const auto out, fs->Create("/long"));
  ASSERT_OK(out->Write(AsBytes(first)));
  ASSERT_OK(out->Flush());
  cluster.StopNamenode();
  ASSERT_OK(cluster.StartNamenode());
  ASSERT_TRUE(cluster.WaitReady());
  ASSERT_OK(out->Write(AsBytes(second)));
  ASSERT_OK(out->Close());
  ASSERT_OK_AND_ASSIGN(const std::string back, ReadFile(*fs, "/long"));
  EXPECT_TRUE(back == first + second);
}

/// Makes one call of ClientProtocol, or repeats the one with this id.
Status CallNamenode(rpc::RpcClient& client, InProcessCluster& cluster, int32_t call_id,
                    std::string_view method, const google::protobuf::MessageLite& request,
                    google::protobuf::MessageLite* response) {
  rpc::CallOptions call;
  call.server = {"127.0.0.1", static_cast<uint16_t>(cluster.namenode().rpc_port())};
  call.user = UserOfProcess();
  call.call_id = call_id;
  call.deadline = Deadline::After(SystemClock::Get(), std::chrono::seconds(20));
  return client.CallBlocking("org.apache.hadoop.hdfs.protocol.ClientProtocol", method, request,
                             response, call);
}

TEST(DfsClusterTest, CallsWhoseAnswerWasLostInARestartAreNotExecutedTwice) {
  InProcessCluster cluster;
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  ASSERT_OK(WriteFile(*fs, "/old", "x"));
  ASSERT_OK(WriteFile(*fs, "/gone", "x"));
  IoRuntime runtime(1);
  rpc::RpcClient client(runtime, {}, HdfsErrorTable());
  proto::Rename2RequestProto rename;
  rename.set_src("/old");
  rename.set_dst("/new");
  rename.set_overwritedest(false);
  proto::DeleteRequestProto erase;
  erase.set_src("/gone");
  erase.set_recursive(false);
  proto::Rename2ResponseProto renamed;
  proto::DeleteResponseProto erased;
  const int32_t first = client.NewCallId(), second = client.NewCallId();
  ASSERT_OK(CallNamenode(client, cluster, first, "rename2", rename, &renamed));
  ASSERT_OK(CallNamenode(client, cluster, second, "delete", erase, &erased));
  ASSERT_TRUE(erased.result());
  cluster.StopNamenode();
  ASSERT_OK(cluster.StartNamenode());
  ASSERT_TRUE(cluster.WaitReady());
  EXPECT_OK(CallNamenode(client, cluster, first, "rename2", rename, &renamed));
  EXPECT_OK(CallNamenode(client, cluster, second, "delete", erase, &erased));
  EXPECT_TRUE(erased.result());
  // A call of its own is executed.
  EXPECT_FALSE(CallNamenode(client, cluster, client.NewCallId(), "rename2", rename, &renamed).ok());
  client.Stop();
}

TEST(DfsClusterTest, SafeModeStaysWhileBlocksAreMissing) {
  ClusterOptions options = ClusterOptions::ShortIntervals();
  options.namenode.safe_mode.threshold = 1.0;
  InProcessCluster cluster(options);
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  ASSERT_OK(WriteFile(*cluster.NewClient(), "/kept", RandomBytes(3, 1u << 20)));
  for (int i = 0; i < 3; ++i) cluster.StopDatanode(i);
  cluster.StopNamenode();
  ASSERT_OK(cluster.StartNamenode());
  const auto fs = cluster.NewClient();
  EXPECT_THAT(WriteFile(*fs, "/refused", "x"), StatusIs(StatusCode::kSafeMode));
  EXPECT_EQ(fs->Stat("/kept")->length, 1u << 20);
  ASSERT_OK(cluster.StartDatanode(1));
  ASSERT_TRUE(cluster.WaitReady(1));
  EXPECT_OK(WriteFile(*fs, "/taken", "x"));
}

TEST(DfsClusterTest, ADatanodeOfAnotherClusterIsRefused) {
  InProcessCluster first;
  ASSERT_OK(first.Start());
  ASSERT_TRUE(first.WaitReady());
  ASSERT_OK(WriteFile(*first.NewClient(), "/mine", "precious"));
  first.StopDatanode(0);

  InProcessCluster second;
  std::filesystem::copy(first.data_directory(0), second.data_directory(0),
                        std::filesystem::copy_options::recursive);
  ASSERT_OK(second.Start());
  ASSERT_TRUE(second.WaitReady(2));
  ASSERT_TRUE(Eventually([&] { return !second.datanode_failure(0).ok(); }));
  EXPECT_THAT(second.datanode_failure(0), StatusIs(StatusCode::kVersionMismatch, "cluster"));
  EXPECT_EQ(second.namenode().blocks().Stats().live_datanodes, 2u);
  second.StopDatanode(0);
  // Nothing was touched: the first cluster takes it back.
  ASSERT_OK(first.StartDatanode(0));
  ASSERT_TRUE(first.WaitReady());
  EXPECT_EQ(ReadFile(*first.NewClient(), "/mine").value(), "precious");
}

TEST(DfsClusterTest, BlocksAreSpreadOverTheVolumes) {
  ClusterOptions options = ClusterOptions::ShortIntervals();
  options.datanodes = 2;
  options.volumes = 3;
  InProcessCluster cluster(options);
  ASSERT_OK(cluster.Start());
  ASSERT_TRUE(cluster.WaitReady());
  const auto fs = cluster.NewClient();
  CreateOptions create;
  create.replication = 2;
  create.block_size = 64 << 10;
  ASSERT_OK(WriteFile(*fs, "/wide", RandomBytes(5, 2u << 20), create));
  for (uint32_t volume = 0; volume < 3; ++volume) {
    EXPECT_GT(cluster.datanode(0).store().ReplicaCount(volume), 0u) << volume;
  }
  cluster.StopDatanode(0);
  ASSERT_OK(cluster.StartDatanode(0));
  ASSERT_TRUE(Eventually([&] { return cluster.datanode(0).full_reports() == 1; }));
  EXPECT_EQ(cluster.datanode(0).store().ReplicaCount(), 32u);
}

}  // namespace
}  // namespace tusk::dfs
