#include "dfs/datanode/datanode_options.h"

#include <gtest/gtest.h>

#include "common/config/config.h"
#include "dfs/model/dfs_options.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

Config MakeConfig() {
  OptionRegistry registry;
  registry.Add(DfsSharedOptions());
  registry.Add(DatanodeOptions());
  return Config(std::move(registry));
}

TEST(DatanodeOptionsTest, DefaultsAreThoseOfTheSettings) {
  ASSERT_OK_AND_ASSIGN(const DatanodeSettings settings, ReadDatanodeSettings(MakeConfig()));
  const DatanodeSettings plain;
  EXPECT_EQ(settings.namenode, plain.namenode);
  EXPECT_EQ(settings.transfer.endpoint, (Endpoint{"127.0.0.1", 9866}));
  EXPECT_EQ(settings.ipc, plain.ipc);
  EXPECT_EQ(settings.http, plain.http);
  EXPECT_EQ(settings.heartbeat_interval, plain.heartbeat_interval);
  EXPECT_EQ(settings.reports.interval, plain.reports.interval);
  EXPECT_EQ(settings.reports.split_threshold, plain.reports.split_threshold);
  EXPECT_EQ(settings.transfer.max_connections, plain.transfer.max_connections);
  EXPECT_EQ(settings.transfer.write_timeout, plain.transfer.write_timeout);
  EXPECT_EQ(settings.transfer.keepalive, plain.transfer.keepalive);
  EXPECT_TRUE(settings.storage.sync_on_close);
  ASSERT_EQ(settings.storage.volumes.size(), 1u);
  EXPECT_EQ(settings.storage.volumes[0].path, "/tmp/hadoop-" + UserOfProcess() + "/dfs/data");
}

TEST(DatanodeOptionsTest, VolumesHaveTypesInFront) {
  Config config = MakeConfig();
  ASSERT_OK(
      config.Set("dfs.datanode.data.dir", "/disk1, [SSD]file:///disk2/ ,[ram_disk]/shm", "test"));
  ASSERT_OK_AND_ASSIGN(const DatanodeSettings settings, ReadDatanodeSettings(config));
  const std::vector<VolumeSpec>& volumes = settings.storage.volumes;
  ASSERT_EQ(volumes.size(), 3u);
  EXPECT_EQ(volumes[0].path, "/disk1");
  EXPECT_EQ(volumes[0].type, StorageType::kDisk);
  EXPECT_EQ(volumes[1].path, "/disk2");
  EXPECT_EQ(volumes[1].type, StorageType::kSsd);
  EXPECT_EQ(volumes[2].path, "/shm");
  EXPECT_EQ(volumes[2].type, StorageType::kRamDisk);
}

TEST(DatanodeOptionsTest, BadVolumesAreNamed) {
  EXPECT_THAT(ParseVolumeSpec("[TAPE]/x"), StatusIs(StatusCode::kInvalidArgument, "[TAPE]/x"));
  EXPECT_THAT(ParseVolumeSpec("[SSD"), StatusIs(StatusCode::kInvalidArgument, "[SSD"));
  EXPECT_THAT(ParseVolumeSpec("relative"), StatusIs(StatusCode::kInvalidArgument, "relative"));
  EXPECT_THAT(ParseVolumeSpec(""), StatusIs(StatusCode::kInvalidArgument));
}

TEST(DatanodeOptionsTest, TheNamenodeIsWhereTheDefaultFileSystemIs) {
  Config config = MakeConfig();
  ASSERT_OK(config.Set("fs.defaultFS", "hdfs://nn.example:9000/base", "test"));
  EXPECT_EQ(ReadDatanodeSettings(config)->namenode, (Endpoint{"nn.example", 9000}));
  ASSERT_OK(config.Set("dfs.namenode.rpc-address", "10.0.0.7", "test"));
  EXPECT_EQ(ReadDatanodeSettings(config)->namenode, (Endpoint{"10.0.0.7", 8020}));
}

TEST(DatanodeOptionsTest, BadAddressesNameTheirOption) {
  Config config = MakeConfig();
  ASSERT_OK(config.Set("dfs.datanode.ipc.address", "nowhere", "test"));
  EXPECT_THAT(ReadDatanodeSettings(config),
              StatusIs(StatusCode::kInvalidArgument, "dfs.datanode.ipc.address"));
}

}  // namespace
}  // namespace tusk::dfs::datanode
