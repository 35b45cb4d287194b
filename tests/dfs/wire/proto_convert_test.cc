#include "dfs/wire/proto_convert.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "dfs/model/dfs_limits.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

/// Random values of the model.
class Source {
 public:
  explicit Source(uint32_t seed) : random_(seed) {}

  uint64_t Number() { return (uint64_t{random_()} << 32 | random_()) >> (random_() % 64); }
  int64_t Signed() { return static_cast<int64_t>(Number() >> 1); }
  uint16_t Port() { return static_cast<uint16_t>(random_()); }
  bool Flip() { return random_() % 2 == 0; }
  std::string Text() {
    return std::string(random_() % 20, static_cast<char>('a' + random_() % 26));
  }
  size_t Below(size_t n) { return random_() % n; }

  ExtendedBlock MakeBlock() {
    ExtendedBlock block;
    block.pool_id = Text();
    block.block.id = BlockId(Signed());
    block.block.generation_stamp = GenerationStamp(Signed());
    block.block.length = Number();
    return block;
  }
  DatanodeInfo MakeDatanode() {
    DatanodeInfo info;
    info.id = {Text(), Text(), Text(), Port(), Port(), Port(), Port()};
    info.location = Text();
    info.capacity = Number();
    info.dfs_used = Number();
    info.non_dfs_used = Number();
    info.remaining = Number();
    info.block_pool_used = Number();
    info.cache_capacity = Number();
    info.cache_used = Number();
    info.xceiver_count = static_cast<uint32_t>(Number());
    info.block_count = static_cast<uint32_t>(Number());
    info.last_update_ms = Signed();
    info.last_update_monotonic_ms = Signed();
    info.last_block_report_ms = Signed();
    info.last_block_report_monotonic_ms = Signed();
    info.admin_state = static_cast<AdminState>(Below(5));
    return info;
  }
  LocatedBlock MakeLocatedBlock() {
    LocatedBlock block;
    block.block = MakeBlock();
    block.offset = Number();
    block.corrupt = Flip();
    block.token = {Text(), Text(), Text(), Text()};
    for (size_t i = Below(4); i > 0; --i) {
      block.locations.push_back({MakeDatanode(), static_cast<StorageType>(1 + Below(6)), Text()});
    }
    return block;
  }
  LocatedBlocks MakeLocatedBlocks() {
    LocatedBlocks blocks;
    blocks.file_length = Number();
    for (size_t i = Below(4); i > 0; --i) blocks.blocks.push_back(MakeLocatedBlock());
    blocks.under_construction = Flip();
    if (Flip()) blocks.last_block = MakeLocatedBlock();
    blocks.last_block_complete = Flip();
    return blocks;
  }
  FileStatus MakeStatus() {
    FileStatus status;
    status.type = static_cast<FileType>(1 + Below(3));
    status.path = Text();
    status.length = Number();
    status.replication = Port();
    status.block_size = Number();
    status.modification_ms = Signed();
    status.access_ms = Signed();
    status.permission = static_cast<uint16_t>(Below(01000 + 0777));
    status.owner = Text();
    status.group = Text();
    if (status.IsSymlink()) status.symlink_target = Text();
    status.file_id = Number();
    status.children = static_cast<uint32_t>(Below(1 << 30));
    status.has_acl = Flip();
    return status;
  }

 private:
  std::mt19937 random_;
};

TEST(ProtoConvert, RoundTripOfRandomValues) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  Source source(seed);
  for (int i = 0; i < 500; ++i) {
    const ExtendedBlock block = source.MakeBlock();
    ASSERT_EQ(FromProto(ToProto(block)), block);
    ASSERT_EQ(FromProto(ToProto(block.block)), block.block);
    const LocatedBlocks blocks = source.MakeLocatedBlocks();
    const proto::LocatedBlocksProto message = ToProto(blocks);
    ASSERT_TRUE(message.IsInitialized());
    ASSERT_OK_AND_ASSIGN(const LocatedBlocks blocks_back, FromProto(message));
    ASSERT_EQ(blocks_back, blocks);
    const FileStatus status = source.MakeStatus();
    ASSERT_OK_AND_ASSIGN(const FileStatus status_back, FromProto(ToProto(status)));
    ASSERT_EQ(status_back, status);
    const ContentSummary summary = {
        source.Number(), source.Number(), source.Number(), source.Number(), -1, source.Signed()};
    ASSERT_EQ(FromProto(ToProto(summary)), summary);
    const FsStats stats = {source.Number(), source.Number(), source.Number(),
                           source.Number(), source.Number(), source.Number()};
    ASSERT_EQ(FromProto(ToProto(stats)), stats);
    const ServerDefaults defaults = {source.Number(), 512, 65536, 3, source.Number(), false};
    ASSERT_OK_AND_ASSIGN(const ServerDefaults defaults_back, FromProto(ToProto(defaults)));
    ASSERT_EQ(defaults_back, defaults);
  }
}

TEST(ProtoConvert, NumbersThatDoNotFit) {
  proto::DatanodeInfoProto node = ToProto(DatanodeInfo());
  node.mutable_id()->set_xferport(65536);
  EXPECT_THAT(FromProto(node), StatusIs(StatusCode::kInvalidArgument, "transfer port"));
  proto::HdfsFileStatusProto status = ToProto(FileStatus());
  status.set_block_replication(65536);
  EXPECT_THAT(FromProto(status), StatusIs(StatusCode::kInvalidArgument, "replication"));
  status.set_block_replication(3);
  status.mutable_permission()->set_perm(0x80000000 | 0755);
  status.set_childrennum(-1);
  ASSERT_OK_AND_ASSIGN(const FileStatus masked, FromProto(status));
  EXPECT_EQ(masked.permission, 0755);
  EXPECT_EQ(masked.children, 0U);
}

TEST(ProtoConvert, ListsMustBeParallelAndBounded) {
  Source source(1);
  LocatedBlock block;
  block.locations.resize(2);
  proto::LocatedBlockProto message = ToProto(block);
  EXPECT_OK(FromProto(message));
  message.mutable_storageids()->RemoveLast();
  EXPECT_THAT(FromProto(message), StatusIs(StatusCode::kInvalidArgument));
  message.clear_storageids();
  EXPECT_OK(FromProto(message));
  message.mutable_storagetypes()->RemoveLast();
  EXPECT_OK(FromProto(message)) << "a type that we do not know vanishes from its list";
  for (uint32_t i = 0; i < kMaxPipelineNodes; ++i) *message.add_locs() = message.locs(0);
  EXPECT_THAT(FromProto(message), StatusIs(StatusCode::kTooLarge));
  EXPECT_THAT(FromProto(message.locs()), StatusIs(StatusCode::kTooLarge));
}

TEST(ProtoConvert, OlderServersLeaveNonDfsUseToTheReader) {
  DatanodeInfo info;
  info.capacity = 100;
  info.dfs_used = 30;
  info.remaining = 50;
  proto::DatanodeInfoProto message = ToProto(info);
  message.clear_nondfsused();
  ASSERT_OK_AND_ASSIGN(const DatanodeInfo back, FromProto(message));
  EXPECT_EQ(back.non_dfs_used, 20U);
}

TEST(ProtoConvert, ChecksumSpecs) {
  const ChecksumSpec spec;
  ASSERT_OK_AND_ASSIGN(const ChecksumSpec back, FromProto(ToProto(spec)));
  EXPECT_EQ(back, spec);
  proto::ChecksumProto bad = ToProto(spec);
  bad.set_bytesperchecksum(1U << 31);
  EXPECT_THAT(FromProto(bad), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tusk::dfs
